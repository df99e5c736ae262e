import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { RepositoryName, Tag } from '../oci/reference.js';

/** Locks of ACR: what may still be done to a repository, tag or manifest. */
export interface ChangeableAttributes {
  deleteEnabled: boolean;
  writeEnabled: boolean;
  readEnabled: boolean;
  listEnabled: boolean;
}

export const UNLOCKED: ChangeableAttributes = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};

interface Stored {
  /** As ACR writes times: RFC 3339 with seven decimals. */
  createdTime: string;
  lastUpdateTime: string;
  changeableAttributes: ChangeableAttributes;
}

export interface RepositoryDocument extends Stored {
  manifestCount: number;
  tagCount: number;
}

export interface TagDocument extends Stored {
  digest: Digest;
}

export interface ManifestDocument extends Stored {
  mediaType: string;
  /** Bytes of the manifest itself. */
  size: number;
  /** Bytes of config and layers; 0 for an index. */
  imageSize: number;
  architecture?: string;
  os?: string;
  configMediaType?: string;
  artifactType?: string;
  subject?: Digest;
  /** Blobs without which the manifest cannot be pulled. */
  blobs: Digest[];
  /** Layers that may be pulled from elsewhere, and are kept where they are here. */
  foreignBlobs?: Digest[];
  /** Children of an index. */
  manifests: { digest: Digest; architecture?: string; os?: string }[];
  /** When a collection of garbage first found it without tag and parent; kept where those are deleted. */
  freeSince?: string | undefined;
}

export interface DeletedManifestDocument {
  deletedAt: string;
  manifest: ManifestDocument;
  tags: Tag[];
  /** The referrers entry to bring back, when the manifest has a subject. */
  referrer?: Descriptor;
}

export const COLLECTION = {
  registries: 'registry.settings',
  repositories: 'registry.repositories',
  tags: 'registry.tags',
  manifests: 'registry.manifests',
  /** Manifest bytes, base64: a document store keeps text, and the bytes must come back as they were. */
  contents: 'registry.manifest-contents',
  referrers: 'registry.referrers',
  /** Who may read which blob. */
  blobs: 'registry.blobs',
  deleted: 'registry.deleted-manifests',
  /** Where imported manifests came from. */
  imports: 'registry.imports',
  /** Events that webhooks have yet to take. */
  webhookEvents: 'registry.webhook-events',
} as const;

/** The collections without secrets, which are read at each request: all but the settings. */
export const CONTENT_COLLECTIONS: readonly string[] = Object.values(COLLECTION).filter(
  (name) => name !== COLLECTION.registries,
);

/** Registry and repository in one key; neither contains the separators used here. */
export function repositoryKey(registry: string, repository: string): string {
  return `${registry}/${repository}`;
}

export function tagKey(registry: string, repository: RepositoryName, tag: string): string {
  return `${registry}/${repository}:${tag}`;
}

export function manifestKey(registry: string, repository: RepositoryName, digest: string): string {
  return `${registry}/${repository}@${digest}`;
}

export function referrerKey(
  registry: string,
  repository: RepositoryName,
  subject: string,
  digest: string,
): string {
  return `${registry}/${repository}@${subject}@${digest}`;
}

/** Digest first, so that all who hold a blob are found together. */
export function blobKey(digest: Digest, scope: string): string {
  return `${digest} ${scope}`;
}

export function formatTime(date: Date): string {
  return date.toISOString().replace('Z', '0000Z');
}
