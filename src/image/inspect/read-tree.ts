import type { Descriptor } from '../../oci/descriptor.js';
import { DocumentError } from '../../oci/document.js';
import { parseDigest } from '../../oci/digest.js';
import { platformOfConfig } from '../../oci/image-config.js';
import { ATTESTED_DIGEST } from '../../oci/index/attestation.js';
import { parseManifest, type ImageManifest } from '../../oci/manifest.js';
import { isImageConfigMediaType } from '../../oci/media-types.js';
import { readImageConfig } from '../../remote/image-config-reader.js';
import type { FetchedManifest } from '../../remote/registry-client.js';
import { Slots } from '../copy/slots.js';
import type { ImageReader } from '../image-reader.js';
import { requireDepth } from '../nesting.js';
import type { ArtifactNode, ImageNode, TreeNode } from './image-tree.js';

export interface ReadTreeOptions {
  /** Manifests that are opened; those further down a list are only named. */
  maxOpened?: number;
  concurrency?: number;
  signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_OPENED = 100;
const DEFAULT_CONCURRENCY = 8;

/**
 * Reads what a reference leads to: index, images with their configs, attestations, referrers.
 *
 * @throws RemoteError, DocumentError: a tree with a part that cannot be read is not shown as whole
 */
export async function readTree(
  reader: ImageReader,
  root: FetchedManifest,
  options: ReadTreeOptions = {},
): Promise<TreeNode> {
  return new TreeReader(reader, options).node(root, {}, 0);
}

class TreeReader {
  readonly #reader: ImageReader;
  readonly #signal: AbortSignal | undefined;
  readonly #slots: Slots;
  #left: number;

  constructor(reader: ImageReader, options: ReadTreeOptions) {
    this.#reader = reader;
    this.#signal = options.signal;
    this.#slots = new Slots(options.concurrency ?? DEFAULT_CONCURRENCY);
    this.#left = options.maxOpened ?? DEFAULT_MAX_OPENED;
  }

  /** @param entry what the list above says of the manifest */
  async node(
    manifest: FetchedManifest,
    entry: Partial<Descriptor>,
    depth: number,
  ): Promise<TreeNode> {
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    const { mediaType } = parsed;
    const document = parsed.kind === 'image' ? parsed.manifest : undefined;
    const inside = parsed.kind === 'index' ? parsed.index : document;
    const base = {
      digest: manifest.digest,
      mediaType,
      size: manifest.bytes.length,
      ...(entry.platform && { platform: entry.platform }),
      ...annotationsOf(inside?.annotations, entry.annotations),
    };
    const referrers = await this.#referrers(manifest, depth);
    if (parsed.kind === 'index') {
      const { artifactType, manifests: entries } = parsed.index;
      const manifests = await this.#all(entries, depth);
      const kind = 'index' as const;
      return { kind, ...base, ...(artifactType && { artifactType }), manifests, ...referrers };
    }
    if (document === undefined) return { kind: 'unopened', ...base, why: `it is a ${mediaType}` };
    return { ...base, ...(await this.#contentOf(document, entry)), ...referrers };
  }

  async #all(entries: readonly Descriptor[], depth: number): Promise<TreeNode[]> {
    requireDepth(depth + 1);
    return Promise.all(
      entries.map(async (entry): Promise<TreeNode> => {
        if (this.#left <= 0) return { kind: 'unopened', ...entry, why: 'the list is long' };
        this.#left--;
        const manifest = await this.#slots.run(() =>
          this.#reader.getManifest(entry.digest, this.#signal),
        );
        if (manifest.bytes.length !== entry.size) {
          throw new DocumentError(
            `manifest ${entry.digest} has ${manifest.bytes.length} bytes, what names it says ${entry.size}`,
          );
        }
        const mediaType = entry.mediaType === '' ? manifest.mediaType : entry.mediaType;
        return this.node({ ...manifest, mediaType }, entry, depth + 1);
      }),
    );
  }

  async #referrers(
    { digest }: FetchedManifest,
    depth: number,
  ): Promise<{ referrers?: TreeNode[] }> {
    const found = await this.#slots.run(() => this.#reader.listReferrers(digest, this.#signal));
    return found.length === 0 ? {} : { referrers: await this.#all(found, depth) };
  }

  async #contentOf(
    manifest: ImageManifest,
    entry: Partial<Descriptor>,
  ): Promise<ContentOf<ImageNode> | ContentOf<ArtifactNode>> {
    const attested = parseDigest(entry.annotations?.[ATTESTED_DIGEST] ?? '');
    if (attested !== undefined) {
      const predicates = manifest.layers
        .map(({ annotations }) => annotations?.['in-toto.io/predicate-type'])
        .filter((predicate) => predicate !== undefined);
      return { kind: 'attestation', attests: attested, predicates, ...sizes(manifest) };
    }
    const { config, artifactType, subject } = manifest;
    if (artifactType !== undefined || !isImageConfigMediaType(config.mediaType)) {
      return {
        kind: 'artifact',
        artifactType: artifactType ?? config.mediaType,
        ...(subject && { subject: subject.digest }),
        ...sizes(manifest),
      };
    }
    const parsed = await this.#slots.run(() => readImageConfig(this.#reader, config, this.#signal));
    return {
      kind: 'image',
      config,
      imagePlatform: platformOfConfig(parsed),
      ...(parsed.created !== undefined && { created: parsed.created }),
      ...sizes(manifest),
    };
  }
}

type ContentOf<T extends TreeNode> = Omit<
  T,
  'digest' | 'mediaType' | 'size' | 'platform' | 'annotations' | 'referrers'
>;

function sizes({ config, layers }: ImageManifest): { layers: Descriptor[]; contentSize: number } {
  return { layers, contentSize: layers.reduce((sum, { size }) => sum + size, config.size) };
}

function annotationsOf(...sources: (Record<string, string> | undefined)[]): {
  annotations?: Record<string, string>;
} {
  const annotations = Object.assign({}, ...sources) as Record<string, string>;
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}
