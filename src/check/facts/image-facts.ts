import type { PlatformReport } from '../../image/verify/verify-platform.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import type { Platform } from '../../oci/platform.js';
import type { Reference } from '../../oci/reference.js';
import type { RemoteErrorKind } from '../../remote/registry-client.js';

/** Why a registry did not give what was asked for. */
export interface Refusal {
  kind: RemoteErrorKind | 'too-deep';
  /** In the registry's words where it has some. */
  message: string;
}

/** The manifest of one platform, as far as it was needed. */
export interface ChildFacts {
  refusal?: Refusal;
  /** From the child's own config; absent when that could not be read. */
  config?: Platform;
}

/** Another tag of the same repository. */
export interface SiblingFacts {
  tag: string;
  digest: Digest;
  /** Those of an index, each once; none for a single image. */
  platforms: Platform[];
}

/** What a manifest turned out to be. */
export type RootKind = 'index' | 'image' | 'other';

/** Everything that was learnt about an image that is there. */
export interface FoundImage {
  outcome: 'found';
  reference: Reference;
  digest: Digest;
  mediaType: string;
  kind: RootKind;
  /** What a manifest of another kind says it is, e.g. `'application/vnd.cncf.helm.config.v1+json'`. */
  artifactType?: string;
  /** Of an index, those of indexes inside it included; empty for a single image. */
  entries: Descriptor[];
  /** Of a single image, from its config. */
  platform?: Platform;
  /** By digest: the children that were looked at. */
  children: ReadonlyMap<string, ChildFacts>;
  /** What the tag names now, when the reference has a tag and a digest. */
  tagged?: Digest | Refusal;
  /** The repository's tags, or why they are not known. */
  tags: string[] | Refusal;
  siblings: SiblingFacts[];
  /** Indexes that this tag named before, when the registry keeps them. */
  formerIndexes: FormerIndex[];
  /** By platform, what its layers showed; absent when they were not to be read. */
  content?: readonly PlatformReport[] | Refusal;
}

/** An index that lost its tag while this one's tag was moved. */
export interface FormerIndex {
  digest: Digest;
  /** RFC 3339, when it was pushed. */
  pushed: string;
  /** RFC 3339, when the tag was last moved. */
  moved: string;
  platforms: Platform[];
}

/** What was learnt about an image that could not be had. */
export interface RefusedImage {
  outcome: 'refused';
  reference: Reference;
  refusal: Refusal;
  /** The repository's tags, when the tag alone is missing. */
  tags: string[] | Refusal;
}

export type ImageFacts = FoundImage | RefusedImage;

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'kind' in value && 'message' in value;
}
