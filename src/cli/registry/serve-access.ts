import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { codeOf, Failure, messageOf } from '../../base/failure.js';
import type { PullLimit } from '../../registry/pull-limit.js';
import { hashPassword, parseHtpasswd } from '../../registry/htpasswd.js';
import type { StandaloneAccess } from '../../registry/standalone-registry.js';

/** Options of `registry serve` that say who may do what. */
export interface ServeAccessOptions {
  host: string;
  user?: string;
  passwordStdin?: boolean;
  htpasswd?: string;
  anonymous?: boolean;
  anonymousPull?: boolean;
  anonymousPullLimit?: PullLimit;
  tlsCert?: string;
  tlsKey?: string;
}

/** bcrypt looks at no more. */
const MAX_PASSWORD_BYTES = 72;

/** @throws Failure when the options do not say who may use the registry, or contradict each other */
export async function accessOf(options: ServeAccessOptions): Promise<StandaloneAccess> {
  requireConsistent(options);
  if (options.anonymous === true) return { kind: 'anonymous' };
  const users =
    options.htpasswd === undefined
      ? await onlyUser(options.user ?? '')
      : parseHtpasswd(await readOptionFile(options.htpasswd, '--htpasswd'));
  return { kind: 'users', users, anonymousPull: options.anonymousPull === true };
}

/** Passwords in clear text across a network are refused; on loopback nobody else can read them. */
export function requireSafe(options: ServeAccessOptions, access: StandaloneAccess): void {
  if (isLoopback(options.host) || options.tlsCert !== undefined || access.kind === 'anonymous') {
    return;
  }
  throw new Failure(`passwords would cross the network in clear text on ${options.host}`, {
    why: 'the registry would listen beyond this machine without TLS',
    help: 'add --tls-cert and --tls-key, or leave --host at 127.0.0.1',
    exitCode: 2,
  });
}

/** Who may do what, in a sentence. */
export function describeAccess(access: StandaloneAccess, host: string): string {
  const anyone = isLoopback(host) ? 'anyone on this machine' : 'anyone who reaches the port';
  if (access.kind === 'anonymous') return `${anyone} may pull and push`;
  const names = Object.keys(access.users);
  const users = names.length > 3 ? `${names.length} users` : names.join(', ');
  return access.anonymousPull
    ? `${anyone} may pull, ${users} may push`
    : `${users} may pull and push`;
}

export async function tlsOf(
  options: ServeAccessOptions,
): Promise<{ certificate: string; key: string } | undefined> {
  if (options.tlsCert === undefined && options.tlsKey === undefined) return undefined;
  if (options.tlsCert === undefined || options.tlsKey === undefined) {
    throw new Failure('--tls-cert and --tls-key go together', { exitCode: 2 });
  }
  return {
    certificate: await readOptionFile(options.tlsCert, '--tls-cert'),
    key: await readOptionFile(options.tlsKey, '--tls-key'),
  };
}

function requireConsistent(options: ServeAccessOptions): void {
  const { anonymous, htpasswd, user, passwordStdin, anonymousPull } = options;
  const withUsers = [
    ...(htpasswd === undefined ? [] : ['--htpasswd']),
    ...(user === undefined && passwordStdin !== true ? [] : ['--user and --password-stdin']),
  ];
  if (anonymous !== true && withUsers.length === 0) {
    throw new Failure('it is not said who may use the registry', {
      why: 'a registry that lets everyone push must be asked for',
      help: 'add --anonymous, or --user NAME --password-stdin, or --htpasswd FILE',
      exitCode: 2,
    });
  }
  const sources = [...(anonymous === true ? ['--anonymous'] : []), ...withUsers];
  if (sources.length > 1) {
    throw new Failure(`${sources.join(' and ')} contradict each other`, {
      why: 'each says who may pull and push, and only one can hold',
      help: `leave one of them out${anonymous ? '; where anyone may pull, not push, it is --anonymous-pull' : ''}`,
      exitCode: 2,
    });
  }
  if (htpasswd === undefined && anonymous !== true) requireUser(user, passwordStdin === true);
  if (options.anonymousPullLimit && anonymous !== true && anonymousPull !== true) {
    throw new Failure('--anonymous-pull-limit limits nobody here', {
      why: 'nobody may pull without credentials',
      help: 'add --anonymous-pull, or leave the limit out',
      exitCode: 2,
    });
  }
}

function requireUser(user: string | undefined, passwordStdin: boolean): void {
  if (user === undefined || !passwordStdin) {
    throw new Failure('--user and --password-stdin go together', {
      why: 'a password on the command line would be seen by everyone on this machine',
      help: 'echo PASSWORD | lazurite registry serve --user NAME --password-stdin',
      exitCode: 2,
    });
  }
  if (/^[^:\s]+$/.test(user)) return;
  throw new Failure(`"${user}" is no user name`, {
    why: 'clients send name and password with a colon between them',
    help: 'take a name without colons and spaces',
    exitCode: 2,
  });
}

async function onlyUser(user: string): Promise<Record<string, string>> {
  if (process.stdin.isTTY) process.stderr.write(`password of ${user}, then Enter and Ctrl-D:\n`);
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password === '') throw new Failure('standard input holds no password', { exitCode: 2 });
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    throw new Failure(`a password has at most ${MAX_PASSWORD_BYTES} bytes`, { exitCode: 2 });
  }
  return { [user]: await hashPassword(password) };
}

async function readOptionFile(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new Failure(`cannot read ${path}`, {
      why,
      help: `give ${option} a file that can be read`,
      cause: error,
    });
  }
}

function isLoopback(host: string): boolean {
  return ['127.0.0.1', '::1', 'localhost'].includes(host);
}
