import type { Digest } from '../oci/digest.js';
import { parseImageConfig } from '../oci/image-config.js';
import type { RepositoryName, Tag } from '../oci/reference.js';
import type { WriteOperation } from '../storage/metadata-store.js';
import {
  COLLECTION,
  manifestKey,
  referrerKey,
  tagKey,
  UNLOCKED,
  type ManifestDocument,
  type RepositoryDocument,
  type TagDocument,
} from './documents.js';
import { refuse, RegistryError } from './errors.js';
import { referrerDescriptor, type ManifestSummary } from './manifest-summary.js';
import type { RegistryStore } from './registry-store.js';

export interface ManifestPush {
  bytes: Buffer;
  digest: Digest;
  summary: ManifestSummary;
  tags: readonly Tag[];
  /** Whether what the manifest refers to may be missing. */
  sparse: boolean;
}

/** Configs are small; a larger one says nothing about a platform. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Stores a manifest and its tags, all or nothing; durable once it resolves.
 *
 * @throws RegistryError MANIFEST_BLOB_UNKNOWN when something it refers to is missing,
 *   REGISTRY_DISALLOWED_OPERATION when a lock forbids it
 */
export function putManifest(
  store: RegistryStore,
  repository: RepositoryName,
  push: ManifestPush,
): Promise<void> {
  return store.exclusively(repository, async () => {
    const known = store.repository(repository);
    const before = known ?? store.newRepository();
    requireWritable(before);
    const existing = await store.manifestDocument(repository, push.digest);
    requireWritable(existing);
    const tagsBefore = await Promise.all(push.tags.map((tag) => store.tag(repository, tag)));
    for (const tag of tagsBefore) requireWritable(tag);
    await requireReferences(store, repository, push);

    const now = store.now();
    const document = await describeManifest(store, repository, push, existing, now);
    const newTags = tagsBefore.filter((tag) => tag === undefined).length;
    const after: RepositoryDocument = {
      ...before,
      lastUpdateTime: now,
      manifestCount: before.manifestCount + (existing === undefined ? 1 : 0),
      tagCount: before.tagCount + newTags,
    };
    const tags = push.tags.map((tag, at) => ({
      tag,
      document: tagDocument(push.digest, tagsBefore[at], now),
    }));
    await store.metadata.write([
      ...manifestOperations(store, repository, push, document),
      ...tags.map(({ tag, document: value }): WriteOperation => {
        const key = tagKey(store.name, repository, tag);
        return { kind: 'put', collection: COLLECTION.tags, key, value };
      }),
      store.repositoryOperation(repository, after),
    ]);
    store.applyManifest(repository, push.digest, { bytes: push.bytes, document });
    for (const { tag, document: value } of tags) store.applyTag(repository, tag, value);
    store.applyRepository(repository, after);
  });
}

function requireWritable(
  document: { changeableAttributes: { writeEnabled: boolean } } | undefined,
): void {
  if (document?.changeableAttributes.writeEnabled === false) throw refuse.locked();
}

function tagDocument(digest: Digest, before: TagDocument | undefined, now: string): TagDocument {
  return {
    digest,
    createdTime: before?.createdTime ?? now,
    lastUpdateTime: now,
    changeableAttributes: before?.changeableAttributes ?? UNLOCKED,
  };
}

/** Every blob must be in the repository, with the size that the manifest gives, and every child too. */
async function requireReferences(
  store: RegistryStore,
  repository: RepositoryName,
  { summary: { blobs, foreignBlobs = [], manifests }, sparse }: ManifestPush,
): Promise<void> {
  const scope = store.scope(repository);
  for (const { digest } of foreignBlobs) await store.links.touch(scope, digest);
  for (const { digest, size } of blobs) {
    // Touching, within the repository's turn, keeps the garbage collector's hands off.
    const link = await store.links.touch(scope, digest);
    if (link === undefined && sparse) continue;
    if (link === undefined) throw missing('blob', digest);
    if (link.size !== size) {
      throw refuse.invalidManifest(
        `the manifest gives ${size} bytes for ${digest}, which has ${link.size}`,
      );
    }
  }
  for (const { digest, size } of manifests) {
    // Build caches are indexes of layers: what is no manifest may be a blob.
    const child =
      (await store.manifestDocument(repository, digest)) ??
      (await store.links.touch(scope, digest));
    if (child === undefined && sparse) continue;
    if (child === undefined) throw missing('manifest', digest);
    if (child.size !== size) {
      throw refuse.invalidManifest(
        `the index gives ${size} bytes for ${digest}, which has ${child.size}`,
      );
    }
  }
}

function missing(what: 'blob' | 'manifest', digest: Digest): RegistryError {
  return new RegistryError('MANIFEST_BLOB_UNKNOWN', {
    message: `${what} ${digest}, which the manifest refers to, is not in the repository`,
    detail: { digest },
  });
}

async function describeManifest(
  store: RegistryStore,
  repository: RepositoryName,
  { bytes, summary }: ManifestPush,
  existing: ManifestDocument | undefined,
  now: string,
): Promise<ManifestDocument> {
  const platform = await platformOf(store, repository, summary);
  return {
    mediaType: summary.mediaType,
    size: bytes.length,
    imageSize: summary.imageSize,
    createdTime: existing?.createdTime ?? now,
    lastUpdateTime: now,
    changeableAttributes: existing?.changeableAttributes ?? UNLOCKED,
    ...platform,
    ...(summary.config && { configMediaType: summary.config.mediaType }),
    ...(summary.artifactType !== undefined && { artifactType: summary.artifactType }),
    ...(summary.subject && { subject: summary.subject.digest }),
    blobs: [...new Set(summary.blobs.map(({ digest }) => digest))],
    ...(summary.foreignBlobs && {
      foreignBlobs: summary.foreignBlobs.map(({ digest }) => digest),
    }),
    manifests: summary.manifests.map(({ digest, platform: child }) => ({
      digest,
      ...(child && { architecture: child.architecture, os: child.os }),
    })),
  };
}

/** The platform that the image's config names; nothing for artifacts, whose configs are of other types. */
async function platformOf(
  store: RegistryStore,
  repository: RepositoryName,
  { config }: ManifestSummary,
): Promise<{ architecture?: string; os?: string }> {
  if (config === undefined || config.size > MAX_CONFIG_BYTES) return {};
  const reader = await store.links.open(store.scope(repository), config.digest);
  if (reader === undefined) return {};
  try {
    const bytes = Buffer.alloc(reader.size);
    reader.readNow(bytes, bytes.length, 0);
    const { architecture, os } = parseImageConfig(bytes);
    return { ...(architecture && { architecture }), ...(os && { os }) };
  } catch {
    return {}; // a config of another kind, or a broken one: for clients to judge
  } finally {
    reader.close();
  }
}

function manifestOperations(
  store: RegistryStore,
  repository: RepositoryName,
  { bytes, digest, summary }: ManifestPush,
  document: ManifestDocument,
): WriteOperation[] {
  const key = manifestKey(store.name, repository, digest);
  const operations: WriteOperation[] = [
    { kind: 'put', collection: COLLECTION.manifests, key, value: document },
    { kind: 'put', collection: COLLECTION.contents, key, value: bytes.toString('base64') },
    { kind: 'delete', collection: COLLECTION.deleted, key },
  ];
  if (summary.subject !== undefined) {
    operations.push({
      kind: 'put',
      collection: COLLECTION.referrers,
      key: referrerKey(store.name, repository, summary.subject.digest, digest),
      value: referrerDescriptor(digest, bytes.length, summary),
    });
  }
  return operations;
}
