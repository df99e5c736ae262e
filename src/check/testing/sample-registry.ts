import { gzipSync } from 'node:zlib';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { parsePlatform, type Platform } from '../../oci/platform.js';
import { createRegistryClient } from '../../remote/client.js';
import { MemoryRegistry } from '../../remote/testing/memory-registry.js';
import { ImageInspector, type InspectorOptions } from '../facts/image-inspector.js';

/** How an entry of an index departs from what it should be. */
export interface EntryOptions {
  /** What the index declares instead of the image's own platform; null declares nothing. */
  declared?: Platform | null;
  /** Leaves the image itself out of the registry. */
  missing?: boolean;
  /** Makes two images of one platform differ. */
  salt?: string;
  /** A tar, and what the image starts of it. */
  layer?: { tar: Buffer; command: string[] };
}

/** A registry in memory whose images are a line each. It stands for every host that is asked for. */
export class SampleRegistry {
  readonly memory: MemoryRegistry;

  private constructor(memory: MemoryRegistry) {
    this.memory = memory;
    memory.intercept = (request, response) => {
      const list = /^\/v2\/(.+)\/tags\/list/.exec(request.url ?? '');
      if (!list?.[1]) return false;
      const prefix = `${list[1]}/`;
      const tags = [...memory.manifests.keys()]
        .filter((key) => key.startsWith(prefix) && !key.includes('sha256:'))
        .map((key) => key.slice(prefix.length));
      response.writeHead(tags.length > 0 ? 200 : 404).end(JSON.stringify({ tags }));
      return true;
    };
  }

  static async start(): Promise<SampleRegistry> {
    return new SampleRegistry(await MemoryRegistry.start());
  }

  close(): Promise<void> {
    return this.memory.close();
  }

  /** An inspector that reaches this registry under every name. */
  inspector(options: Partial<InspectorOptions> = {}): ImageInspector {
    const { baseUrl } = this.memory;
    const client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl }) });
    return new ImageInspector({
      openRepository: ({ registry, repository }) =>
        Promise.resolve(client.repository(registry, repository)),
      concurrency: 8,
      timeoutMs: 10_000,
      ...options,
    });
  }

  /** Puts an image of one platform. @param name e.g. `'team/app:v1'` */
  image(name: string, platform: string, options: EntryOptions = {}): Descriptor {
    const { repository, tag } = splitName(name);
    const { bytes, descriptor } = this.#build(platformOf(platform), options);
    this.#put(repository, tag, MEDIA_TYPE.ociManifest, bytes);
    return descriptor;
  }

  /** Puts an index and its images. @param platforms texts, or texts with options */
  index(
    name: string,
    platforms: readonly (string | [string, EntryOptions])[],
    extra: readonly Descriptor[] = [],
  ): Descriptor {
    const { repository } = splitName(name);
    const entries = platforms.map((entry) => {
      const [text, options] = typeof entry === 'string' ? [entry, {}] : entry;
      const platform = platformOf(text);
      const { bytes, descriptor } = this.#build(platform, options);
      if (!options.missing) this.#put(repository, descriptor.digest, MEDIA_TYPE.ociManifest, bytes);
      const { declared = platform } = options;
      return { ...descriptor, ...(declared && { platform: declared }) };
    });
    return this.document(name, MEDIA_TYPE.ociIndex, {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociIndex,
      manifests: [...entries, ...extra],
    });
  }

  /** Puts any document under a tag. */
  document(name: string, mediaType: string, document: unknown): Descriptor {
    const { repository, tag } = splitName(name);
    const bytes = Buffer.from(JSON.stringify(document));
    this.#put(repository, tag, mediaType, bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  }

  #build(
    platform: Platform,
    { salt = '', layer }: EntryOptions,
  ): { bytes: Buffer; descriptor: Descriptor } {
    const rootfs = { type: 'layers', diff_ids: layer ? [digestOf(layer.tar)] : [] };
    const execution = { Entrypoint: layer?.command };
    const config = Buffer.from(
      JSON.stringify({ ...platform, author: salt, config: execution, rootfs }),
    );
    const configDescriptor = this.#blob(MEDIA_TYPE.ociConfig, config);
    const layers = layer ? [this.#blob(MEDIA_TYPE.ociLayerGzip, gzipSync(layer.tar))] : [];
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.ociManifest,
        config: configDescriptor,
        layers,
      }),
    );
    const mediaType = MEDIA_TYPE.ociManifest;
    return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
  }

  #blob(mediaType: string, bytes: Buffer): Descriptor {
    this.memory.blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  }

  #put(repository: string, reference: string, mediaType: string, bytes: Buffer): void {
    this.memory.manifests.set(`${repository}/${reference}`, { mediaType, bytes });
    this.memory.manifests.set(`${repository}/${digestOf(bytes)}`, { mediaType, bytes });
  }
}

/** BuildKit's entry for the attestations of an image. */
export function attestationEntry(subject: Descriptor): Descriptor {
  return {
    mediaType: MEDIA_TYPE.ociManifest,
    digest: digestOf(`attestation of ${subject.digest}`),
    size: 100,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': subject.digest,
    },
  };
}

function splitName(name: string): { repository: string; tag: string } {
  const at = name.lastIndexOf(':');
  return { repository: name.slice(0, at), tag: name.slice(at + 1) };
}

function platformOf(text: string): Platform {
  const platform = parsePlatform(text);
  if (!platform) throw new Error(`not a platform: ${text}`);
  return platform;
}
