import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import { Failure } from '../../base/failure.js';
import { createStreamLogger } from '../../base/pino-logger.js';
import { parsePullLimit, type PullLimit } from '../../registry/pull-limit.js';
import type { RegistryWebhook } from '../../registry/registry-host.js';
import { hashPassword, parseHtpasswd } from '../../registry/htpasswd.js';
import {
  createStandaloneRegistry,
  type StandaloneAccess,
  type StandaloneRegistry,
} from '../../registry/standalone-registry.js';
import { homeDirectory } from '../../server/home.js';

/** As long as ACR keeps anything for a policy. */
const MAX_DAYS = 365;

interface ServeOptions {
  port: number;
  host: string;
  data?: string;
  home?: string;
  user?: string;
  passwordStdin?: boolean;
  htpasswd?: string;
  anonymous?: boolean;
  anonymousPull?: boolean;
  anonymousPullLimit?: PullLimit;
  tlsCert?: string;
  tlsKey?: string;
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
  const registry = await openRegistry(options);
  process.stdout.write(`registry listens on ${registry.url}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await registry.close();
}

async function openRegistry(options: ServeOptions): Promise<StandaloneRegistry> {
  const access = await accessOf(options);
  requireSafe(options, access);
  const tls = await tlsOf(options);
  return createStandaloneRegistry({
    dataDirectory: options.data ?? join(homeDirectory(options.home), 'registry-data'),
    host: options.host,
    port: options.port,
    access,
    ...(tls && { tls }),
    ...(options.anonymousPullLimit && { anonymousPullLimit: options.anonymousPullLimit }),
    sparseIndexes: options.sparseIndexes === true,
    ...(options.softDelete !== undefined && { softDeleteDays: options.softDelete }),
    ...(options.deleteUntagged !== undefined && { untaggedDays: options.deleteUntagged }),
    webhooks: (options.webhook ?? []).map(webhookOf),
    logger: createStreamLogger(process.stderr, options.json === true ? 'json' : 'text'),
  });
}

async function accessOf(options: ServeOptions): Promise<StandaloneAccess> {
  if (options.anonymous === true) return { kind: 'anonymous' };
  const anonymousPull = options.anonymousPull === true;
  if (options.htpasswd !== undefined) {
    return {
      kind: 'users',
      users: parseHtpasswd(await readFile(options.htpasswd, 'utf8')),
      anonymousPull,
    };
  }
  if (options.user !== undefined && options.passwordStdin === true) {
    const password = (await text(process.stdin)).replace(/\r?\n$/, '');
    if (password === '') throw new Failure('standard input holds no password', { exitCode: 2 });
    return {
      kind: 'users',
      users: { [options.user]: await hashPassword(password) },
      anonymousPull,
    };
  }
  throw new Failure('it is not said who may use the registry', {
    why: 'a registry that lets everyone push must be asked for',
    help: 'add --anonymous, or --user NAME --password-stdin, or --htpasswd FILE',
    exitCode: 2,
  });
}

/** Passwords in clear text across a network are refused; on loopback nobody else can read them. */
function requireSafe(options: ServeOptions, access: StandaloneAccess): void {
  const isLoopback = ['127.0.0.1', '::1', 'localhost'].includes(options.host);
  if (isLoopback || options.tlsCert !== undefined || access.kind === 'anonymous') return;
  throw new Failure(`passwords would cross the network in clear text on ${options.host}`, {
    why: 'the registry would listen beyond this machine without TLS',
    help: 'add --tls-cert and --tls-key, or leave --host at 127.0.0.1',
    exitCode: 2,
  });
}

async function tlsOf(
  options: ServeOptions,
): Promise<{ certificate: string; key: string } | undefined> {
  if (options.tlsCert === undefined && options.tlsKey === undefined) return undefined;
  if (options.tlsCert === undefined || options.tlsKey === undefined) {
    throw new Failure('--tls-cert and --tls-key go together', { exitCode: 2 });
  }
  return {
    certificate: await readFile(options.tlsCert, 'utf8'),
    key: await readFile(options.tlsKey, 'utf8'),
  };
}

function parseDays(value: string): number {
  const days = Number(value);
  if (/^\d{1,3}$/.test(value) && days >= 1 && days <= MAX_DAYS) return days;
  throw new InvalidArgumentError(`a number of days from 1 to ${MAX_DAYS}`);
}

function collectWebhooks(value: string, before: string[] = []): string[] {
  const isHttp = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (!isHttp) throw new InvalidArgumentError('an address begins with http:// or https://');
  return [...before, value];
}

function webhookOf(serviceUri: string, at: number): RegistryWebhook {
  return { name: `webhook${at + 1}`, serviceUri, actions: ['push', 'delete'], enabled: true };
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
