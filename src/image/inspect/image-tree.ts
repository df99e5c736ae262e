import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import type { Platform } from '../../oci/platform.js';

/** What a manifest is, and everything it leads to, in the order it is listed. */
export type TreeNode = IndexNode | ImageNode | ArtifactNode | UnopenedNode;

interface NodeBase {
  digest: Digest;
  mediaType: string;
  /** Bytes of the manifest. */
  size: number;
  /** As the index above declares it. */
  platform?: Platform;
  /** Of the manifest, and of the entry that names it; the entry's win. */
  annotations?: Record<string, string>;
  /** What names this manifest as its subject. */
  referrers?: TreeNode[];
}

export interface IndexNode extends NodeBase {
  kind: 'index';
  artifactType?: string;
  manifests: TreeNode[];
}

export interface ImageNode extends NodeBase {
  kind: 'image';
  config: Descriptor;
  /** Base layer first. */
  layers: Descriptor[];
  /** Bytes of config and layers together, as they are transferred. */
  contentSize: number;
  /** As the image's config has it. */
  imagePlatform: Platform;
  /** RFC 3339. */
  created?: string;
}

/** A manifest that holds no file system: an attestation of buildx, a signature, a document. */
export interface ArtifactNode extends NodeBase {
  kind: 'attestation' | 'artifact';
  artifactType?: string;
  layers: Descriptor[];
  contentSize: number;
  /** The manifest that an attestation is about. */
  attests?: Digest;
  /** Kinds of statements in an attestation, e.g. `'https://slsa.dev/provenance/v1'`. */
  predicates?: string[];
  subject?: Digest;
}

/** Named, but not looked into: the list is too long, or the document is of a kind not known here. */
export interface UnopenedNode extends NodeBase {
  kind: 'unopened';
  why: string;
}
