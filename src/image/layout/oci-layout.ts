import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { randomUUID } from 'node:crypto';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf, type Digest } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { verifyContent } from '../../remote/verified-stream.js';
import { blobFile, LayoutContent } from './layout-content.js';
import { directoryFiles } from './layout-files.js';

/**
 * A directory in the image layout: `oci-layout`, `index.json` and `blobs/<algorithm>/<hex>`. Each file
 * appears whole or not at all.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export class OciLayout extends LayoutContent {
  readonly directory: string;

  private constructor(directory: string) {
    super(directoryFiles(directory));
    this.directory = directory;
  }

  /** Makes an empty layout; an existing one stays as it is. */
  static async create(directory: string): Promise<OciLayout> {
    await mkdir(path.join(directory, 'blobs', 'sha256'), { recursive: true });
    const layout = new OciLayout(directory);
    await layout.#replace('oci-layout', '{"imageLayoutVersion":"1.0.0"}');
    if ((await layout.readSmallFile('index.json')) === undefined) await layout.writeIndex([]);
    return layout;
  }

  /** Makes the layout when it is first asked for. */
  static lazily(directory: string): () => Promise<OciLayout> {
    let layout: Promise<OciLayout> | undefined;
    return () => (layout ??= OciLayout.create(directory));
  }

  blobPath(digest: Digest): string {
    return path.join(this.directory, blobFile(digest));
  }

  async writeDocument(mediaType: string, bytes: Buffer): Promise<Descriptor> {
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
    await this.writeManifest(descriptor.digest, bytes);
    return descriptor;
  }

  /** @param digest of `bytes` */
  async writeManifest(digest: Digest, bytes: Buffer): Promise<void> {
    if (!(await this.hasBlob(digest))) await this.#replace(blobFile(digest), bytes);
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

  async writeIndex(manifests: readonly Descriptor[]): Promise<void> {
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
    await this.#replace('index.json', JSON.stringify(index));
  }

  async #replace(file: string, content: Buffer | string): Promise<void> {
    const target = path.join(this.directory, file);
    await mkdir(path.dirname(target), { recursive: true });
    const temporary = `${target}.${randomUUID()}`;
    await writeFile(temporary, content);
    await rename(temporary, target);
  }
}
