import { createHash, randomUUID } from 'node:crypto';
import { constants, openSync } from 'node:fs';
import { mkdir, opendir, readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../base/failure.js';
import { digestAlgorithm, digestHex, parseDigest, type Digest } from '../oci/digest.js';
import type { BlobReader, BlobStore, BlobUpload, HashAlgorithm, StoredBlob } from './blob-store.js';
import { BLOCK_BYTES } from './block-pool.js';
import { DirectorySync } from './directory-sync.js';
import { FileReader } from './file-reader.js';
import { FileUpload } from './file-upload.js';
import { storageError } from './storage-error.js';
import { UncachedBlobs } from './uncached-blobs.js';

const ALGORITHMS: readonly HashAlgorithm[] = ['sha256', 'sha512'];
const UPLOAD_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Descriptors of uploads that nobody has written to for this long are closed. */
const IDLE_MS = 30_000;
/** Uploads with a descriptor and a running hash; older ones that nobody is writing live on as files. */
const MAX_AWAKE = 256;

/**
 * Blobs as files, named as in an OCI image layout: `blobs/sha256/<hex>`. A file gets its name only
 * when it is whole and on disk. Uploads lie in `uploads/<scope>/<id>` until then.
 *
 * @param directory e.g. `'/home/me/.lazurite/registry'`; owned by one process
 */
export async function openFileBlobStore(directory: string): Promise<BlobStore> {
  for (const algorithm of ALGORITHMS) {
    await mkdir(join(directory, 'blobs', algorithm), { recursive: true });
  }
  await mkdir(join(directory, 'uploads'), { recursive: true });
  return new FileBlobStore(directory);
}

class FileBlobStore implements BlobStore {
  readonly #directory: string;
  readonly #directorySync = new DirectorySync();
  readonly #uploads = new Map<string, FileUpload>();
  readonly #uncached = new UncachedBlobs();
  readonly #resting: NodeJS.Timeout;

  constructor(directory: string) {
    this.#directory = directory;
    this.#resting = setInterval(() => {
      this.#restIdleUploads();
    }, IDLE_MS);
    this.#resting.unref();
  }

  async stat(digest: Digest): Promise<StoredBlob | undefined> {
    try {
      const { size, mtime } = await stat(this.#blobPath(digest));
      return { digest, size, modifiedAt: mtime };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async open(digest: Digest): Promise<BlobReader | undefined> {
    try {
      const pastCache = this.#uncached.take(digest);
      return new FileReader(this.#blobPath(digest), { pastCache });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async createUpload(scope: string, algorithm: HashAlgorithm = 'sha256'): Promise<BlobUpload> {
    const id = randomUUID();
    const path = this.#uploadPath(folderOf(scope), id);
    const descriptor = await createFile(path);
    return this.#track(path, { id, size: 0, algorithm, descriptor });
  }

  findUpload(scope: string, id: string): Promise<BlobUpload | undefined> {
    return this.#find(folderOf(scope), id);
  }

  async #find(folder: string, id: string): Promise<FileUpload | undefined> {
    if (!UPLOAD_ID.test(id)) return undefined;
    const path = this.#uploadPath(folder, id);
    const known = this.#uploads.get(path);
    if (known !== undefined) return known;
    try {
      const { size } = await stat(path);
      return this.#uploads.get(path) ?? this.#track(path, { id, size, algorithm: 'sha256' });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async expireUploads(before: Date): Promise<number> {
    let expired = 0;
    for (const folder of await readdir(join(this.#directory, 'uploads'))) {
      for (const id of await readdir(join(this.#directory, 'uploads', folder))) {
        const upload = await this.#find(folder, id);
        if (upload === undefined || (await this.#usedAfter(folder, id, before))) continue;
        await upload.cancel();
        expired++;
      }
      await rmdir(join(this.#directory, 'uploads', folder)).catch(ignoreNotEmpty);
    }
    return expired;
  }

  async delete(digest: Digest): Promise<boolean> {
    try {
      await unlink(this.#blobPath(digest));
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async *list(): AsyncIterable<StoredBlob> {
    for (const algorithm of ALGORITHMS) {
      for await (const entry of await opendir(join(this.#directory, 'blobs', algorithm))) {
        const digest = parseDigest(`${algorithm}:${entry.name}`);
        const blob = digest && (await this.stat(digest));
        if (blob !== undefined) yield blob;
      }
    }
  }

  close(): Promise<void> {
    clearInterval(this.#resting);
    for (const upload of this.#uploads.values()) upload.rest();
    this.#directorySync.close();
    return Promise.resolve();
  }

  #track(
    path: string,
    start: { id: string; size: number; algorithm: HashAlgorithm; descriptor?: number },
  ): FileUpload {
    const upload = new FileUpload({
      ...start,
      path,
      blobPath: (digest) => this.#blobPath(digest),
      syncBlobs: (digest) =>
        this.#directorySync.sync(join(this.#directory, 'blobs', digestAlgorithm(digest))),
      onStored: (digest, size) => {
        if (size >= BLOCK_BYTES) this.#uncached.add(digest);
      },
      onGone: () => {
        this.#uploads.delete(path);
      },
    });
    this.#uploads.set(path, upload);
    if (this.#uploads.size > MAX_AWAKE) this.#sleepOldest();
    return upload;
  }

  #sleepOldest(): void {
    for (const [path, upload] of this.#uploads) {
      if (upload.busy) continue;
      upload.sleep();
      this.#uploads.delete(path);
      return;
    }
  }

  async #usedAfter(folder: string, id: string, before: Date): Promise<boolean> {
    const path = this.#uploadPath(folder, id);
    const upload = this.#uploads.get(path);
    if (upload?.busy) return true;
    return (await stat(path)).mtime >= before;
  }

  #restIdleUploads(): void {
    for (const upload of this.#uploads.values()) {
      if (upload.lastUsedAt < Date.now() - IDLE_MS) upload.rest();
    }
  }

  #blobPath(digest: Digest): string {
    return join(this.#directory, 'blobs', digestAlgorithm(digest), digestHex(digest));
  }

  #uploadPath(folder: string, id: string): string {
    return join(this.#directory, 'uploads', folder, id);
  }
}

/** Attempts to create a file in a folder that is removed, when empty, at the same time. */
const MAX_ATTEMPTS = 10;

async function createFile(path: string): Promise<number> {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR;
  for (let attempt = 1; ; attempt++) {
    try {
      return openSync(path, flags, 0o600);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === MAX_ATTEMPTS) throw storageError(error);
      await mkdir(dirname(path), { recursive: true });
    }
  }
}

/** What file systems take, in bytes. A repository's name alone may be as long. */
const MAX_FOLDER_NAME = 255;

/** `=` is in no repository name, nor is `~`. */
function folderOf(scope: string): string {
  if (scope.length <= MAX_FOLDER_NAME) return scope.replaceAll('/', '=');
  return `~${createHash('sha256').update(scope).digest('hex')}`;
}

function ignoreNotEmpty(error: unknown): void {
  if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'ENOENT') throw error;
}
