import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, Failure, messageOf } from '../base/failure.js';
import { RemoteError, type RegistryEndpoint } from './registry-client.js';
import type { Transport } from './transport.js';

export interface EndpointOptions {
  environment: NodeJS.ProcessEnv;
  /** No TLS, wherever the registry is. */
  plainHttp?: boolean;
  /** Takes any certificate. */
  insecure?: boolean;
  /** File with certificates to trust besides the public ones, PEM. */
  caFile?: string;
  /** Folders with a folder a registry, whose `*.crt` are trusted. */
  certificateFolders?: readonly string[];
}

/** Where docker and podman look. */
const CERTIFICATE_FOLDERS = ['/etc/docker/certs.d', '/etc/containers/certs.d'];
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const PROBE_LIMIT_MS = 5000;

/**
 * Finds out how a user's registries are reached: over TLS, except on this machine, where a registry that
 * answers plain HTTP is taken at its word as docker does.
 *
 * @throws Failure when a file of certificates cannot be read
 */
export function userEndpoints(
  options: EndpointOptions,
  transport: Transport,
): (registry: string) => Promise<RegistryEndpoint> {
  const known = new Map<string, Promise<RegistryEndpoint>>();
  return (registry) => {
    const found = known.get(registry) ?? findEndpoint(registry, options, transport);
    known.set(registry, found);
    return found;
  };
}

async function findEndpoint(
  registry: string,
  options: EndpointOptions,
  transport: Transport,
): Promise<RegistryEndpoint> {
  const plain = `http://${registry}`;
  if (options.plainHttp === true) return { baseUrl: plain };
  if (LOOPBACK.test(registry) && (await speaksPlainHttp(plain, transport))) {
    return { baseUrl: plain };
  }
  // Docker Hub's name and the host of its API differ.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const ca = await certificates(registry, options);
  return {
    baseUrl: `https://${host}`,
    ...(ca !== '' && { ca }),
    ...(options.insecure === true && { insecure: true }),
  };
}

/** A server that only knows TLS drops the connection or answers 400. */
async function speaksPlainHttp(baseUrl: string, transport: Transport): Promise<boolean> {
  try {
    const response = await transport.send({
      method: 'GET',
      url: new URL('/v2/', baseUrl),
      headers: {},
      signal: AbortSignal.timeout(PROBE_LIMIT_MS),
    });
    response.body.destroy();
    return response.status !== 400;
  } catch (error) {
    // Nobody listens: then the message had better name the address that was meant.
    const cause = error instanceof RemoteError ? error.cause : undefined;
    return codeOf(cause) === 'ECONNREFUSED';
  }
}

async function certificates(registry: string, options: EndpointOptions): Promise<string> {
  const { environment, caFile, certificateFolders = CERTIFICATE_FOLDERS } = options;
  const files = [caFile, environment['SSL_CERT_FILE'], environment['NODE_EXTRA_CA_CERTS']];
  const explicit = await Promise.all(files.filter((file) => file).map(readCertificates));
  const installed = await Promise.all(
    certificateFolders.map((folder) => installedCertificates(path.join(folder, registry))),
  );
  return [...explicit, ...installed.flat()].join('\n');
}

async function readCertificates(file: string | undefined): Promise<string> {
  try {
    return await readFile(file ?? '', 'utf8');
  } catch (error) {
    throw new Failure(`the certificates in ${file ?? ''} cannot be read`, {
      why: messageOf(error),
      help: 'name a PEM file with --ca, or correct SSL_CERT_FILE',
    });
  }
}

async function installedCertificates(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const files = names.filter((name) => name.endsWith('.crt'));
  return Promise.all(files.map((name) => readCertificates(path.join(folder, name))));
}
