import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, Failure, messageOf } from '../../base/failure.js';

/**
 * Where docker looks for the CA of a registry: `$LAZURITE_DOCKER_CERTS_DIR`, else the engine's own folder.
 * Empty leaves docker alone.
 */
export function dockerCertificatesPath(): string {
  return process.env['LAZURITE_DOCKER_CERTS_DIR'] ?? '/etc/docker/certs.d';
}

/** @throws Failure when the folder can't be made */
export function requireDockerCertificates(directory: string): void {
  if (directory === '') return;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new Failure(`can't put the local CA where docker looks for it: ${directory}`, {
      why: messageOf(error),
      help: "run as root, or leave docker alone: LAZURITE_DOCKER_CERTS_DIR='' lazurite up --azure-names",
      cause: error,
    });
  }
}

/**
 * Lets docker trust the registry at `host`.
 *
 * @see https://docs.docker.com/engine/security/certificates/
 */
export function trustRegistry(directory: string, host: string, certificate: string): void {
  if (directory === '') return;
  const folder = join(directory, host);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, 'ca.crt'), certificate, { mode: 0o644 });
}

/** Takes the CA back, if what lies there is ours; the folder goes when nothing else is in it. */
export function distrustRegistry(directory: string, host: string, certificate: string): void {
  if (directory === '') return;
  const folder = join(directory, host);
  const file = join(folder, 'ca.crt');
  try {
    if (readFileSync(file, 'utf8') !== certificate) return;
    rmSync(file);
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY'].includes(codeOf(error) ?? '')) throw error;
  }
}
