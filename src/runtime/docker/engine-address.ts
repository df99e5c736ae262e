import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../base/failure.js';

/** Where a Docker-compatible engine answers. */
export interface EngineAddress {
  /** As people write it, e.g. `'unix:///var/run/docker.sock'`. */
  text: string;
  /** Who says so, e.g. `'DOCKER_HOST'`. */
  source: string;
  /** A socket or a named pipe of this machine. */
  socketPath?: string;
  tcp?: { host: string; port: number; tls?: { ca: Buffer; cert: Buffer; key: Buffer } };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the engine as the docker command does: `DOCKER_HOST`, `CONTAINER_HOST` (Podman's), the docker
 * context in use, and the sockets where engines listen by default.
 *
 * @returns undefined when nothing names an engine and no such socket exists
 * @throws Failure for an address of a kind that is not spoken here
 * @see https://docs.docker.com/reference/cli/docker/#environment-variables
 */
export function findEngine(env: Environment = process.env): EngineAddress | undefined {
  for (const name of ['DOCKER_HOST', 'CONTAINER_HOST']) {
    const value = env[name];
    if (value) return parseEngineAddress(value, name, env);
  }
  const context = contextAddress(env);
  if (context) return context;
  const path = defaultSockets(env).find(existsSync);
  return path === undefined ? undefined : parseEngineAddress(`unix://${path}`, path, env);
}

/** @throws Failure */
export function parseEngineAddress(text: string, source: string, env: Environment): EngineAddress {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === 'unix' && rest.startsWith('/')) return { text, source, socketPath: rest };
  if (scheme === 'npipe' && rest !== '') return { text, source, socketPath: rest };
  const tcp = /^(?:\[([^\]]+)\]|([^:/]+))(?::(\d{1,5}))?\/?$/.exec(rest);
  const host = tcp?.[1] ?? tcp?.[2];
  if ((scheme === 'tcp' || scheme === 'http' || scheme === 'https') && host !== undefined) {
    const secure = scheme === 'https' || (env['DOCKER_TLS_VERIFY'] ?? '') !== '';
    const port = Number(tcp?.[3] ?? (secure ? 2376 : 2375));
    return { text, source, tcp: { host, port, ...(secure && { tls: certificates(env) }) } };
  }
  throw new Failure(`${source} names an engine that Lazurite cannot reach: ${text}`, {
    why: 'unix://, npipe:// and tcp:// are spoken here; ssh:// is not',
    help:
      scheme === 'ssh'
        ? 'forward its socket: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST, then DOCKER_HOST=unix:///tmp/docker.sock'
        : 'DOCKER_HOST=unix:///var/run/docker.sock lazurite up --runtime docker',
  });
}

function certificates(env: Environment): { ca: Buffer; cert: Buffer; key: Buffer } {
  const folder = env['DOCKER_CERT_PATH'] ?? configFolder(env);
  const read = (name: string): Buffer => {
    try {
      return readFileSync(join(folder, name));
    } catch (error) {
      throw new Failure('the certificates for the container engine cannot be read', {
        why: `${join(folder, name)} is needed, because DOCKER_TLS_VERIFY is set`,
        help: 'DOCKER_CERT_PATH=FOLDER with ca.pem, cert.pem and key.pem',
        cause: error,
      });
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

function configFolder(env: Environment): string {
  return env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
}

/** Docker Desktop, colima and others name their socket in a context. */
function contextAddress(env: Environment): EngineAddress | undefined {
  const folder = configFolder(env);
  const name = env['DOCKER_CONTEXT'] ?? textIn(join(folder, 'config.json'), ['currentContext']);
  if (!name || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', id, 'meta.json');
  const host = textIn(file, ['Endpoints', 'docker', 'Host']);
  return host ? parseEngineAddress(host, `docker context '${name}'`, env) : undefined;
}

/** A text inside a JSON file; undefined when there is no such file or no such text. */
function textIn(file: string, keys: readonly string[]): string | undefined {
  try {
    let value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    for (const key of keys) {
      value =
        typeof value === 'object' && value !== null
          ? (Reflect.get(value, key) as unknown)
          : undefined;
    }
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function defaultSockets(env: Environment): string[] {
  const session = env['XDG_RUNTIME_DIR'];
  const home = env['HOME'] ?? homedir();
  return [
    '/var/run/docker.sock',
    ...(session ? [join(session, 'docker.sock')] : []),
    join(home, '.docker', 'run', 'docker.sock'),
    ...(session ? [join(session, 'podman', 'podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
}
