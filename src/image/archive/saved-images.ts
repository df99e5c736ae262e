import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf, type Digest } from '../../oci/digest.js';
import {
  DocumentError,
  isRecord,
  optionalString,
  optionalStringArray,
} from '../../oci/document.js';
import { MAX_IMAGE_CONFIG_BYTES, parseImageConfig } from '../../oci/image-config.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { compressionOf } from '../../runtime/embedded/layers/decompress.js';
import { blobFile } from '../layout/layout-content.js';
import type { LayoutFiles } from '../layout/layout-files.js';
import { REF_NAME } from '../layout/layout-names.js';

/** An entry of the `manifest.json` that `docker save` writes. */
export interface SavedImage {
  /** Path of the config in the archive. */
  Config: string;
  RepoTags: string[];
  /** Paths of the layers, base layer first. */
  Layers: string[];
}

const MAX_IMAGES = 1000;
const LAYER_TYPE = {
  none: MEDIA_TYPE.ociLayer,
  gzip: MEDIA_TYPE.ociLayerGzip,
  zstd: MEDIA_TYPE.ociLayerZstd,
} as const;

/**
 * Shows an archive of `docker save`, `podman save` or `skopeo copy` as a layout. Such archives hold
 * configs and layers but no manifests; these are made here, the same each time.
 *
 * @throws DocumentError when `manifest.json` or what it names is damaged or missing
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format
 */
export async function savedImagesAsLayout(files: LayoutFiles): Promise<LayoutFiles> {
  return new SavedImages(files).asLayout();
}

class SavedImages {
  readonly #files: LayoutFiles;
  /** Files of the layout: another file of the archive, or what was made here. */
  readonly #made = new Map<string, string | Buffer>();
  readonly #layers = new Map<string, Descriptor>();

  constructor(files: LayoutFiles) {
    this.#files = files;
  }

  async asLayout(): Promise<LayoutFiles> {
    const manifests: Descriptor[] = [];
    for (const image of parseSavedImages(await this.#read('manifest.json'), this.#files.text)) {
      manifests.push(...(await this.#describe(image)));
    }
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
    this.#made.set('index.json', Buffer.from(JSON.stringify(index)));
    this.#made.set('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
    const files = this.#files;
    return {
      text: files.text,
      size: async (file) => {
        const made = this.#made.get(file);
        return typeof made === 'string' ? files.size(made) : made?.length;
      },
      open: (file) => {
        const made = this.#made.get(file);
        return typeof made === 'string' ? files.open(made) : Readable.from([made ?? Buffer.of()]);
      },
    };
  }

  /** One entry a tag, or one without a name. */
  async #describe(image: SavedImage): Promise<Descriptor[]> {
    const bytes = await this.#read(image.Config);
    const { rootfs } = parseImageConfig(bytes);
    if (rootfs.diff_ids.length !== image.Layers.length) {
      throw new DocumentError(
        `${image.Config} in ${this.#files.text} lists ${rootfs.diff_ids.length} layers, manifest.json ${image.Layers.length}`,
      );
    }
    const layers: Descriptor[] = [];
    for (const [position, diffId] of rootfs.diff_ids.entries()) {
      layers.push(await this.#layer(image.Layers[position] ?? '', diffId));
    }
    const config = this.#blob(MEDIA_TYPE.ociConfig, bytes, image.Config);
    const mediaType = MEDIA_TYPE.ociManifest;
    const manifest = this.#blob(
      mediaType,
      Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers })),
    );
    if (image.RepoTags.length === 0) return [manifest];
    return image.RepoTags.map((tag) => ({ ...manifest, annotations: { [REF_NAME]: tag } }));
  }

  #blob(mediaType: string, bytes: Buffer, file?: string): Descriptor {
    const digest = digestOf(bytes);
    this.#made.set(blobFile(digest), file ?? bytes);
    return { mediaType, digest, size: bytes.length };
  }

  async #layer(file: string, diffId: Digest): Promise<Descriptor> {
    const known = this.#layers.get(file);
    if (known) return known;
    const size = await this.#requireSize(file);
    const { digest, compression } = await examine(this.#files.open(file), diffId);
    const descriptor = { mediaType: LAYER_TYPE[compression], digest, size };
    this.#layers.set(file, descriptor);
    this.#made.set(blobFile(digest), file);
    return descriptor;
  }

  async #requireSize(file: string): Promise<number> {
    const size = await this.#files.size(file);
    if (size === undefined) throw new DocumentError(`${this.#files.text} has no file ${file}`);
    return size;
  }

  async #read(file: string): Promise<Buffer> {
    const size = await this.#requireSize(file);
    if (size > MAX_IMAGE_CONFIG_BYTES) {
      throw new DocumentError(`${file} in ${this.#files.text} is too large: ${size} bytes`);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of this.#files.open(file) as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

/** The digest of a layer's bytes; of one that is not compressed, that is its diff id, checked when it is read. */
async function examine(
  stream: Readable,
  diffId: Digest,
): Promise<{ digest: Digest; compression: 'none' | 'gzip' | 'zstd' }> {
  const hash = createHash('sha256');
  let compression: 'none' | 'gzip' | 'zstd' | undefined;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    compression ??= compressionOf(chunk);
    if (compression === 'none') return { digest: diffId, compression };
    hash.update(chunk);
  }
  if (compression === undefined) return { digest: diffId, compression: 'none' };
  return { digest: `sha256:${hash.digest('hex')}` as Digest, compression };
}

/** @throws DocumentError */
export function parseSavedImages(bytes: Buffer, text: string): SavedImage[] {
  const where = `manifest.json of ${text}`;
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new DocumentError(`${where} is not JSON`);
  }
  if (!Array.isArray(document) || document.length > MAX_IMAGES) {
    throw new DocumentError(`${where} is no list of at most ${MAX_IMAGES} images`);
  }
  return document.map((entry: unknown, index) => {
    if (!isRecord(entry)) throw new DocumentError(`${where}[${index}] is not an object`);
    return {
      Config: optionalString(entry, 'Config', where) ?? '',
      RepoTags: optionalStringArray(entry, 'RepoTags', where) ?? [],
      Layers: optionalStringArray(entry, 'Layers', where) ?? [],
    };
  });
}
