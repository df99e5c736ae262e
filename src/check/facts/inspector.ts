import type { Descriptor } from '../../oci/descriptor.js';
import { DocumentError } from '../../oci/document.js';
import { parseManifest, type ImageManifest } from '../../oci/manifest.js';
import type { Platform } from '../../oci/platform.js';
import { selectPlatform } from '../../oci/platform/matching.js';
import type { Reference } from '../../oci/reference.js';
import { readImageConfig } from '../../remote/image-config-reader.js';
import {
  manifestReference,
  type FetchedManifest,
  type RepositoryClient,
} from '../../remote/registry-client.js';
import type { ChildFacts, FoundImage, ImageFacts, Refusal, SiblingFacts } from './image-facts.js';
import { isRefusal } from './image-facts.js';
import { findFormerIndexes } from './former-indexes.js';
import { flattenIndex } from './index-tree.js';
import { orRefusal, refusalOf } from './refusal.js';
import { relatedTags } from './related-tags.js';
import { runnablePlatforms } from './runnable-platforms.js';

/** One platform to look for in an index. */
export interface WantedPlatform {
  platform: Platform;
  /** Whether 64-bit machines take 32-bit programs: containerd does, Azure's check does not. */
  otherArchitectures: boolean;
}

/** Entries without a platform whose configs are read to learn it. */
const MAX_UNDECLARED = 4;

/**
 * Learns everything about one image that the judges need. Failures become part of the facts.
 *
 * @param wanted decides which children of an index are looked at
 */
export async function inspectImage(
  repository: RepositoryClient,
  reference: Reference,
  wanted: readonly WantedPlatform[],
  signal: AbortSignal,
): Promise<ImageFacts> {
  const inspection = new Inspection(repository, reference, signal);
  try {
    return await inspection.run(wanted);
  } catch (error) {
    return inspection.refused(refusalOf(error));
  }
}

class Inspection {
  readonly #repository: RepositoryClient;
  readonly #reference: Reference;
  readonly #signal: AbortSignal;

  constructor(repository: RepositoryClient, reference: Reference, signal: AbortSignal) {
    this.#repository = repository;
    this.#reference = reference;
    this.#signal = signal;
  }

  async run(wanted: readonly WantedPlatform[]): Promise<FoundImage> {
    const root = await this.#manifest(manifestReference(this.#reference));
    const parsed = parseManifest(root.bytes, root.mediaType);
    const base = {
      outcome: 'found' as const,
      reference: this.#reference,
      digest: root.digest,
      mediaType: parsed.mediaType,
      entries: [],
      children: new Map<string, ChildFacts>(),
      formerIndexes: [],
    };
    const history = async (isIndex: boolean) => ({
      ...(await this.#tagged()),
      ...(await this.#related(isIndex)),
    });
    if (parsed.kind === 'index') {
      const entries = await flattenIndex(this.#repository, root, this.#signal);
      const children = await this.#children(entries, wanted);
      return { ...base, kind: 'index', entries, children, ...(await history(true)) };
    }
    if (parsed.kind === 'image' && isRunnableConfig(parsed.manifest)) {
      const platform = await this.#config(parsed.manifest);
      const formerIndexes = await findFormerIndexes(
        this.#repository,
        this.#reference,
        this.#signal,
      );
      return { ...base, kind: 'image', platform, formerIndexes, ...(await history(false)) };
    }
    const type = parsed.kind === 'image' ? artifactTypeOf(parsed.manifest) : parsed.mediaType;
    return { ...base, kind: 'other', artifactType: type, tags: [], siblings: [] };
  }

  async refused(refusal: Refusal): Promise<ImageFacts> {
    const listTags = refusal.kind === 'manifest-unknown' || refusal.kind === 'name-unknown';
    const tags = listTags ? await this.#tags() : [];
    return { outcome: 'refused', reference: this.#reference, refusal, tags };
  }

  #manifest(name: string): Promise<FetchedManifest> {
    return this.#repository.getManifest(name, this.#signal);
  }

  async #children(
    entries: readonly Descriptor[],
    wanted: readonly WantedPlatform[],
  ): Promise<Map<string, ChildFacts>> {
    const selected = wanted.flatMap(({ platform, otherArchitectures }) => {
      const entry = selectPlatform(entries, platform, { otherArchitectures });
      return entry ? [entry] : [];
    });
    const undeclared = entries.filter(isUndeclared).slice(0, MAX_UNDECLARED);
    const byDigest = new Map([...selected, ...undeclared].map((entry) => [entry.digest, entry]));
    const facts = await Promise.all(
      [...byDigest.values()].map(
        async (entry) => [entry.digest, await this.#child(entry)] as const,
      ),
    );
    return new Map(facts);
  }

  async #child(entry: Descriptor): Promise<ChildFacts> {
    const config = await orRefusal(async () => {
      const fetched = await this.#manifest(entry.digest);
      const parsed = parseManifest(fetched.bytes, fetched.mediaType);
      if (parsed.kind !== 'image') throw new DocumentError(`${entry.digest} is not an image`);
      return this.#config(parsed.manifest);
    });
    return isRefusal(config) ? { refusal: config } : { config };
  }

  async #config({ config }: ImageManifest): Promise<Platform> {
    const read = await readImageConfig(this.#repository, config, this.#signal);
    const { os, architecture, variant, 'os.version': version } = read;
    return {
      os,
      architecture,
      ...(variant !== undefined && { variant }),
      ...(version !== undefined && { 'os.version': version }),
    };
  }

  async #tagged(): Promise<Pick<FoundImage, 'tagged'>> {
    const { tag, digest } = this.#reference;
    if (tag === undefined || digest === undefined) return {};
    return { tagged: await orRefusal(async () => (await this.#manifest(tag)).digest) };
  }

  async #related(isIndex: boolean): Promise<Pick<FoundImage, 'tags' | 'siblings'>> {
    const { tag } = this.#reference;
    if (tag === undefined) return { tags: [], siblings: [] };
    const tags = await this.#tags();
    if (isRefusal(tags)) return { tags, siblings: [] };
    const looked = await Promise.all(
      relatedTags(tag, tags, isIndex).map((other) => this.#sibling(other)),
    );
    return { tags, siblings: looked.flatMap((sibling) => (isRefusal(sibling) ? [] : [sibling])) };
  }

  #sibling(tag: string): Promise<SiblingFacts | Refusal> {
    return orRefusal(async () => {
      const { bytes, mediaType, digest } = await this.#manifest(tag);
      const parsed = parseManifest(bytes, mediaType);
      const entries = parsed.kind === 'index' ? parsed.index.manifests : [];
      return { tag, digest, platforms: runnablePlatforms(entries) };
    });
  }

  async #tags(): Promise<string[] | Refusal> {
    return orRefusal(() => this.#repository.listTags(this.#signal));
  }
}

function isUndeclared({ platform }: Descriptor): boolean {
  return platform === undefined || platform.os === '' || platform.architecture === '';
}

/** Artifacts use the image manifest too; what makes an image is its config. */
function isRunnableConfig({ config, artifactType }: ImageManifest): boolean {
  return (
    artifactType === undefined &&
    (config.mediaType === '' || /\b(image|container)\b/.test(config.mediaType))
  );
}

function artifactTypeOf({ artifactType, config }: ImageManifest): string {
  return artifactType ?? config.mediaType;
}
