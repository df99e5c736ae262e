import type { Readable } from 'node:stream';
import type { LayoutContent } from '../../image/layout/layout-content.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { parseDigest, type Digest } from '../../oci/digest.js';
import type {
  BlobOutcome,
  FetchedManifest,
  PutBlobOptions,
  RepositoryClient,
  StoredManifest,
} from '../../remote/registry-client.js';
import type { LocalImage } from './local-image.js';

export interface LocalContent {
  tagged(tag: string): LocalImage | undefined;
  layoutWith(digest: Digest): Promise<LayoutContent | undefined>;
}

/** A repository that is read here first, and written at its registry. */
export class LocalFirstRepository implements RepositoryClient {
  readonly #remote: RepositoryClient;
  readonly #local: LocalContent;

  constructor(remote: RepositoryClient, local: LocalContent) {
    this.#remote = remote;
    this.#local = local;
  }

  async getManifest(reference: string, signal?: AbortSignal): Promise<FetchedManifest> {
    const digest = parseDigest(reference) ?? this.#local.tagged(reference)?.root.digest;
    const content = digest && (await this.#local.layoutWith(digest));
    return content && digest
      ? content.getManifest(digest)
      : this.#remote.getManifest(reference, signal);
  }

  async getBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<Readable> {
    const content = await this.#local.layoutWith(descriptor.digest);
    return content ? content.getBlob(descriptor) : this.#remote.getBlob(descriptor, signal);
  }

  async headManifest(reference: string, signal?: AbortSignal): Promise<Digest | undefined> {
    const local = this.#local.tagged(reference)?.root.digest;
    return local ?? this.#remote.headManifest(reference, signal);
  }

  hasManifest(reference: string, signal?: AbortSignal): Promise<boolean> {
    return this.#remote.hasManifest(reference, signal);
  }

  listTags(signal?: AbortSignal): Promise<string[]> {
    return this.#remote.listTags(signal);
  }

  listReferrers(subject: Digest, signal?: AbortSignal): Promise<Descriptor[] | undefined> {
    return this.#remote.listReferrers(subject, signal);
  }

  hasBlob(digest: Digest, signal?: AbortSignal): Promise<boolean> {
    return this.#remote.hasBlob(digest, signal);
  }

  putBlob(
    descriptor: Descriptor,
    open: () => Readable | Promise<Readable>,
    options?: PutBlobOptions,
  ): Promise<BlobOutcome> {
    return this.#remote.putBlob(descriptor, open, options);
  }

  putManifest(
    reference: string,
    mediaType: string,
    bytes: Buffer,
    signal?: AbortSignal,
  ): Promise<StoredManifest> {
    return this.#remote.putManifest(reference, mediaType, bytes, signal);
  }
}
