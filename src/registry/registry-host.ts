import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import type { LocalRepository } from './local-repository.js';
import type { PullLimit } from './pull-limit.js';
import type { MinimumRate } from './upload-pace.js';
import type { WebhookDelivery } from './webhook-delivery.js';

/** ACR's admin account: one name, two passwords, so that one can be renewed while the other is in use. */
export interface AdminUser {
  enabled: boolean;
  username: string;
  passwords: [string, string];
}

/** What may be done to a repository, in ACR's words for scope maps. */
export type RepositoryAction =
  'content/read' | 'content/write' | 'content/delete' | 'metadata/read' | 'metadata/write';

/** A token of ACR: a user name with passwords of its own and repository permissions. */
export interface RegistryToken {
  /** e.g. `'ci-pull'` */
  name: string;
  enabled: boolean;
  /** At most two, so that one can be renewed while the other is in use. `expiry` is RFC 3339. */
  passwords: { value: string; expiry?: string }[];
  /** Of the token's scope map. A repository may end in `*`. */
  permissions: { repository: string; actions: RepositoryAction[] }[];
}

/** Who may connect at all. Without rules everyone may. */
export interface NetworkRules {
  defaultAction: 'Allow' | 'Deny';
  /** Addresses or CIDR ranges that are let in, e.g. `'203.0.113.0/24'`. */
  allowed: string[];
}

/** Where pushes and deletes are told to. */
export interface RegistryWebhook {
  name: string;
  serviceUri: string;
  customHeaders?: Record<string, string>;
  actions: ('push' | 'delete')[];
  /** `'repo:tag'`, `'repo'`, `'repo*'`; everything when empty. */
  scope?: string;
  enabled: boolean;
}

/** What a registry is told by whoever owns it: the resource manager, or `lazurite registry serve`. */
export interface RegistrySettings {
  /** e.g. `'acrlabacr'` */
  name: string;
  /** What clients type before the first slash, e.g. `'localhost:5001'`. */
  loginServer: string;
  admin: AdminUser;
  /** Whether pulling needs no credentials. */
  anonymousPull: boolean;
  /** Whether nothing at all needs credentials; for a registry on one's own machine. */
  anonymousAccess?: boolean;
  tokens?: RegistryToken[];
  /** Further users with full access, with the password hashes of an htpasswd file. */
  htpasswd?: Record<string, string>;
  networkRules?: NetworkRules;
  /** How many manifests one address may get without credentials; as many as it likes when absent. */
  anonymousPullLimit?: PullLimit;
  /** Uploads that come more slowly are ended; {@link DEFAULT_MINIMUM_RATE} when absent. */
  minUploadRate?: MinimumRate;
  webhooks?: RegistryWebhook[];
  /** Keeps deleted manifests for so many days. */
  softDelete?: { enabled: boolean; retentionDays: number };
  /** Deletes manifests that have had no tag for so many days. */
  untaggedRetention?: { enabled: boolean; days: number };
  /** Accepts an index whose children are not here, and a manifest whose blobs are not. */
  sparseIndexes?: boolean;
  /**
   * How a manifest is served to a client that did not say it takes its type: `acr` refuses as ACR does;
   * `any` serves it, as the distribution specification allows. Default `acr`.
   */
  negotiation?: 'acr' | 'any';
}

/** One registry: repositories of its own, over storage that all of them share. */
export interface HostedRegistry {
  readonly settings: RegistrySettings;
  /** Answers anything under the registry's host: `/v2/…`, `/acr/v1/…`, `/oauth2/…`. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** For the server itself, which needs no credentials. */
  repository(name: RepositoryName): LocalRepository;
  /** What the repositories hold, by name. */
  usage(): Promise<RepositoryUsage[]>;
  /** The manifests of a repository, the latest first; empty when there is no such repository. */
  holdings(name: RepositoryName): Promise<ManifestHolding[]>;
  /**
   * Sends a webhook a test event, a disabled one too.
   *
   * @returns its id; undefined when there is no such webhook, or too many events wait to be sent
   */
  pingWebhook(name: string): Promise<string | undefined>;
  /** What a webhook was sent lately by this process, the latest first. */
  webhookDeliveries(name: string): readonly WebhookDelivery[];
  /** Remembers where an image was imported from. */
  noteImport(name: RepositoryName, digest: Digest, source: string): Promise<void>;
}

/** One manifest of a repository. */
export interface ManifestHolding {
  digest: Digest;
  tags: readonly string[];
  /** Platforms of an index, or the one of an image; those of attestations are left out. */
  platforms: readonly { os: string; architecture: string }[];
  isIndex: boolean;
  /** What it was imported from, as the request named it. */
  importedFrom?: string;
}

/** What one repository holds. Layers that its manifests share count once. */
export interface RepositoryUsage {
  repository: string;
  /** Bytes of manifests, configs and layers. */
  bytes: number;
  manifests: number;
  tags: number;
}

/** What a garbage collection removed. */
export interface GarbageReport {
  /** Blobs that a repository held without a manifest that needs them. */
  links: number;
  /** Blob files that no repository held. */
  files: number;
  /** Bytes of those files. */
  bytes: number;
  uploads: number;
  /** Manifests whose retention was over. */
  manifests: number;
}

/** All registries of one Lazurite. */
export interface RegistryHost {
  /** Creates the registry, or gives an existing one new settings. Durable once it resolves. */
  configure(settings: RegistrySettings): Promise<HostedRegistry>;
  get(name: string): HostedRegistry | undefined;
  list(): HostedRegistry[];
  /** Removes the registry with everything in it. */
  remove(name: string): Promise<void>;
  /**
   * Removes what nobody needs, while clients push and pull. Runs by itself now and then.
   *
   * @param graceMs how long a blob without a manifest is kept for a push that is still under way
   */
  collectGarbage(graceMs?: number): Promise<GarbageReport>;
  close(): Promise<void>;
}
