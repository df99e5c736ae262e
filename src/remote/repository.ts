import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import { digestAlgorithm, digestOf, parseDigest, type Digest } from '../oci/digest.js';
import { DocumentError, optionalStringArray, parseJsonObject } from '../oci/document.js';
import { MAX_MANIFEST_BYTES } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { readAnswer } from './answer.js';
import { RemoteError, type FetchedManifest, type RepositoryClient } from './registry-client.js';
import type { Session } from './session.js';
import { networkError, type HttpResponse } from './transport.js';
import { verifyContent } from './verified-stream.js';

/** Everything a manifest can be; a registry that is not offered a type may convert or refuse it. */
const MANIFEST_TYPES = [
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.ociManifest,
  MEDIA_TYPE.dockerManifestList,
  MEDIA_TYPE.dockerManifest,
  '*/*;q=0.1',
].join(', ');

/** The verbs of `RepositoryClient` over one session. */
export function createRepositoryClient(session: Session, repository: string): RepositoryClient {
  const base = `/v2/${repository}`;
  const client: RepositoryClient = {
    async getManifest(reference, signal) {
      const response = await session.request({
        method: 'GET',
        target: `${base}/manifests/${reference}`,
        headers: { Accept: MANIFEST_TYPES },
        asked: 'manifest',
        actions: 'pull',
        signal,
      });
      return readManifest(response, reference);
    },
    async getBlob(descriptor, signal) {
      const response = await session.request({
        method: 'GET',
        target: `${base}/blobs/${descriptor.digest}`,
        asked: 'blob',
        actions: 'pull',
        signal,
      });
      return verifiedBody(response, descriptor);
    },
    async listTags(signal) {
      const response = await session.request({
        method: 'GET',
        target: `${base}/tags/list?n=1000`,
        asked: 'manifest',
        actions: 'pull',
        signal,
      });
      return readTags(response);
    },
    async hasBlob(digest, signal) {
      try {
        const target = `${base}/blobs/${digest}`;
        const actions = 'pull';
        const response = await session.request({
          ...{ method: 'HEAD', target, asked: 'blob', actions, signal },
        });
        response.body.resume();
        return true;
      } catch (error) {
        if (error instanceof RemoteError && error.status === 404) return false;
        throw error;
      }
    },
    async putBlob(descriptor, open, signal) {
      if (await client.hasBlob(descriptor.digest, signal)) return;
      await upload(session, base, descriptor, open, signal);
    },
    async putManifest(reference, mediaType, bytes, signal) {
      const response = await session.request({
        method: 'PUT',
        target: `${base}/manifests/${reference}`,
        headers: { 'Content-Type': mediaType, 'Content-Length': String(bytes.length) },
        body: () => bytes,
        asked: 'manifest',
        actions: 'pull,push',
        signal,
      });
      response.body.resume();
      return confirmDigest(response, digestOf(bytes));
    },
  };
  return client;
}

async function readTags(response: HttpResponse): Promise<string[]> {
  const bytes = await readAnswer(response, MAX_MANIFEST_BYTES);
  try {
    const list = parseJsonObject(bytes, 'tag list', MAX_MANIFEST_BYTES);
    return optionalStringArray(list, 'tags', 'tag list') ?? [];
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new RemoteError('bad-content', error.message, { cause: error });
  }
}

async function readManifest(response: HttpResponse, reference: string): Promise<FetchedManifest> {
  const mediaType = response.headers['content-type'] ?? '';
  if (/^text\/html/i.test(mediaType)) {
    response.body.destroy();
    throw new RemoteError('bad-content', 'the registry answered with a web page, not a manifest', {
      status: response.status,
    });
  }
  const bytes = await readAnswer(response, MAX_MANIFEST_BYTES).catch((error: unknown) => {
    throw error instanceof RemoteError ? error : brokenBody(error);
  });
  const expected = parseDigest(reference) ?? headerDigest(response);
  const digest = digestOf(bytes, expected && digestAlgorithm(expected));
  if (expected !== undefined && digest !== expected) {
    throw new RemoteError(
      'bad-content',
      `manifest ${reference} has digest ${digest}, not ${expected}`,
    );
  }
  return { bytes, mediaType: (mediaType.split(';')[0] ?? '').trim(), digest };
}

function headerDigest(response: HttpResponse): Digest | undefined {
  const header = response.headers['docker-content-digest'];
  return typeof header === 'string' ? parseDigest(header) : undefined;
}

function confirmDigest(response: HttpResponse, expected: Digest): Digest {
  const said = headerDigest(response);
  if (said !== undefined && said !== expected) {
    throw new RemoteError('bad-content', `the registry stored ${said} instead of ${expected}`);
  }
  return expected;
}

function verifiedBody(response: HttpResponse, descriptor: Descriptor): Readable {
  const verified = verifyContent(descriptor);
  response.body.on('error', (error) => {
    verified.destroy(isAbort(error) ? error : brokenBody(error));
  });
  verified.on('close', () => {
    response.body.destroy();
  });
  // A failure before anyone reads must not end the process; whoever reads later still gets it.
  verified.on('error', () => undefined);
  return response.body.pipe(verified);
}

function isAbort(error: Error): boolean {
  return error.name === 'AbortError' || error.name === 'TimeoutError';
}

function brokenBody(error: unknown): RemoteError {
  return networkError(error, new URL('http://registry'));
}

async function upload(
  session: Session,
  base: string,
  descriptor: Descriptor,
  open: () => Readable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const started = await session.request({
    method: 'POST',
    target: `${base}/blobs/uploads/`,
    headers: { 'Content-Length': '0' },
    asked: 'upload',
    actions: 'pull,push',
    signal,
  });
  started.body.resume();
  const location = started.headers.location;
  if (location === undefined) {
    throw new RemoteError('bad-content', 'the registry began an upload without saying where');
  }
  const target = session.locate(location);
  target.searchParams.set('digest', descriptor.digest);
  const finished = await session.request({
    method: 'PUT',
    target,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(descriptor.size),
    },
    body: () => open(),
    asked: 'upload',
    actions: 'pull,push',
    signal,
  });
  finished.body.resume();
}
