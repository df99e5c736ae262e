import { readFile, stat } from 'node:fs/promises';
import { codeOf, Failure } from '../../base/failure.js';
import { isRecord } from '../../oci/document.js';
import type { Credentials } from '../registry-client.js';

/** What a `config.json` of docker or an `auth.json` of podman says about registries. */
export interface AuthFile {
  path: string;
  /** By `registryKey`, e.g. `'docker.io'`, `'ghcr.io/team'`. */
  auths: ReadonlyMap<string, Credentials>;
  /** Names of helpers by `registryKey`, e.g. `'ecr-login'`. */
  helpers: ReadonlyMap<string, string>;
  /** The helper for every registry that has no other, e.g. `'osxkeychain'`. */
  store: string | undefined;
}

const MAX_BYTES = 1024 * 1024;
const HUB_HOSTS = new Set(['index.docker.io', 'registry-1.docker.io', 'docker.io']);

/**
 * One spelling for the keys in use: `'https://index.docker.io/v1/'` → `'docker.io'`,
 * `'https://r.test:5000/v2/'` → `'r.test:5000'`, `'quay.io/team/'` → `'quay.io/team'`.
 */
export function registryKey(key: string): string {
  const bare = key
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/(?:v[12]\/?)?$/, '');
  const [host = '', ...path] = bare.split('/');
  return [HUB_HOSTS.has(host.toLowerCase()) ? 'docker.io' : host.toLowerCase(), ...path].join('/');
}

/**
 * Reads one file. Its content never gets into a message: it holds passwords.
 *
 * @returns undefined when there is no such file
 * @throws Failure when it is damaged
 * @see https://github.com/containers/image/blob/v5.36.2/docs/containers-auth.json.5.md
 */
export async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const text = await readSmallFile(path);
  if (text === undefined) return undefined;
  let document: unknown;
  try {
    document = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    document = undefined;
  }
  if (!isRecord(document)) throw damaged(path, 'it is not a JSON object');
  const { credsStore } = document;
  return {
    path,
    auths: readAuths(document['auths'], path),
    helpers: readHelpers(document['credHelpers']),
    store: typeof credsStore === 'string' && credsStore !== '' ? credsStore : undefined,
  };
}

async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw damaged(path, `it has ${size} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
    if (missing) return undefined;
    if (error instanceof Failure) throw error;
    throw damaged(path, codeOf(error) ?? 'it cannot be read');
  }
}

function readAuths(value: unknown, path: string): Map<string, Credentials> {
  const auths = new Map<string, Credentials>();
  for (const [key, entry] of Object.entries(isRecord(value) ? value : {})) {
    const credentials = isRecord(entry) ? readEntry(entry, key, path) : undefined;
    if (credentials) auths.set(registryKey(key), credentials);
  }
  return auths;
}

/** An entry without a secret only says that a helper knows the registry. */
function readEntry(
  entry: Readonly<Record<string, unknown>>,
  key: string,
  path: string,
): Credentials | undefined {
  const field = (name: string): string => {
    const value = entry[name];
    return typeof value === 'string' ? value : '';
  };
  const pair = Buffer.from(field('auth'), 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = pair.indexOf(':');
  if (field('auth') !== '' && colon < 0) throw damaged(path, `the entry of ${key} is malformed`);
  const username = colon < 0 ? field('username') : pair.slice(0, colon);
  const password = colon < 0 ? field('password') : pair.slice(colon + 1);
  const identityToken = field('identitytoken');
  if (identityToken !== '') return { username, password, identityToken };
  return username === '' && password === '' ? undefined : { username, password };
}

function readHelpers(value: unknown): Map<string, string> {
  const helpers = new Map<string, string>();
  for (const [key, name] of Object.entries(isRecord(value) ? value : {})) {
    if (typeof name === 'string' && name !== '') helpers.set(registryKey(key), name);
  }
  return helpers;
}

function damaged(path: string, why: string): Failure {
  return new Failure(`the credentials in ${path} cannot be read`, {
    why,
    help: 'repair the file, or log in anew: docker login HOST',
  });
}
