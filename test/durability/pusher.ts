import { randomBytes, randomInt } from 'node:crypto';
import { digestOf, type Digest } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';

/** Everything that a server has acknowledged. */
export class Ledger {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, Buffer>();
  /** The last acknowledged digest of a tag, and any that was sent after it without an answer. */
  readonly tags = new Map<string, { acknowledged?: Digest; sent: Set<Digest> }>();

  tag(key: string) {
    let tag = this.tags.get(key);
    if (tag === undefined) this.tags.set(key, (tag = { sent: new Set<Digest>() }));
    return tag;
  }
}

/** Pushes random images until the server is gone. Every pusher has tags of its own. */
export async function pushUntilKilled(url: string, name: string, ledger: Ledger): Promise<number> {
  let pushed = 0;
  try {
    for (;;) {
      await pushImage(url, `repo-${randomInt(3)}`, `${name}-${randomInt(4)}`, ledger);
      pushed++;
    }
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    return pushed; // the connection broke
  }
}

class RefusedError extends Error {}

async function pushImage(url: string, repository: string, tag: string, ledger: Ledger) {
  const layers = [];
  for (let at = 0; at < 2; at++) {
    layers.push(await pushBlob(url, repository, randomBytes(layerSize()), ledger));
  }
  const config = await pushBlob(
    url,
    repository,
    Buffer.from(`{"n":"${tag}-${Date.now()}"}`),
    ledger,
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config: { ...config, mediaType: MEDIA_TYPE.ociConfig },
      layers: layers.map((layer) => ({ ...layer, mediaType: MEDIA_TYPE.ociLayer })),
    }),
  );
  const digest = digestOf(manifest);
  const key = `${repository}:${tag}`;
  ledger.tag(key).sent.add(digest);
  const headers = { 'content-type': MEDIA_TYPE.ociManifest };
  const path = `/v2/${repository}/manifests/${tag}`;
  await send(`${url}${path}`, { method: 'PUT', headers, body: manifest }, 201);
  ledger.manifests.set(`/v2/${repository}/manifests/${digest}`, manifest);
  ledger.tags.set(key, { acknowledged: digest, sent: new Set() });
}

/** Mostly small; now and then of several blocks, which take another way to the disk. */
function layerSize(): number {
  const isLarge = randomInt(5) === 0;
  return isLarge ? randomInt(1024 * 1024, 5 * 1024 * 1024) : randomInt(1, 400_000);
}

/** In one request, or in chunks. */
async function pushBlob(url: string, repository: string, bytes: Buffer, ledger: Ledger) {
  const digest = digestOf(bytes);
  const uploads = `${url}/v2/${repository}/blobs/uploads/`;
  if (randomInt(2) === 0) {
    await send(`${uploads}?digest=${digest}`, { method: 'POST', body: bytes }, 201);
  } else {
    const opened = await send(uploads, { method: 'POST' }, 202);
    const at = new URL(opened.headers.get('location') ?? '', url);
    const half = bytes.length >> 1;
    await send(at, { method: 'PATCH', body: bytes.subarray(0, half) }, 202);
    at.searchParams.set('digest', digest);
    await send(at, { method: 'PUT', body: bytes.subarray(half) }, 201);
  }
  ledger.blobs.set(`/v2/${repository}/blobs/${digest}`, bytes);
  return { digest, size: bytes.length };
}

async function send(url: string | URL, request: RequestInit, expected: number): Promise<Response> {
  const response = await fetch(url, request);
  const text = await response.text();
  if (response.status === expected) return response;
  throw new RefusedError(
    `${request.method ?? 'GET'} ${String(url)} answered ${response.status}: ${text}`,
  );
}
