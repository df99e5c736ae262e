import { parseDigest, digestOf, digestAlgorithm, type Digest } from '../oci/digest.js';
import { MAX_MANIFEST_BYTES } from '../oci/manifest.js';
import { parseTag, type RepositoryName, type Tag } from '../oci/reference.js';
import { negotiate } from './accept.js';
import { readDocumentBody } from './document-body.js';
import { refuse, RegistryError } from './errors.js';
import { deleteManifest, deleteTag } from './manifest-remover.js';
import { summarize } from './manifest-summary.js';
import { putManifest } from './manifest-writer.js';
import { requireName, requireReadable, type RequestContext } from './request-context.js';
import type { StoredManifest } from './registry-store.js';

interface ManifestRoute {
  repository: string;
  reference: string;
}

/** More tags in one push than this are a mistake. */
const MAX_TAGS_PER_PUSH = 100;

/**
 * `GET` and `HEAD /v2/<name>/manifests/<reference>`.
 *
 * @throws RegistryError MANIFEST_UNKNOWN, NAME_UNKNOWN, NAME_INVALID, REGISTRY_DISALLOWED_OPERATION
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 */
export async function getManifest(context: RequestContext, route: ManifestRoute): Promise<void> {
  const { exchange, settings } = context;
  const repository = requireName(route.repository);
  const byTag = !route.reference.includes(':');
  let manifest = await resolve(context, repository, route.reference);
  if (settings.negotiation !== 'any') {
    const choice = negotiate(exchange.header('accept'), manifest.document.mediaType, byTag);
    if (choice !== 'as-stored') manifest = await defaultChild(context, repository, manifest);
  }
  const tag = `"${manifest.digest}"`;
  if (exchange.header('if-none-match')?.includes(tag)) {
    exchange.send(304, ['Docker-Content-Digest', manifest.digest, 'ETag', tag]);
    return;
  }
  exchange.send(200, manifest.headers, manifest.bytes);
}

async function resolve(
  { store }: RequestContext,
  repository: RepositoryName,
  reference: string,
): Promise<StoredManifest> {
  requireReadable(store, repository);
  const named = parseDigest(reference);
  let digest = named;
  if (digest === undefined) {
    const tag = parseTag(reference) && (await store.tag(repository, reference));
    if (tag?.changeableAttributes.readEnabled === false) throw refuse.locked();
    digest = tag?.digest;
  }
  const manifest = digest && (await store.manifest(repository, digest));
  if (manifest?.document.changeableAttributes.readEnabled === false) throw refuse.locked();
  if (manifest !== undefined) return manifest;
  throw named ? refuse.unknownRevision(repository, reference) : refuse.unknownTag(reference);
}

/** For clients from before there were lists. */
async function defaultChild(
  { store }: RequestContext,
  repository: RepositoryName,
  list: StoredManifest,
): Promise<StoredManifest> {
  const child = list.document.manifests.find(
    ({ os, architecture }) => os === 'linux' && architecture === 'amd64',
  );
  const manifest = child && (await store.manifest(repository, child.digest));
  if (manifest === undefined) throw refuse.unknownRevision(repository, list.digest);
  return manifest;
}

/**
 * `PUT /v2/<name>/manifests/<reference>`; a push by digest may bring tags (`?tag=`).
 *
 * @throws RegistryError MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN, DIGEST_INVALID, TAG_INVALID,
 *   SIZE_INVALID, REGISTRY_DISALLOWED_OPERATION
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests
 */
export async function pushManifest(context: RequestContext, route: ManifestRoute): Promise<void> {
  const { exchange, store, settings } = context;
  const repository = requireName(route.repository);
  const named = parseDigest(route.reference);
  const tags = named === undefined ? [requireTag(route.reference)] : queryTags(context);
  if (Number(exchange.header('content-length')) > MAX_MANIFEST_BYTES) throw tooLarge();
  const bytes = await readDocumentBody(exchange, MAX_MANIFEST_BYTES);
  const digest = digestOf(bytes, named ? digestAlgorithm(named) : 'sha256');
  if (named !== undefined && named !== digest) {
    throw new RegistryError('DIGEST_INVALID', { detail: { expected: named, actual: digest } });
  }
  const summary = summarize(bytes, exchange.header('content-type') ?? '');
  const sparse = settings.sparseIndexes === true;
  await putManifest(store, repository, { bytes, digest, summary, tags, sparse });
  await announcePush(context, repository, { digest, tags, bytes, mediaType: summary.mediaType });
  const headers = ['Location', `/v2/${repository}/manifests/${digest}`];
  headers.push('Docker-Content-Digest', digest);
  if (summary.subject) headers.push('OCI-Subject', summary.subject.digest);
  if (named !== undefined && tags.length > 0) headers.push('OCI-Tag', tags.join(', '));
  exchange.sendEmpty(201, headers);
}

function announcePush(
  context: RequestContext,
  repository: RepositoryName,
  push: { digest: Digest; tags: readonly Tag[]; bytes: Buffer; mediaType: string },
): Promise<void> {
  const { digest, mediaType } = push;
  const event = { action: 'push', repository, digest, mediaType, size: push.bytes.length } as const;
  if (push.tags.length === 0) return context.announce([event]);
  return context.announce(push.tags.map((tag) => ({ ...event, tag })));
}

/**
 * `DELETE /v2/<name>/manifests/<reference>`: a digest with all its tags, or one tag alone.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-management
 */
export async function removeManifest(context: RequestContext, route: ManifestRoute): Promise<void> {
  const { exchange, store, settings } = context;
  const repository = requireName(route.repository);
  const digest = parseDigest(route.reference);
  if (digest === undefined) {
    if (parseTag(route.reference) === undefined) throw refuse.unknownTag(route.reference);
    const was = await deleteTag(store, repository, route.reference);
    await context.announce([{ action: 'delete', repository, digest: was, tag: route.reference }]);
  } else {
    const keep = settings.softDelete?.enabled === true;
    await deleteManifest(store, repository, digest, { keep });
    await context.announce([{ action: 'delete', repository, digest }]);
  }
  exchange.sendEmpty(202);
}

function queryTags({ exchange }: RequestContext): Tag[] {
  const tags = exchange.query.getAll('tag').map(requireTag);
  if (tags.length > MAX_TAGS_PER_PUSH) {
    throw new RegistryError('TAG_INVALID', {
      status: 414,
      message: `one push may set ${MAX_TAGS_PER_PUSH} tags, not ${tags.length}`,
    });
  }
  return [...new Set(tags)];
}

function requireTag(text: string): Tag {
  const tag = parseTag(text);
  if (tag === undefined) {
    throw text.includes(':')
      ? refuse.invalidDigest(text)
      : new RegistryError('TAG_INVALID', {
          message: `"${text}" is no tag: at most 128 letters, digits, ".", "_" and "-"`,
          detail: { tag: text },
        });
  }
  return tag;
}

function tooLarge(): RegistryError {
  return new RegistryError('SIZE_INVALID', {
    message: `a manifest may have ${MAX_MANIFEST_BYTES} bytes`,
  });
}
