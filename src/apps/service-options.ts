import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { TokenAuthority } from '../identity/token-authority.js';
import type { Platform } from '../oci/platform.js';
import type { RegistryClient } from '../remote/registry-client.js';
import type { ContainerRuntime } from '../runtime/runtime.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import type { IdentityCredentials, LocalRegistry } from './image-access.js';
import type { Workload } from './documents.js';
import type { ImageAdmission } from './image-admission.js';
import type { RegistryFacts } from './registry-facts.js';
import type { ConnectReplica } from './replica/replica.js';
import type { RandomBytes } from './revision-name.js';

export interface AppServiceOptions {
  metadata: MetadataStore;
  runtime: ContainerRuntime;
  registryClient: RegistryClient;
  clock: Clock;
  logger: Logger;
  /** What images must run on; `linux/amd64` unless told otherwise. */
  requiredPlatform?: Platform;
  /** `'documented'` unless told otherwise. */
  imageAdmission?: ImageAdmission;
  /** Holds the logs; created when missing. */
  dataDirectory: string;
  /** Checks the tokens that log streams are opened with. */
  tokens: TokenAuthority;
  /** Registry credentials of managed identities; without it such pulls are anonymous. */
  identityCredentials?: IdentityCredentials;
  /** Tells registries of this machine by any of their hosts; without it hosts must be equal to the letter. */
  localRegistry?: LocalRegistry;
  /** What registries of this machine know of an image; without it diagnoses say less. */
  registryFacts?: RegistryFacts;
  /** Opens what a replica's programs find of Lazurite; without it they find nothing. */
  connectReplica?: ConnectReplica;
  /** Variables of the programs of what has identities, e.g. `IDENTITY_ENDPOINT`. */
  identityVariables?: (workload: Workload) => ReadonlyMap<string, string>;
  /** `crypto.randomBytes` unless told otherwise. */
  random?: RandomBytes;
}
