import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { createStreamLogger } from '../../base/pino-logger.js';
import { parsePullLimit, type PullLimit } from '../../registry/pull-limit.js';
import type { RegistryWebhook } from '../../registry/registry-host.js';
import { createStandaloneRegistry } from '../../registry/standalone-registry.js';
import { homeDirectory } from '../../server/home.js';
import {
  accessOf,
  describeAccess,
  requireSafe,
  tlsOf,
  type ServeAccessOptions,
} from './serve-access.js';

/** As long as ACR keeps anything for a policy. */
const MAX_DAYS = 365;

interface ServeOptions extends ServeAccessOptions {
  port: number;
  data?: string;
  home?: string;
  minUploadRate?: number;
  sparseIndexes?: boolean;
  softDelete?: number;
  deleteUntagged?: number;
  webhook?: string[];
  json?: boolean;
}

export function registerServeCommand(registry: Command): void {
  registry
    .command('serve')
    .description('serve images and artifacts on a port of their own')
    .option('--port <number>', 'port to listen on; 0 takes a free one', parsePort, 5000)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <dir>', 'folder of the images (default: registry-data in the home folder)')
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .option('--user <name>', 'the one user; needs --password-stdin')
    .option('--password-stdin', 'read the password of --user from standard input')
    .option('--htpasswd <file>', 'users and password hashes (htpasswd -B)')
    .option('--anonymous', 'anyone may pull and push')
    .option('--anonymous-pull', 'anyone may pull')
    .option(
      '--anonymous-pull-limit <pulls/seconds>',
      'how often an address may pull without credentials, e.g. 100/21600',
      readPullLimit,
    )
    .option(
      '--min-upload-rate <bytes>',
      'a second, on average; slower uploads are ended (default: 240; 0 for none)',
      parseRate,
    )
    .option('--tls-cert <file>', 'certificate chain, PEM; needs --tls-key')
    .option('--tls-key <file>', 'private key, PEM')
    .option('--sparse-indexes', 'accept indexes whose images are not all here')
    .option('--soft-delete <days>', 'keep deleted manifests so long, to restore them', parseDays)
    .option('--delete-untagged <days>', 'delete manifests without a tag after so long', parseDays)
    .option('--webhook <url>', 'tell of pushes and deletes (repeatable)', collectWebhooks)
    .option('--json', 'log in JSON lines')
    .addHelpText(
      'after',
      `
Examples:
  lazurite registry serve --anonymous
  echo secret | lazurite registry serve --user me --password-stdin --data ./images
  lazurite registry serve --htpasswd users --tls-cert cert.pem --tls-key key.pem --host 0.0.0.0`,
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const access = await accessOf(options);
  requireSafe(options, access);
  const tls = await tlsOf(options);
  const dataDirectory = options.data ?? join(homeDirectory(options.home), 'registry-data');
  const registry = await createStandaloneRegistry({
    dataDirectory,
    host: options.host,
    port: options.port,
    access,
    ...(tls && { tls }),
    ...(options.anonymousPullLimit && { anonymousPullLimit: options.anonymousPullLimit }),
    ...(options.minUploadRate !== undefined && { minUploadRate: options.minUploadRate }),
    sparseIndexes: options.sparseIndexes === true,
    ...(options.softDelete !== undefined && { softDeleteDays: options.softDelete }),
    ...(options.deleteUntagged !== undefined && { untaggedDays: options.deleteUntagged }),
    webhooks: [...new Set(options.webhook)].map(webhookOf),
    logger: createStreamLogger(process.stderr, options.json === true ? 'json' : 'text'),
  });
  process.stdout.write(`registry listens on ${registry.url}\n`);
  if (options.json !== true) {
    const port = new URL(registry.url).port || (tls ? '443' : '80');
    process.stdout.write(`  images: ${resolve(dataDirectory)}
  access: ${describeAccess(access, options.host)}
  push:   docker tag IMAGE localhost:${port}/IMAGE && docker push localhost:${port}/IMAGE
`);
  }
  await new Promise<void>((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
  await registry.close();
}

function parseDays(value: string): number {
  const days = Number(value);
  if (/^\d{1,3}$/.test(value) && days >= 1 && days <= MAX_DAYS) return days;
  throw new InvalidArgumentError(`a number of days from 1 to ${MAX_DAYS}`);
}

function parseRate(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('a number of bytes a second, e.g. 1024');
}

function collectWebhooks(value: string, before: string[] = []): string[] {
  const isHttp = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (!isHttp) throw new InvalidArgumentError('an address begins with http:// or https://');
  return [...before, value];
}

/** Events that wait for a webhook find it by its name after a restart, whatever others there are then. */
function webhookOf(serviceUri: string): RegistryWebhook {
  const hash = createHash('sha256').update(serviceUri).digest('hex').slice(0, 8);
  const name = `${new URL(serviceUri).hostname}-${hash}`;
  return { name, serviceUri, actions: ['push', 'delete'], enabled: true };
}

function parsePort(value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65535) return port;
  throw new InvalidArgumentError('a port is a number from 0 to 65535');
}

function readPullLimit(value: string): PullLimit {
  const limit = parsePullLimit(value);
  if (limit) return limit;
  throw new InvalidArgumentError('It is PULLS/SECONDS, e.g. 100/21600.');
}
