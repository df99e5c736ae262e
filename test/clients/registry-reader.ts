import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { digestOf, type Digest } from '../../src/oci/digest.js';
import { isIndexMediaType, MEDIA_TYPE } from '../../src/oci/media-types.js';
import type { RegistryServer } from './registry-server.js';

interface Descriptor {
  mediaType: string;
  digest: Digest;
}

interface Manifest {
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
  manifests?: Descriptor[];
}

/** What a registry has under a tag, read without any client's help and with every digest checked. */
export interface StoredImage {
  digest: Digest;
  /** e.g. `'linux/amd64'`, in the order of the index */
  platforms: string[];
  diffIds: Digest[];
  /** Of all manifests, configs and layers. */
  digests: Digest[];
}

export async function readTag(
  server: RegistryServer,
  repository: string,
  tag: string,
): Promise<StoredImage> {
  const root = await readManifest(server, repository, tag);
  const stored = { digest: root.digest, platforms: [], diffIds: [], digests: [] };
  await walk(server, repository, root, stored);
  return stored;
}

async function walk(
  server: RegistryServer,
  repository: string,
  { digest, mediaType, manifest }: Awaited<ReturnType<typeof readManifest>>,
  stored: StoredImage,
): Promise<void> {
  stored.digests.push(digest);
  if (isIndexMediaType(mediaType)) {
    for (const child of manifest.manifests ?? []) {
      await walk(server, repository, await readManifest(server, repository, child.digest), stored);
    }
    return;
  }
  for (const layer of manifest.layers) await readBlob(server, repository, layer.digest);
  stored.digests.push(manifest.config.digest, ...manifest.layers.map((layer) => layer.digest));
  const config = await readBlob(server, repository, manifest.config.digest);
  const { os, architecture, rootfs } = JSON.parse(config.toString()) as {
    os: string;
    architecture: string;
    rootfs?: { diff_ids: Digest[] };
  };
  if (rootfs === undefined) return; // an attestation or another artifact
  stored.platforms.push(`${os}/${architecture}`);
  stored.diffIds.push(...rootfs.diff_ids);
}

export interface StoredArtifact {
  digest: Digest;
  artifactType: string;
  /** Of its layers, as text. */
  contents: string[];
}

/** What refers to an image. */
export async function readArtifacts(
  server: RegistryServer,
  repository: string,
  subject: Digest,
): Promise<StoredArtifact[]> {
  const { body } = await get(server, `/v2/${repository}/referrers/${subject}`);
  const { manifests } = JSON.parse(body.toString()) as {
    manifests: (Descriptor & { artifactType: string })[];
  };
  return Promise.all(
    manifests.map(async ({ digest, artifactType }) => {
      const { manifest } = await readManifest(server, repository, digest);
      const layers = manifest.layers.map((layer) => readBlob(server, repository, layer.digest));
      const contents = (await Promise.all(layers)).map((bytes) => bytes.toString());
      return { digest, artifactType, contents };
    }),
  );
}

export async function tagExists(server: RegistryServer, repository: string, tag: string) {
  const { status } = await request(server, `/v2/${repository}/manifests/${tag}`);
  return status === 200;
}

async function readManifest(server: RegistryServer, repository: string, reference: string) {
  const { body, headers } = await get(server, `/v2/${repository}/manifests/${reference}`);
  const digest = digestOf(body);
  if (reference.includes(':') && reference !== digest)
    throw new Error(`${digest}, not ${reference}`);
  const manifest = JSON.parse(body.toString()) as Manifest;
  return { digest, mediaType: headers['content-type'] ?? '', manifest };
}

async function readBlob(server: RegistryServer, repository: string, digest: Digest) {
  const { body } = await get(server, `/v2/${repository}/blobs/${digest}`);
  if (digestOf(body) !== digest) throw new Error(`other bytes than those of ${digest}`);
  return body;
}

async function get(server: RegistryServer, path: string) {
  const answer = await request(server, path);
  if (answer.status !== 200) {
    throw new Error(`GET ${path}: ${answer.status} ${answer.body.toString()}`);
  }
  return answer;
}

const ACCEPT = [
  MEDIA_TYPE.ociManifest,
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.dockerManifest,
  MEDIA_TYPE.dockerManifestList,
].join(', ');

async function request(server: RegistryServer, path: string) {
  const { certificates, credentials } = server;
  const ca = certificates && readFileSync(join(certificates, 'ca.crt'));
  const auth = credentials && `${credentials.username}:${credentials.password}`;
  const options = { headers: { accept: ACCEPT }, agent: false as const, ...(auth && { auth }) };
  const send = ca ? httpsRequest : httpRequest;
  return new Promise<{
    status: number;
    headers: Record<string, string | undefined>;
    body: Buffer;
  }>((resolve, reject) => {
    send(`${server.url}${path}`, { ...options, ...(ca && { ca }) }, (response) => {
      buffer(response).then((body) => {
        const type = response.headers['content-type'];
        resolve({ status: response.statusCode ?? 0, headers: { 'content-type': type }, body });
      }, reject);
    })
      .on('error', reject)
      .end();
  });
}
