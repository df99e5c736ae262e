import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { systemClock } from '../base/clock.js';
import { codeOf, Failure, messageOf } from '../base/failure.js';
import { silentLogger, type Logger } from '../base/logger.js';
import { makeFolder } from '../base/make-folder.js';
import { createRegistryHost } from './create-registry-host.js';
import { createHmacAuthority } from './hmac-authority.js';
import type { PullLimit } from './pull-limit.js';
import { answerUnreadable } from './unreadable.js';
import type { RegistrySettings } from './registry-host.js';
import { DEFAULT_MINIMUM_RATE } from './upload-pace.js';

export interface StandaloneRegistryOptions {
  /** Folder of blobs, metadata and the token key; created. */
  dataDirectory: string;
  /** Address to listen on. Default `'127.0.0.1'`: nobody else can connect. */
  host?: string;
  /** 0 takes a free one. */
  port: number;
  /** Who may do what. */
  access: StandaloneAccess;
  /** PEM texts; plain HTTP without. */
  tls?: { certificate: string; key: string };
  /** Of those who may pull without credentials. */
  anonymousPullLimit?: PullLimit;
  /** Bytes a second that an upload must bring on average; 0 for any. */
  minUploadRate?: number;
  /** Accepts indexes whose children are elsewhere. */
  sparseIndexes?: boolean;
  webhooks?: RegistrySettings['webhooks'];
  /** Keeps deleted manifests for so many days; they are gone at once without. */
  softDeleteDays?: number;
  /** Deletes manifests that nothing has led to for so many days; they stay without. */
  untaggedDays?: number;
  /** How long a client may take for the head of a request. */
  headTimeoutMs?: number;
  logger?: Logger;
}

export type StandaloneAccess =
  /** Everyone may do everything. */
  | { kind: 'anonymous' }
  /** Only these, with names and password hashes as in an htpasswd file. */
  | { kind: 'users'; users: Record<string, string>; anonymousPull: boolean };

export interface StandaloneRegistry {
  /** e.g. `'http://127.0.0.1:5000'` */
  readonly url: string;
  /** Finishes the requests under way, for a while, and closes. */
  close(): Promise<void>;
}

const NAME = 'registry';
const MAX_HEADER_BYTES = 32 * 1024;
const HEADERS_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 60_000;
const CLOSE_GRACE_MS = 10_000;

/**
 * Serves one OCI registry on a port of its own.
 *
 * @throws Failure when the folder is in use, or the port cannot be had
 */
export async function createStandaloneRegistry(
  options: StandaloneRegistryOptions,
): Promise<StandaloneRegistry> {
  const { host: hostName = '127.0.0.1', logger = silentLogger, dataDirectory } = options;
  makeDataFolder(dataDirectory);
  const tokenAuthority = createHmacAuthority(await loadKey(dataDirectory), systemClock);
  const host = await createRegistryHost({ dataDirectory, tokenAuthority, logger });
  try {
    const registry = await host.configure(settingsOf(options));
    const server = openServer(options, (request, response) => {
      void registry.handle(request, response);
    });
    answerUnreadable(server);
    const port = await listen(server, hostName, options.port);
    const shownHost = hostName.includes(':') ? `[${hostName}]` : hostName;
    return {
      url: `${options.tls ? 'https' : 'http'}://${shownHost}:${port}`,
      async close() {
        await closeServer(server);
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

function settingsOf(options: StandaloneRegistryOptions): RegistrySettings {
  const { access, sparseIndexes, webhooks, softDeleteDays, untaggedDays } = options;
  return {
    name: NAME,
    loginServer: NAME,
    admin: { enabled: false, username: '', passwords: ['', ''] },
    anonymousPull: access.kind === 'users' && access.anonymousPull,
    anonymousAccess: access.kind === 'anonymous',
    negotiation: 'any',
    sparseIndexes: sparseIndexes === true,
    ...(access.kind === 'users' && { htpasswd: access.users }),
    ...(webhooks && { webhooks }),
    ...(options.anonymousPullLimit && { anonymousPullLimit: options.anonymousPullLimit }),
    ...(options.minUploadRate !== undefined && {
      minUploadRate: { ...DEFAULT_MINIMUM_RATE, bytesPerSecond: options.minUploadRate },
    }),
    softDelete: { enabled: softDeleteDays !== undefined, retentionDays: softDeleteDays ?? 0 },
    untaggedRetention: { enabled: untaggedDays !== undefined, days: untaggedDays ?? 0 },
  };
}

function makeDataFolder(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw new Failure(`cannot keep images in ${path}`, {
      why: ['EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')
        ? 'it is no folder'
        : messageOf(error),
      help: 'take another folder: --data DIR',
      cause: error,
    });
  }
}

/** The key that signs tokens; made once, so that tokens outlive a restart. */
async function loadKey(directory: string): Promise<Buffer> {
  const path = join(directory, 'token.key');
  try {
    await writeFile(path, randomBytes(32).toString('base64'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const key = Buffer.from(await readFile(path, 'utf8'), 'base64');
  if (key.length === 32) return key;
  throw new Failure(`${path} holds no key`, {
    why: 'the file is damaged',
    help: `remove it: rm ${path} (clients then log in again)`,
  });
}

function openServer(options: StandaloneRegistryOptions, listener: RequestListener): Server {
  const { tls, headTimeoutMs = HEADERS_TIMEOUT_MS } = options;
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headTimeoutMs,
    connectionsCheckingInterval: headTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: 0, // an upload may take hours; one that stalls is ended where it is read
    noDelay: true,
  };
  if (tls === undefined) return createServer(limits, listener);
  try {
    return createTlsServer({ ...limits, cert: tls.certificate, key: tls.key }, listener);
  } catch (error) {
    throw new Failure('certificate and key cannot be used', {
      why: messageOf(error),
      help: 'give --tls-cert a certificate chain and --tls-key its private key, both PEM',
      cause: error,
    });
  }
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(listenFailure(error, host, port));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function listenFailure(error: Error, host: string, port: number): Error {
  if (codeOf(error) === 'EADDRINUSE') {
    return new Failure(`port ${port} on ${host} is in use`, {
      why: 'another program listens there',
      help: 'take another: --port 5001, or --port 0 for any that is free',
      cause: error,
    });
  }
  if (codeOf(error) === 'EACCES') {
    return new Failure(`may not listen on port ${port} of ${host}`, {
      why: 'ports below 1024 need root',
      help: 'take another: --port 5000',
      cause: error,
    });
  }
  return new Failure(`cannot listen on ${host}`, {
    why: hostFault(codeOf(error)) ?? error.message,
    help: 'take --host 127.0.0.1, an address of this machine, or 0.0.0.0 for all of them',
    cause: error,
  });
}

function hostFault(code: string | undefined): string | undefined {
  if (code === 'EADDRNOTAVAIL') return 'this machine does not have that address';
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'no address has that name' : undefined;
}

async function closeServer(server: Server): Promise<void> {
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, CLOSE_GRACE_MS);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}
