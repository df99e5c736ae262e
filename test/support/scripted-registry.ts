import { Readable } from 'node:stream';
import type { Descriptor } from '../../src/oci/descriptor.js';
import { digestOf } from '../../src/oci/digest.js';
import type { Digest } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import type { Platform } from '../../src/oci/platform.js';
import type { RepositoryName } from '../../src/oci/reference.js';
import { RemoteError } from '../../src/remote/registry-client.js';
import type {
  Credentials,
  FetchedManifest,
  RegistryClient,
  RepositoryClient,
} from '../../src/remote/registry-client.js';

/** What one name answers: a program's image, one per platform of an index, or a refusal. */
export type ScriptedImage =
  | string
  | Error
  | { program: string; platforms: Platform[]; index: boolean }
  /** A real image of one uncompressed layer. */
  | { entrypoint: string[]; layer: Buffer; platform?: Platform };

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };

/** Registries that answer by script; images have no layers, their entry point names the program. */
export class ScriptedRegistry implements RegistryClient {
  /** By full reference, e.g. `'acrlab.azurecr.io/labacr:v1'`. */
  readonly images = new Map<string, ScriptedImage>();
  /** Credentials of every manifest request by tag. */
  readonly requests: { name: string; credentials: Credentials | undefined }[] = [];
  readonly #blobs = new Map<string, { bytes: Buffer; mediaType: string }>();

  repository(
    registry: string,
    repository: RepositoryName,
    credentials?: Credentials,
  ): RepositoryClient {
    const unsupported = (): Promise<never> => Promise.reject(new Error('scripted: read only'));
    return {
      getManifest: async (reference) => {
        if (reference.startsWith('sha256:')) return this.#manifest(reference as Digest);
        const name = `${registry}/${repository}:${reference}`;
        this.requests.push({ name, credentials });
        return this.#named(name, reference);
      },
      getBlob: async ({ digest }) => Readable.from([this.#manifest(digest).bytes]),
      headManifest: async (reference) =>
        this.#named(`${registry}/${repository}:${reference}`, reference).digest,
      hasManifest: async (reference) =>
        this.#blobs.has(reference) || this.images.has(`${registry}/${repository}:${reference}`),
      listReferrers: async () => [],
      listTags: async () => {
        const prefix = `${registry}/${repository}:`;
        const names = [...this.images.keys()].filter((name) => name.startsWith(prefix));
        return names.map((name) => name.slice(prefix.length));
      },
      hasBlob: async (digest) => this.#blobs.has(digest),
      putBlob: unsupported,
      putManifest: unsupported,
    };
  }

  #named(name: string, tag: string): FetchedManifest {
    const image = this.images.get(name);
    if (image instanceof Error) throw image;
    if (image === undefined) {
      const message = `manifest tagged by "${tag}" is not found`;
      throw new RemoteError('manifest-unknown', `manifest unknown: ${message}`, {
        status: 404,
        code: 'MANIFEST_UNKNOWN',
        registryMessage: message,
      });
    }
    if (typeof image === 'string') return this.#manifest(this.#image(image, AMD64).digest);
    if ('layer' in image) return this.#manifest(this.#realImage(image).digest);
    const children = image.platforms.map((platform) => this.#image(image.program, platform));
    const [only] = children;
    if (!image.index && only) return this.#manifest(only.digest);
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: children };
    return this.#manifest(this.#add(index, MEDIA_TYPE.ociIndex).digest);
  }

  #image(program: string, platform: Platform): Descriptor {
    const config = this.#add(
      { ...platform, config: { Entrypoint: [program] }, rootfs: { type: 'layers', diff_ids: [] } },
      MEDIA_TYPE.ociConfig,
    );
    const mediaType = MEDIA_TYPE.ociManifest;
    const manifest = { schemaVersion: 2, mediaType, config, layers: [] };
    return { ...this.#add(manifest, mediaType), platform };
  }

  #realImage(image: { entrypoint: string[]; layer: Buffer; platform?: Platform }): Descriptor {
    const layer = this.#addBytes(image.layer, MEDIA_TYPE.ociLayer);
    const config = this.#add(
      {
        ...(image.platform ?? AMD64),
        config: { Entrypoint: image.entrypoint },
        rootfs: { type: 'layers', diff_ids: [layer.digest] },
      },
      MEDIA_TYPE.ociConfig,
    );
    const mediaType = MEDIA_TYPE.ociManifest;
    return this.#add({ schemaVersion: 2, mediaType, config, layers: [layer] }, mediaType);
  }

  #add(document: unknown, mediaType: string): Descriptor {
    return this.#addBytes(Buffer.from(JSON.stringify(document)), mediaType);
  }

  #addBytes(bytes: Buffer, mediaType: string): Descriptor {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, { bytes, mediaType });
    return { mediaType, digest, size: bytes.length };
  }

  #manifest(digest: Digest): FetchedManifest {
    const found = this.#blobs.get(digest);
    if (!found) throw new RemoteError('manifest-unknown', 'no such digest');
    return { ...found, digest };
  }
}
