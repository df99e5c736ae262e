import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { randomUUID } from 'node:crypto';
import { codeOf } from '../base/failure.js';
import type { Descriptor } from '../oci/descriptor.js';
import { digestAlgorithm, digestHex, digestOf, type Digest } from '../oci/digest.js';
import { DocumentError } from '../oci/document.js';
import { MAX_MANIFEST_BYTES, parseManifest } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { verifyContent } from './verified-stream.js';

/**
 * A directory in the image layout: `oci-layout`, `index.json` and `blobs/<algorithm>/<hex>`.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export class OciLayout {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes an empty layout; an existing one stays as it is. */
  static async create(directory: string): Promise<OciLayout> {
    await mkdir(path.join(directory, 'blobs', 'sha256'), { recursive: true });
    await writeFile(path.join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    const layout = new OciLayout(directory);
    const present = await exists(path.join(directory, 'index.json'));
    if (!present) await layout.writeIndex([]);
    return layout;
  }

  /** @throws DocumentError when the directory is no layout of a version known here. */
  static async open(directory: string): Promise<OciLayout> {
    const marker = await readFile(path.join(directory, 'oci-layout'), 'utf8').catch(() => '');
    if (!/"imageLayoutVersion"\s*:\s*"1\./.test(marker)) {
      throw new DocumentError(`${directory} is not an OCI image layout`);
    }
    return new OciLayout(directory);
  }

  blobPath(digest: Digest): string {
    return path.join(this.directory, 'blobs', digestAlgorithm(digest), digestHex(digest));
  }

  async hasBlob(digest: Digest): Promise<boolean> {
    return exists(this.blobPath(digest));
  }

  /** Verified while it streams. */
  openBlob(descriptor: Descriptor): Readable {
    const verified = verifyContent(descriptor);
    const file = createReadStream(this.blobPath(descriptor.digest));
    file.on('error', (error) => verified.destroy(error));
    return file.pipe(verified);
  }

  /** A small document, verified. */
  async readBlob(descriptor: Descriptor): Promise<Buffer> {
    const bytes = await readFile(this.blobPath(descriptor.digest));
    if (digestOf(bytes, digestAlgorithm(descriptor.digest)) !== descriptor.digest) {
      throw new DocumentError(`blob ${descriptor.digest} in ${this.directory} has other content`);
    }
    return bytes;
  }

  async writeDocument(mediaType: string, bytes: Buffer): Promise<Descriptor> {
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
    if (!(await this.hasBlob(descriptor.digest))) {
      await mkdir(path.dirname(this.blobPath(descriptor.digest)), { recursive: true });
      await writeFile(this.blobPath(descriptor.digest), bytes);
    }
    return descriptor;
  }

  /** Takes in the bytes that `descriptor` promises. */
  async writeBlob(descriptor: Descriptor, content: Readable): Promise<void> {
    const target = this.blobPath(descriptor.digest);
    await mkdir(path.dirname(target), { recursive: true });
    const temporary = `${target}.${randomUUID()}`;
    try {
      await pipeline(content, verifyContent(descriptor), createWriteStream(temporary));
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async writeIndex(manifests: Descriptor[]): Promise<void> {
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
    await writeFile(path.join(this.directory, 'index.json'), JSON.stringify(index));
  }

  /** The entries of `index.json`. */
  async readIndex(): Promise<Descriptor[]> {
    const file = path.join(this.directory, 'index.json');
    if ((await stat(file)).size > MAX_MANIFEST_BYTES) {
      throw new DocumentError(`${file} is too large`);
    }
    const parsed = parseManifest(await readFile(file), MEDIA_TYPE.ociIndex);
    return parsed.kind === 'index' ? parsed.index.manifests : [];
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
