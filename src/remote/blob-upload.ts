import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import { RemoteError, type BlobOutcome, type PutBlobOptions } from './registry-client.js';
import { isTransient, type Session } from './session.js';
import type { HttpResponse } from './transport.js';

/** A connection may break in the middle of a body; then the upload starts again. */
const MAX_UPLOADS = 3;

export interface BlobUpload {
  session: Session;
  /** e.g. `'/v2/team/app'` */
  base: string;
  descriptor: Descriptor;
  open: () => Readable | Promise<Readable>;
}

/**
 * Mounts the blob when `mountFrom` has it, else sends it in one request.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#post-then-put
 */
export async function uploadBlob(
  upload: BlobUpload,
  options: PutBlobOptions,
): Promise<BlobOutcome> {
  let location = await mount(upload, options);
  if (location === 'mounted') return 'mounted';
  for (let attempt = 1; ; attempt++) {
    try {
      location ??= await start(upload, options.signal);
      await send(upload, location, options.signal);
      return 'written';
    } catch (error) {
      if (attempt >= MAX_UPLOADS || !isTransient(error)) throw error;
      location = undefined;
    }
  }
}

/** @returns where to upload instead when the registry does not mount */
async function mount(
  { session, base, descriptor }: BlobUpload,
  { mountFrom, signal }: PutBlobOptions,
): Promise<'mounted' | URL | undefined> {
  if (mountFrom === undefined) return undefined;
  const query = new URLSearchParams({ mount: descriptor.digest, from: mountFrom });
  try {
    const response = await session.request({
      method: 'POST',
      target: `${base}/blobs/uploads/?${query.toString()}`,
      headers: { 'Content-Length': '0' },
      asked: 'upload',
      actions: 'pull,push',
      alsoPull: mountFrom,
      signal,
    });
    return response.status === 201 ? finish(response, 'mounted') : locationOf(session, response);
  } catch (error) {
    // Whoever may not read the other repository can still upload.
    if (error instanceof RemoteError && error.status !== undefined) return undefined;
    throw error;
  }
}

async function start({ session, base }: BlobUpload, signal: AbortSignal | undefined): Promise<URL> {
  const response = await session.request({
    method: 'POST',
    target: `${base}/blobs/uploads/`,
    headers: { 'Content-Length': '0' },
    asked: 'upload',
    actions: 'pull,push',
    signal,
  });
  return locationOf(session, response);
}

function locationOf(session: Session, response: HttpResponse): URL {
  response.body.resume();
  const { location } = response.headers;
  if (location === undefined) {
    throw new RemoteError('bad-content', 'the registry began an upload without saying where');
  }
  return session.locate(location);
}

async function send(
  { session, descriptor, open }: BlobUpload,
  location: URL,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = new URL(location);
  target.searchParams.set('digest', descriptor.digest);
  const response = await session.request({
    method: 'PUT',
    target,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(descriptor.size),
    },
    body: open,
    asked: 'upload',
    actions: 'pull,push',
    signal,
  });
  finish(response, 'written');
}

function finish<T>(response: HttpResponse, outcome: T): T {
  response.body.resume();
  return outcome;
}
