import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.js';
import { silentLogger, type Logger } from '../../base/logger.js';
import { digestOf, type Digest } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { createRegistryHost } from '../create-registry-host.js';
import type { RegistryHost, RegistrySettings } from '../registry-host.js';
import { createHmacAuthority } from '../hmac-authority.js';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  json(): unknown;
}

export interface Request {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: Buffer | string;
  /** Overrides the fixture's own credentials; null for none. */
  authorization?: string | null;
}

export const ADMIN = `Basic ${Buffer.from('reg:secret-1').toString('base64')}`;
const KEY = Buffer.from('a key that only tests use');

/** A registry with its own folder and port, driven over HTTP. Call `close` in the end. */
export interface RegistryFixture {
  /** `'127.0.0.1:PORT'` */
  readonly address: string;
  readonly host: RegistryHost;
  readonly directory: string;
  send(path: string, request?: Request): Promise<Answer>;
  configure(changes: Partial<RegistrySettings>): Promise<void>;
  /** Closes the host and opens a new one over the same folder. */
  restart(): Promise<void>;
  pushBlob(repository: string, bytes: Buffer | string): Promise<Digest>;
  /** An image with a config and one layer. @returns its digest */
  pushImage(repository: string, tag: string, seed?: string): Promise<Digest>;
  putManifest(repository: string, reference: string, manifest: object): Promise<Answer>;
  authority: ReturnType<typeof createHmacAuthority>;
  /** What has come on the connections that are open, in bytes. */
  bytesRead(): number;
  close(): Promise<void>;
}

export async function createFixture(
  changes: Partial<RegistrySettings> = {},
  clock: Clock = systemClock,
  logger: Logger = silentLogger,
): Promise<RegistryFixture> {
  const directory = mkdtempSync(join(tmpdir(), 'registry-'));
  const authority = createHmacAuthority(KEY, clock);
  const open = () =>
    createRegistryHost({ dataDirectory: directory, tokenAuthority: authority, clock, logger });
  let host = await open();
  const server = createServer((request, response) => {
    void host.get('reg')?.handle(request, response);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  let settings: RegistrySettings = {
    name: 'reg',
    loginServer: address,
    admin: { enabled: true, username: 'reg', passwords: ['secret-1', 'secret-2'] },
    anonymousPull: false,
    ...changes,
  };
  await host.configure(settings);

  const fixture: RegistryFixture = {
    address,
    directory,
    authority,
    get host() {
      return host;
    },
    send: (path, request = {}) => send(address, path, request),
    async configure(more) {
      settings = { ...settings, ...more };
      await host.configure(settings);
    },
    async restart() {
      await host.close();
      host = await open();
    },
    async pushBlob(repository, bytes) {
      const digest = digestOf(bytes);
      const path = `/v2/${repository}/blobs/uploads/?digest=${digest}`;
      const { status, body } = await fixture.send(path, { method: 'POST', body: bytes });
      if (status !== 201) throw new Error(`blob push answered ${status}: ${body.toString()}`);
      return digest;
    },
    async pushImage(repository, tag, seed = tag) {
      const manifest = await imageManifest(fixture, repository, seed);
      const answer = await fixture.putManifest(repository, tag, manifest);
      if (answer.status !== 201) throw new Error(`push answered ${answer.body.toString()}`);
      return digestOf(JSON.stringify(manifest));
    },
    putManifest(repository, reference, manifest) {
      const mediaType = 'mediaType' in manifest ? String(manifest.mediaType) : '';
      return fixture.send(`/v2/${repository}/manifests/${reference}`, {
        method: 'PUT',
        headers: { 'content-type': mediaType },
        body: JSON.stringify(manifest),
      });
    },
    bytesRead: () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await host.close();
      rmSync(directory, { recursive: true });
    },
  };
  return fixture;
}

/** Pushes config and layer, and gives the manifest that refers to them. */
export async function imageManifest(fixture: RegistryFixture, repository: string, seed: string) {
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [digestOf(seed)] },
  });
  const layer = `layer of ${seed}`;
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    config: {
      mediaType: MEDIA_TYPE.ociConfig,
      digest: await fixture.pushBlob(repository, config),
      size: config.length,
    },
    layers: [
      {
        mediaType: MEDIA_TYPE.ociLayer,
        digest: await fixture.pushBlob(repository, layer),
        size: layer.length,
      },
    ],
  };
}

export const ACCEPT_ALL = [
  MEDIA_TYPE.ociManifest,
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.dockerManifest,
  MEDIA_TYPE.dockerManifestList,
].join(', ');

function send(address: string, path: string, request: Request): Promise<Answer> {
  const { method = 'GET', body, authorization = ADMIN } = request;
  const headers = {
    accept: ACCEPT_ALL,
    ...(authorization !== null && { authorization }),
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    ...request.headers,
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      `http://${address}`,
      { method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: bytes,
            json: () => JSON.parse(bytes.toString()) as unknown,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
