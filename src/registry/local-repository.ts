import { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import { digestAlgorithm, digestOf, parseDigest, type Digest } from '../oci/digest.js';
import { DocumentError } from '../oci/document.js';
import { parseTag, type RepositoryName, type Tag } from '../oci/reference.js';
import {
  RemoteError,
  type FetchedManifest,
  type RepositoryClient,
} from '../remote/registry-client.js';
import { verifyContent } from '../remote/verified-stream.js';
import type { BlobReader, BlobStore } from '../storage/blob-store.js';
import { DigestMismatchError } from '../storage/storage-error.js';
import { refuse, RegistryError } from './errors.js';
import { deleteManifest, deleteTag } from './manifest-remover.js';
import { summarize } from './manifest-summary.js';
import { putManifest } from './manifest-writer.js';
import type { RegistryStore } from './registry-store.js';

const CHUNK_BYTES = 256 * 1024;

/** A repository of a registry in this very process: no request is sent and nobody is asked for credentials. */
export interface LocalRepository extends RepositoryClient {
  listTags(): Promise<string[]>;
  /** The blob as a manifest of the repository names it, whether or not it is here. */
  describeBlob(digest: Digest): Promise<Descriptor | undefined>;
  /** Whether an index of the repository has the manifest as a child. */
  isChild(digest: Digest): Promise<boolean>;
  deleteTag(tag: Tag): Promise<void>;
  /** Deletes the manifests that none of `roots` leads to. Their blobs go with the next garbage collection. */
  prune(roots: readonly Digest[]): Promise<void>;
}

export interface LocalRepositoryOptions {
  store: RegistryStore;
  blobs: BlobStore;
  /** Whether what a manifest refers to may be missing. */
  sparse: boolean;
}

/** Reads and writes as a client would, durably and verified, but without webhooks: those are for clients. */
export function openLocalRepository(
  options: LocalRepositoryOptions,
  repository: RepositoryName,
): LocalRepository {
  const { store, blobs, sparse } = options;
  const scope = store.scope(repository);
  return {
    getManifest: (reference) => asRemote(() => readManifest(store, repository, reference)),
    async getBlob(descriptor) {
      const reader = await store.links.open(scope, descriptor.digest);
      if (reader === undefined) throw remoteError(refuse.unknownBlob(descriptor.digest));
      return verified(Readable.from(chunksOf(reader), { objectMode: false }), descriptor);
    },
    headManifest: (reference) =>
      asRemote(async () => (await readManifest(store, repository, reference)).digest),
    async hasManifest(reference) {
      const digest = parseDigest(reference) ?? (await store.tag(repository, reference))?.digest;
      return (
        digest !== undefined && (await store.manifestDocument(repository, digest)) !== undefined
      );
    },
    listReferrers: (subject) => store.referrers(repository, subject),
    async listTags() {
      return [...(await store.tagIndex(repository)).names];
    },
    async hasBlob(digest) {
      return (await store.links.touch(scope, digest)) !== undefined;
    },
    async putBlob(descriptor, open) {
      if ((await store.links.touch(scope, descriptor.digest)) !== undefined) return 'present';
      const upload = await blobs.createUpload(scope, digestAlgorithm(descriptor.digest));
      try {
        await upload.append(await open());
        await store.links.commit(scope, upload, descriptor.digest);
        return 'written';
      } catch (error) {
        await upload.cancel().catch(() => undefined); // it may be gone already
        throw error instanceof DigestMismatchError ? wrongContent(descriptor, error) : error;
      }
    },
    putManifest: (reference, mediaType, bytes) =>
      asRemote(async () => {
        const named = parseDigest(reference);
        const tag = named ? undefined : parseTag(reference);
        if (named === undefined && tag === undefined) throw new RegistryError('TAG_INVALID');
        const digest = digestOf(bytes, named && digestAlgorithm(named));
        if (named !== undefined && named !== digest) throw new RegistryError('DIGEST_INVALID');
        const summary = summarize(bytes, mediaType);
        await putManifest(store, repository, {
          ...{ bytes, digest, summary, sparse },
          tags: tag === undefined ? [] : [tag],
        });
        return { digest, listsReferrer: summary.subject !== undefined };
      }),
    describeBlob: (digest) => describeBlob(store, repository, digest),
    async isChild(digest) {
      const documents = await store.manifestDocuments(repository);
      return documents.some(({ document }) =>
        document.manifests.some((child) => child.digest === digest),
      );
    },
    async deleteTag(tag) {
      if (await store.tag(repository, tag)) await deleteTag(store, repository, tag);
    },
    prune: (roots) => prune(store, repository, roots),
  };
}

async function readManifest(
  store: RegistryStore,
  repository: RepositoryName,
  reference: string,
): Promise<FetchedManifest> {
  const named = parseDigest(reference);
  const digest = named ?? (await store.tag(repository, reference))?.digest;
  const manifest = digest && (await store.manifest(repository, digest));
  if (manifest === undefined) {
    throw named ? refuse.unknownRevision(repository, reference) : refuse.unknownTag(reference);
  }
  return { bytes: manifest.bytes, mediaType: manifest.document.mediaType, digest: manifest.digest };
}

async function* chunksOf(reader: BlobReader): AsyncGenerator<Buffer> {
  try {
    for (let position = 0; position < reader.size;) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, reader.size - position));
      const length = await reader.read(chunk, chunk.length, position);
      if (length === 0) return; // what is missing is noticed by whoever verifies
      position += length;
      yield chunk.subarray(0, length);
    }
  } finally {
    reader.close();
  }
}

async function describeBlob(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
): Promise<Descriptor | undefined> {
  const documents = await store.manifestDocuments(repository);
  const holder = documents.find(({ document }) => document.blobs.includes(digest));
  const manifest = holder && (await store.manifest(repository, holder.digest));
  if (manifest === undefined) return undefined;
  const { blobs } = summarize(manifest.bytes, manifest.document.mediaType);
  return blobs.find((blob) => blob.digest === digest);
}

function verified(source: Readable, descriptor: Descriptor): Readable {
  const result = verifyContent(descriptor);
  source.on('error', (error) => result.destroy(error));
  result.on('close', () => source.destroy());
  return source.pipe(result);
}

async function prune(
  store: RegistryStore,
  repository: RepositoryName,
  roots: readonly Digest[],
): Promise<void> {
  const documents = await store.manifestDocuments(repository);
  const children = new Map(
    documents.map(({ digest, document }) => [
      digest,
      document.manifests.map((child) => child.digest),
    ]),
  );
  const wanted = new Set<Digest>();
  const visit = (digest: Digest): void => {
    if (wanted.has(digest)) return;
    wanted.add(digest);
    children.get(digest)?.forEach(visit);
  };
  roots.forEach(visit);
  for (const { digest } of documents) {
    if (!wanted.has(digest)) await deleteManifest(store, repository, digest, { keep: false });
  }
}

/** The registry's refusals, as a client would read them. */
async function asRemote<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RegistryError) throw remoteError(error);
    if (error instanceof DocumentError) {
      throw new RemoteError('bad-content', error.message, { cause: error });
    }
    throw error;
  }
}

function remoteError(error: RegistryError): RemoteError {
  const { status, code, message, detail } = error;
  const kind =
    code === 'MANIFEST_UNKNOWN'
      ? 'manifest-unknown'
      : code === 'BLOB_UNKNOWN'
        ? 'blob-unknown'
        : 'bad-content';
  return new RemoteError(kind, `${code}: ${message}`, {
    ...{ status, code, registryMessage: message, detail, cause: error },
  });
}

function wrongContent({ digest }: Descriptor, cause: DigestMismatchError): RemoteError {
  return new RemoteError('bad-content', `blob ${digest} has other content: ${cause.message}`, {
    cause,
  });
}
