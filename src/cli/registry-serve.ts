import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import { Failure } from '../base/failure.js';
import type { LogFields, Logger } from '../base/logger.js';
import { hashPassword, parseHtpasswd } from '../registry/htpasswd.js';
import {
  createStandaloneRegistry,
  type StandaloneAccess,
  type StandaloneRegistry,
} from '../registry/standalone-registry.js';
import { homeDirectory } from '../server/home.js';

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
  tlsCert?: string;
  tlsKey?: string;
  sparseIndexes?: boolean;
  json?: boolean;
}

/** Adds `registry serve`. */
export function registerRegistryCommands(program: Command): void {
  const registry = program.command('registry').description('an OCI registry on its own');
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
    .option('--tls-cert <file>', 'certificate chain, PEM; needs --tls-key')
    .option('--tls-key <file>', 'private key, PEM')
    .option('--sparse-indexes', 'accept indexes whose images are not all here')
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
    sparseIndexes: options.sparseIndexes === true,
    logger: stderrLogger(options.json === true),
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

function parsePort(value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65535) return port;
  throw new InvalidArgumentError('a port is a number from 0 to 65535');
}

function stderrLogger(json: boolean): Logger {
  const write = (level: string, fields: LogFields, message: string): void => {
    const time = new Date().toISOString();
    const line = json
      ? JSON.stringify({ time, level, message, ...fields })
      : `${time} ${level} ${message} ${JSON.stringify(fields)}`;
    process.stderr.write(`${line}\n`);
  };
  const make = (bound: LogFields): Logger => ({
    debug: () => undefined,
    info: (fields, message) => {
      write('info', { ...bound, ...fields }, message);
    },
    warn: (fields, message) => {
      write('warn', { ...bound, ...fields }, message);
    },
    error: (fields, message) => {
      write('error', { ...bound, ...fields }, message);
    },
    child: (fields) => make({ ...bound, ...fields }),
  });
  return make({});
}
