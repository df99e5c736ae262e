import type { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.js';
import {
  digestAlgorithm,
  digestHex,
  digestOf,
  parseDigest,
  type Digest,
} from '../../oci/digest.js';
import { DocumentError } from '../../oci/document.js';
import { MAX_MANIFEST_BYTES, parseManifest } from '../../oci/manifest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { RemoteError, type ContentReader } from '../../remote/registry-client.js';
import { verifyContent } from '../../remote/verified-stream.js';
import type { LayoutFiles } from './layout-files.js';

/** e.g. `'blobs/sha256/9f86…'` */
export function blobFile(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

/**
 * Reads the files of an image layout.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export class LayoutContent implements ContentReader {
  readonly #files: LayoutFiles;

  constructor(files: LayoutFiles) {
    this.#files = files;
  }

  /** @throws DocumentError when the files are no layout of a version known here. */
  static async open(files: LayoutFiles): Promise<LayoutContent> {
    const content = new LayoutContent(files);
    const marker = await content.readSmallFile('oci-layout');
    if (!/"imageLayoutVersion"\s*:\s*"1\./.test(marker?.toString('utf8') ?? '')) {
      throw new DocumentError(`${files.text} is not an OCI image layout`);
    }
    return content;
  }

  /** The entries of `index.json`. */
  async readIndex(): Promise<Descriptor[]> {
    const bytes = await this.readSmallFile('index.json');
    if (bytes === undefined) throw new DocumentError(`${this.#files.text} has no index.json`);
    const parsed = parseManifest(bytes, MEDIA_TYPE.ociIndex);
    return parsed.kind === 'index' ? parsed.index.manifests : [];
  }

  async hasBlob(digest: Digest): Promise<boolean> {
    return (await this.blobSize(digest)) !== undefined;
  }

  /** Bytes; undefined when it is not there. */
  async blobSize(digest: Digest): Promise<number | undefined> {
    return this.#files.size(blobFile(digest));
  }

  /** A file read whole; undefined when it is not there. @throws DocumentError above 4 MiB */
  async readSmallFile(file: string): Promise<Buffer | undefined> {
    const size = await this.#files.size(file);
    if (size === undefined) return undefined;
    if (size > MAX_MANIFEST_BYTES) {
      throw new DocumentError(`${file} in ${this.#files.text} is too large: ${size} bytes`);
    }
    return readWhole(this.#files.open(file));
  }

  /** @param reference a digest */
  async getManifest(reference: string) {
    const digest = parseDigest(reference);
    const bytes = digest && (await this.readSmallFile(blobFile(digest)));
    if (digest === undefined || bytes === undefined) {
      throw new RemoteError('manifest-unknown', `${this.#files.text} has no manifest ${reference}`);
    }
    if (digestOf(bytes, digestAlgorithm(digest)) !== digest) {
      throw new DocumentError(`blob ${digest} in ${this.#files.text} has other content`);
    }
    return { bytes, mediaType: parseManifest(bytes).mediaType, digest };
  }

  async getBlob(descriptor: Descriptor): Promise<Readable> {
    if (await this.hasBlob(descriptor.digest)) return this.openBlob(descriptor);
    throw new RemoteError('blob-unknown', `${this.#files.text} has no blob ${descriptor.digest}`);
  }

  /** Verified while it streams. */
  openBlob(descriptor: Descriptor): Readable {
    const verified = verifyContent(descriptor);
    const source = this.#files.open(blobFile(descriptor.digest));
    source.on('error', (error) => verified.destroy(error));
    verified.on('close', () => source.destroy());
    return source.pipe(verified);
  }
}

async function readWhole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
