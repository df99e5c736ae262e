import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { Reference, RepositoryName } from '../oci/reference.js';

/** Where a registry host really answers. */
export interface RegistryEndpoint {
  /** e.g. `'https://ghcr.io'`, `'http://127.0.0.1:5001'` */
  baseUrl: string;
  /** PEM bundle to trust besides the system's. */
  ca?: string | undefined;
  /** Takes any certificate. */
  insecure?: boolean | undefined;
}

/** Finds a registry by the host of a reference; undefined means `https://<host>`. */
export type EndpointResolver = (host: string) => RegistryEndpoint | undefined;

export interface Credentials {
  username: string;
  password: string;
  /** An OAuth2 refresh token; it is used instead of the password. */
  identityToken?: string;
}

/** Why a registry did not do what was asked; each kind has its own log rows and texts further up. */
export type RemoteErrorKind =
  | 'manifest-unknown'
  | 'name-unknown'
  | 'blob-unknown'
  | 'unauthorized'
  | 'denied'
  | 'rate-limited'
  | 'unknown-host'
  | 'unreachable'
  | 'bad-content'
  | 'unexpected';

/** A registry's refusal, or the failure to reach it. */
export class RemoteError extends Error {
  readonly kind: RemoteErrorKind;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** The registry's own code, e.g. `'MANIFEST_UNKNOWN'`. */
  readonly code: string | undefined;
  /** The registry's own words, e.g. `'manifest tagged by "x" is not found'`. */
  readonly registryMessage: string | undefined;
  readonly detail: unknown;
  /** How long the registry asked not to be asked again, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: RemoteErrorKind,
    message: string,
    answer: {
      status?: number;
      code?: string;
      registryMessage?: string;
      detail?: unknown;
      retryAfterMs?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, answer.cause === undefined ? undefined : { cause: answer.cause });
    this.name = 'RemoteError';
    this.kind = kind;
    this.status = answer.status;
    this.code = answer.code;
    this.registryMessage = answer.registryMessage;
    this.detail = answer.detail;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** A manifest as the registry sent it. */
export interface FetchedManifest {
  bytes: Buffer;
  mediaType: string;
  /** Of `bytes`, computed here and equal to what was asked for by digest. */
  digest: Digest;
  /** What whoever uses it should be told of where it came from, e.g. that it is a stand-in. */
  note?: string;
}

/** What images are made of, wherever they lie. */
export interface ContentReader {
  /** @param reference a digest, or another name that the place knows */
  getManifest(reference: string, signal?: AbortSignal): Promise<FetchedManifest>;
  /** Fails at the end of the stream when the bytes do not match the descriptor. */
  getBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<Readable>;
}

/** How a blob came to be where it was put. */
export type BlobOutcome = 'present' | 'mounted' | 'written';

export interface PutBlobOptions {
  /** Another repository of the same registry that has the blob, which saves the transfer. */
  mountFrom?: RepositoryName | undefined;
  signal?: AbortSignal | undefined;
}

export interface StoredManifest {
  digest: Digest;
  /** Whether the registry lists the manifest among the referrers of its subject. */
  listsReferrer: boolean;
}

/** A manifest that has no tag. */
export interface UntaggedManifest {
  digest: Digest;
  mediaType: string;
  /** RFC 3339. */
  createdTime: string;
}

/** What Azure's registries tell of a tag besides what it names. Times are RFC 3339. */
export interface TagHistory {
  /** When the tag was first pushed. */
  createdTime: string;
  /** When it was last pushed. */
  lastUpdateTime: string;
  /** The newest manifests of the repository without a tag. */
  untagged: UntaggedManifest[];
}

/** One conversation with one repository; tokens are kept for its length. */
export interface RepositoryClient extends ContentReader {
  /** The digest alone, which costs less; undefined when the registry does not say it. */
  headManifest(reference: string, signal?: AbortSignal): Promise<Digest | undefined>;
  /** @returns whether the tag or digest is there */
  hasManifest(reference: string, signal?: AbortSignal): Promise<boolean>;
  /** The repository's tags, one page of at most 1000. */
  listTags(signal?: AbortSignal): Promise<string[]>;
  /** When the tag was pushed, and what has no tag; undefined when the registry does not tell. */
  readTagHistory?(tag: string, signal?: AbortSignal): Promise<TagHistory | undefined>;
  /** What names `subject`; undefined when the registry keeps no such list. */
  listReferrers(subject: Digest, signal?: AbortSignal): Promise<Descriptor[] | undefined>;
  hasBlob(digest: Digest, signal?: AbortSignal): Promise<boolean>;
  /** Uploads unless it is already there. @param open called for each attempt */
  putBlob(
    descriptor: Descriptor,
    open: () => Readable | Promise<Readable>,
    options?: PutBlobOptions,
  ): Promise<BlobOutcome>;
  putManifest(
    reference: string,
    mediaType: string,
    bytes: Buffer,
    signal?: AbortSignal,
  ): Promise<StoredManifest>;
}

/** A repository that lies at a registry. */
export interface RemoteRepository extends RepositoryClient {
  /** @param reference a tag, which goes alone where the registry can do that, or a digest, whose tags go with it */
  deleteManifest(reference: string, signal?: AbortSignal): Promise<void>;
}

/** What a registry holds; lists are read to their ends. Failures are `RemoteError` or `DocumentError`. */
export interface RegistryInventory {
  repositories(signal?: AbortSignal): Promise<RepositoryName[]>;
  tags(repository: RepositoryName, signal?: AbortSignal): Promise<string[]>;
  /** Every manifest, tagged or not; undefined when the registry keeps no list as ACR does. */
  manifests(repository: RepositoryName, signal?: AbortSignal): Promise<Digest[] | undefined>;
}

export interface RegistryClient {
  /** All failures are `RemoteError`. */
  repository(
    registry: string,
    repository: RepositoryName,
    credentials?: Credentials,
  ): RepositoryClient;
}

/** Looks at registries as a whole. */
export interface InventoryClient {
  inventory(registry: string, credentials?: Credentials): RegistryInventory;
}

/** Asks the registries themselves. */
export interface RemoteRegistryClient extends RegistryClient, InventoryClient {
  repository(
    registry: string,
    repository: RepositoryName,
    credentials?: Credentials,
  ): RemoteRepository;
}

/** The reference's digest if it has one, else its tag. */
export function manifestReference(reference: Reference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}
