import { digestAlgorithm, type Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import type { BlobUpload } from '../storage/blob-store.js';
import { DigestMismatchError } from '../storage/storage-error.js';
import { parseContentRange } from '../http/byte-range.js';
import { refuse, RegistryError } from './errors.js';
import { isAllowed } from './access.js';
import type { RegistryStore } from './registry-store.js';
import { requireDigest, requireName, type RequestContext } from './request-context.js';
import { DEFAULT_MINIMUM_RATE, watchPace } from './upload-pace.js';

/**
 * `POST /v2/<name>/blobs/uploads/`: opens an upload, stores a whole blob (`?digest=`), or takes one over
 * from another repository (`?mount=`).
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
export async function postUpload(
  context: RequestContext,
  route: { repository: string },
): Promise<void> {
  const { exchange, store, blobs } = context;
  const repository = requireName(route.repository);
  requireWritable(context, repository);
  const { query } = exchange;
  const mount = query.get('mount');
  if (mount !== null && (await tryMount(context, repository, requireDigest(mount)))) return;
  const digestText = query.get('digest');
  const digest = digestText === null ? undefined : requireDigest(digestText);
  const algorithm = digest
    ? digestAlgorithm(digest)
    : requireAlgorithm(query.get('digest-algorithm'));
  const upload = await blobs.createUpload(store.scope(repository), algorithm);
  if (digest === undefined) {
    sendProgress(context, repository, upload, 202);
    return;
  }
  try {
    await receive(context, repository, upload);
    await finish(context, repository, upload, digest);
  } catch (error) {
    await upload.cancel().catch(() => undefined);
    throw error;
  }
}

/** `PATCH`: the next chunk, or a stream of unknown length. */
export async function patchUpload(
  context: RequestContext,
  route: { repository: string; id: string },
): Promise<void> {
  const repository = requireName(route.repository);
  requireWritable(context, repository);
  const upload = await requireUpload(context, repository, route.id);
  checkOrder(context, repository, upload);
  await receive(context, repository, upload);
  sendProgress(context, repository, upload, 202);
}

/** `PUT ?digest=`: the last chunk, if any, and the end. */
export async function putUpload(
  context: RequestContext,
  route: { repository: string; id: string },
): Promise<void> {
  const repository = requireName(route.repository);
  requireWritable(context, repository);
  const digest = requireDigest(context.exchange.query.get('digest') ?? '');
  const upload = await requireUpload(context, repository, route.id);
  checkOrder(context, repository, upload);
  await receive(context, repository, upload);
  await finish(context, repository, upload, digest);
}

/** `GET`: how far the upload is. */
export async function getUpload(
  context: RequestContext,
  route: { repository: string; id: string },
): Promise<void> {
  const repository = requireName(route.repository);
  const upload = await requireUpload(context, repository, route.id);
  sendProgress(context, repository, upload, 204);
}

/** `DELETE`: gives the upload up. */
export async function deleteUpload(
  context: RequestContext,
  route: { repository: string; id: string },
): Promise<void> {
  const repository = requireName(route.repository);
  const upload = await requireUpload(context, repository, route.id);
  await upload.cancel();
  context.exchange.sendEmpty(204);
}

/** Without `from` any repository of the registry that the client may pull from will do. */
async function tryMount(
  context: RequestContext,
  repository: RepositoryName,
  digest: Digest,
): Promise<boolean> {
  const { exchange, store, identity } = context;
  const from = exchange.query.get('from');
  const sources = from === null ? await holdersOf(store, digest) : [requireName(from)];
  for (const source of sources) {
    const needed = { type: 'repository', name: source, actions: ['pull'] } as const;
    if (store.repository(source)?.changeableAttributes.readEnabled === false) continue;
    if (!identity.mountsFromAnywhere && !isAllowed(identity.access, needed)) continue;
    if (await store.links.mount(store.scope(repository), store.scope(source), digest)) {
      sendCreated(context, repository, digest);
      return true;
    }
  }
  return false;
}

async function holdersOf(store: RegistryStore, digest: Digest): Promise<RepositoryName[]> {
  const prefix = `${store.name}/`;
  const scopes = await store.links.holders(digest, prefix);
  return scopes.map((scope) => requireName(scope.slice(prefix.length)));
}

async function requireUpload(
  { store, blobs }: RequestContext,
  repository: RepositoryName,
  id: string,
): Promise<BlobUpload> {
  const upload = await blobs.findUpload(store.scope(repository), id);
  if (upload === undefined) throw refuse.unknownUpload(id);
  return upload;
}

/** A chunk must begin where the last one ended; the answer says where that is. */
function checkOrder(
  { exchange }: RequestContext,
  repository: RepositoryName,
  upload: BlobUpload,
): void {
  const header = exchange.header('content-range');
  if (header === undefined) return;
  const range = parseContentRange(header);
  const length = exchange.header('content-length');
  const fits =
    range?.first === upload.size &&
    (length === undefined || Number(length) === range.last - range.first + 1);
  if (fits) return;
  throw new RegistryError('RANGE_INVALID', {
    message: `the next byte of the upload is ${upload.size}; the chunk is "${header}"`,
    headers: { Location: locationOf(repository, upload), Range: rangeOf(upload) },
  });
}

/** @throws RegistryError REQUEST_TIMEOUT when the sender is too slow; it may go on from where it was */
async function receive(
  { exchange, settings }: RequestContext,
  repository: RepositoryName,
  upload: BlobUpload,
): Promise<void> {
  const { request } = exchange;
  if (exchange.header('content-length') === '0') return;
  const pace = watchPace(request, settings.minUploadRate ?? DEFAULT_MINIMUM_RATE);
  try {
    await upload.append(request, pace.tooSlow);
  } catch (error) {
    if (!pace.tooSlow.aborted) throw error;
    throw new RegistryError('REQUEST_TIMEOUT', {
      message: `the upload came too slowly; ${upload.size} bytes are here`,
      headers: { Location: locationOf(repository, upload), Range: rangeOf(upload) },
    });
  } finally {
    pace.stop();
  }
}

async function finish(
  context: RequestContext,
  repository: RepositoryName,
  upload: BlobUpload,
  digest: Digest,
): Promise<void> {
  const { store } = context;
  try {
    await store.links.commit(store.scope(repository), upload, digest);
  } catch (error) {
    if (!(error instanceof DigestMismatchError)) throw error;
    await upload.cancel(); // no other bytes can follow that would make it right
    throw new RegistryError('DIGEST_INVALID', {
      detail: { expected: digest, actual: error.actual },
    });
  }
  sendCreated(context, repository, digest);
}

function sendCreated(
  { exchange }: RequestContext,
  repository: RepositoryName,
  digest: Digest,
): void {
  const location = `/v2/${repository}/blobs/${digest}`;
  exchange.sendEmpty(201, ['Location', location, 'Docker-Content-Digest', digest]);
}

function sendProgress(
  { exchange }: RequestContext,
  repository: RepositoryName,
  upload: BlobUpload,
  status: 202 | 204,
): void {
  exchange.sendEmpty(status, [
    ...['Location', locationOf(repository, upload)],
    ...['Docker-Upload-UUID', upload.id, 'Range', rangeOf(upload)],
  ]);
}

function locationOf(repository: RepositoryName, upload: BlobUpload): string {
  return `/v2/${repository}/blobs/uploads/${upload.id}`;
}

/** An empty upload reads `0-0`, as everyone writes it. */
function rangeOf(upload: BlobUpload): string {
  return `0-${Math.max(0, upload.size - 1)}`;
}

function requireWritable({ store }: RequestContext, repository: RepositoryName): void {
  const known = store.repository(repository);
  if (known?.changeableAttributes.writeEnabled === false) throw refuse.locked();
}

function requireAlgorithm(text: string | null): 'sha256' | 'sha512' {
  if (text === null || text === 'sha256') return 'sha256';
  if (text === 'sha512') return 'sha512';
  throw refuse.invalidDigest(text);
}
