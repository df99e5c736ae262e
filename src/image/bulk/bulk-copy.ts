import { messageOf } from '../../base/failure.js';
import { DocumentError } from '../../oci/document.js';
import type { RepositoryName } from '../../oci/reference.js';
import { RemoteError } from '../../remote/registry-client.js';
import { copyImage, type CopyResult } from '../copy/copy-image.js';
import { openReader, openWriter, type OpenRepository } from '../image-access.js';
import type { ImageLocation } from '../location.js';

export interface BulkOptions {
  /** Only these repositories; all when absent. */
  repositories?: readonly RepositoryName[];
  /** Transfers at a time. */
  concurrency?: number;
  /** Called after each image. @param name e.g. `'team/app:v1'`, `'team/app@sha256:…'` */
  onImage?: (name: string, result: CopyResult) => void;
  signal?: AbortSignal | undefined;
}

/** What a whole export or import came to. */
export interface BulkResult {
  repositories: number;
  /** Images, indexes and artifacts that were named: by a tag, or by a digest where none leads to them. */
  images: number;
  manifests: { written: number; present: number };
  blobs: { written: number; mounted: number; present: number };
  /** Of the blobs written. */
  bytes: number;
  /** Images that are not whole where they lie; everything else was copied. */
  failures: { name: string; message: string }[];
}

/** Copies many images with the engine of single ones, and adds up what that came to. */
export class BulkCopy {
  readonly result: BulkResult = {
    repositories: 0,
    images: 0,
    manifests: { written: 0, present: 0 },
    blobs: { written: 0, mounted: 0, present: 0 },
    bytes: 0,
    failures: [],
  };
  readonly #openRepository: OpenRepository;
  readonly #options: BulkOptions & { referrers: boolean };

  constructor(openRepository: OpenRepository, options: BulkOptions & { referrers: boolean }) {
    const open = new Map<string, ReturnType<OpenRepository>>();
    // One conversation a repository: its token serves all of its images.
    this.#openRepository = (reference) => {
      const key = `${reference.registry}/${reference.repository}`;
      const client = open.get(key) ?? openRepository(reference);
      open.set(key, client);
      return client;
    };
    this.#options = options;
  }

  /** @throws what stands in the way of every image: the registry is out of reach, the disk is full */
  async copy(name: string, from: ImageLocation, to: ImageLocation): Promise<void> {
    try {
      await this.#copy(name, from, to);
    } catch (error) {
      if (!concernsOneImage(error)) throw error;
      this.result.failures.push({ name, message: messageOf(error) });
    }
  }

  async #copy(name: string, from: ImageLocation, to: ImageLocation): Promise<void> {
    const { concurrency, referrers, signal, onImage } = this.#options;
    signal?.throwIfAborted();
    const reader = await openReader(from, this.#openRepository);
    try {
      const writer = await openWriter(to, this.#openRepository);
      const result = await copyImage(reader, writer, {
        referrers,
        ...(concurrency !== undefined && { concurrency }),
        signal,
      }).finally(() => writer.close());
      this.#add(result);
      onImage?.(name, result);
    } finally {
      await reader.close();
    }
  }

  #add({ manifests, blobs, bytes }: CopyResult): void {
    const { result } = this;
    result.images++;
    result.manifests.written += manifests.written;
    result.manifests.present += manifests.present;
    result.blobs.written += blobs.written;
    result.blobs.mounted += blobs.mounted;
    result.blobs.present += blobs.present;
    result.bytes += bytes;
  }
}

const DAMAGE = new Set(['manifest-unknown', 'blob-unknown', 'bad-content']);

function concernsOneImage(error: unknown): boolean {
  if (error instanceof DocumentError) return true;
  return error instanceof RemoteError && DAMAGE.has(error.kind);
}
