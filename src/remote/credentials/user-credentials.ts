import { homedir } from 'node:os';
import path from 'node:path';
import type { RepositoryName } from '../../oci/reference.js';
import type { Credentials } from '../registry-client.js';
import { readAuthFile, type AuthFile } from './auth-file.js';
import { askHelper } from './credential-helper.js';

/**
 * Finds what the user has for a repository, or for a registry as a whole; undefined for nothing, which public
 * images need.
 */
export type CredentialFinder = (
  registry: string,
  repository?: RepositoryName,
) => Promise<Credentials | undefined>;

/** The names that helpers know Docker Hub by. */
const HUB_SERVER = 'https://index.docker.io/v1/';

/**
 * The credentials of docker and of podman, in this order: `REGISTRY_AUTH_FILE`, `DOCKER_CONFIG` or
 * `~/.docker/config.json`, `$XDG_RUNTIME_DIR/containers/auth.json`, `~/.config/containers/auth.json`. In
 * each a helper goes before the file, and the longest name before a shorter one.
 */
export function userCredentials(environment: NodeJS.ProcessEnv): CredentialFinder {
  let files: Promise<AuthFile[]> | undefined;
  return async (registry, repository) => {
    files ??= readAll(authFiles(environment));
    for (const file of await files) {
      const found = await findIn(file, registry, repository, environment);
      if (found) return found;
    }
    return undefined;
  };
}

function authFiles(environment: NodeJS.ProcessEnv): string[] {
  const home = environment['HOME'] ?? homedir();
  const runtime = environment['XDG_RUNTIME_DIR'];
  const config = environment['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  const explicit = environment['REGISTRY_AUTH_FILE'];
  return [
    ...(explicit ? [explicit] : []),
    path.join(environment['DOCKER_CONFIG'] ?? path.join(home, '.docker'), 'config.json'),
    ...(runtime ? [path.join(runtime, 'containers', 'auth.json')] : []),
    path.join(config, 'containers', 'auth.json'),
  ];
}

async function readAll(paths: readonly string[]): Promise<AuthFile[]> {
  const files = await Promise.all(paths.map(readAuthFile));
  return files.filter((file) => file !== undefined);
}

async function findIn(
  file: AuthFile,
  registry: string,
  repository: RepositoryName | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const host = registry.toLowerCase();
  const name = file.helpers.get(host) ?? file.store;
  if (name !== undefined) {
    const server = host === 'docker.io' ? HUB_SERVER : registry;
    const found = await askHelper({ name, server, environment });
    if (found) return found;
  }
  const parts = repository?.split('/') ?? [];
  for (let length = parts.length; length >= 0; length--) {
    const found = file.auths.get([host, ...parts.slice(0, length)].join('/'));
    if (found) return found;
  }
  return undefined;
}
