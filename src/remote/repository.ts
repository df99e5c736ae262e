import { digestAlgorithm, digestOf, parseDigest, type Digest } from '../oci/digest.js';
import { DocumentError, optionalStringArray, parseJsonObject } from '../oci/document.js';
import { MAX_MANIFEST_BYTES } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { readAnswer } from './answer.js';
import { openBlob } from './blob-download.js';
import { uploadBlob } from './blob-upload.js';
import { listReferrers } from './referrers.js';
import { RemoteError, type FetchedManifest, type RemoteRepository } from './registry-client.js';
import type { Session } from './session.js';
import { readTagHistory } from './tag-history.js';
import { networkError, type HttpResponse } from './transport.js';

/** Everything a manifest can be; a registry that is not offered a type may convert or refuse it. */
const MANIFEST_TYPES = [
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.ociManifest,
  MEDIA_TYPE.dockerManifestList,
  MEDIA_TYPE.dockerManifest,
  '*/*;q=0.1',
].join(', ');

/** The verbs of `RemoteRepository` over one session. */
export function createRepositoryClient(session: Session, repository: string): RemoteRepository {
  const base = `/v2/${repository}`;
  const client: RemoteRepository = {
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
    getBlob: (descriptor, signal) =>
      openBlob({ session, target: `${base}/blobs/${descriptor.digest}`, descriptor, signal }),
    hasManifest: (reference, signal) =>
      isThere(session, `${base}/manifests/${reference}`, 'manifest', signal),
    async headManifest(reference, signal) {
      const response = await session.request({
        method: 'HEAD',
        target: `${base}/manifests/${reference}`,
        headers: { Accept: MANIFEST_TYPES },
        asked: 'manifest',
        actions: 'pull',
        signal,
      });
      response.body.resume();
      return headerDigest(response);
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
    readTagHistory: (tag, signal) => readTagHistory(session, repository, tag, signal),
    listReferrers: (subject, signal) =>
      listReferrers(session, `${base}/referrers/${subject}`, signal),
    hasBlob: (digest, signal) => isThere(session, `${base}/blobs/${digest}`, 'blob', signal),
    async putBlob(descriptor, open, options = {}) {
      if (await client.hasBlob(descriptor.digest, options.signal)) return 'present';
      return uploadBlob({ session, base, descriptor, open }, options);
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
      const digest = confirmDigest(response, expectedDigest(reference, bytes));
      return { digest, listsReferrer: response.headers['oci-subject'] !== undefined };
    },
    async deleteManifest(reference, signal) {
      const response = await session.request({
        method: 'DELETE',
        target: `${base}/manifests/${reference}`,
        asked: 'manifest',
        actions: 'delete',
        signal,
      });
      response.body.resume();
    },
  };
  return client;
}

function expectedDigest(reference: string, bytes: Buffer): Digest {
  const named = parseDigest(reference);
  return digestOf(bytes, named && digestAlgorithm(named));
}

async function isThere(
  session: Session,
  target: string,
  asked: 'manifest' | 'blob',
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const accept = asked === 'manifest' ? { headers: { Accept: MANIFEST_TYPES } } : {};
  try {
    const response = await session.request({
      ...{ method: 'HEAD', target, ...accept, asked, actions: 'pull', signal },
    });
    response.body.resume();
    return true;
  } catch (error) {
    if (error instanceof RemoteError && error.status === 404) return false;
    throw error;
  }
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

function brokenBody(error: unknown): RemoteError {
  return networkError(error, new URL('http://registry'));
}
