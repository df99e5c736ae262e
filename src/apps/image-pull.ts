import { formatPlatform } from '../oci/platform.js';
import { PlatformMismatchError } from '../remote/image-resolver.js';
import { RemoteError } from '../remote/registry-client.js';

export type PullFailureKind =
  | 'invalid-reference'
  | 'missing-tag'
  | 'missing-repository'
  | 'unauthorized'
  | 'denied'
  | 'rate-limited'
  | 'unknown-host'
  | 'unreachable'
  | 'platform'
  | 'unreadable';

/** A pull that failed, in the words of the system log. */
export interface PullFailure {
  kind: PullFailureKind;
  /** Reason column: an unauthorized pull has its own. */
  reason: 'ImagePullFailed' | 'ImagePullUnauthorized';
  message: string;
  /** e.g. `['linux/arm64']`; only for `platform`. */
  available?: readonly string[];
  /** Whether it is an index that lacks the platform, or an image for another; only for `platform`. */
  source?: 'index' | 'image';
}

const KIND_OF_REMOTE: Readonly<Record<RemoteError['kind'], PullFailureKind>> = {
  'manifest-unknown': 'missing-tag',
  'name-unknown': 'missing-repository',
  'blob-unknown': 'unreadable',
  unauthorized: 'unauthorized',
  denied: 'denied',
  'rate-limited': 'rate-limited',
  'unknown-host': 'unknown-host',
  unreachable: 'unreachable',
  'bad-content': 'unreadable',
  unexpected: 'unreadable',
};

/** Says a failed pull as the system log does. */
export function describePullFailure(error: unknown, image: string): PullFailure {
  if (error instanceof PlatformMismatchError) {
    const available = error.available.map(formatPlatform);
    return { ...failed('platform', error.message), available, source: error.source };
  }
  if (!(error instanceof RemoteError)) {
    return failed('unreadable', error instanceof Error ? error.message : String(error));
  }
  const kind = KIND_OF_REMOTE[error.kind];
  switch (kind) {
    case 'unauthorized':
      return {
        kind,
        reason: 'ImagePullUnauthorized',
        message: 'Container pull image failed with unauthorized error.',
      };
    case 'missing-tag':
      return failed(kind, `manifest unknown: ${error.registryMessage ?? error.message}`);
    case 'missing-repository':
      return failed(kind, `name unknown: ${error.registryMessage ?? error.message}`);
    case 'denied':
      return failed(kind, `denied: ${error.registryMessage ?? error.message}`);
    case 'rate-limited':
      return {
        ...failed(kind, ''),
        message: `Image pull for ${image} failed due to registry rate limiting (HTTP 429).`,
      };
    default:
      return failed(kind, error.message);
  }
}

function failed(kind: PullFailureKind, why: string): PullFailure {
  return { kind, reason: 'ImagePullFailed', message: `Failed to pull image: ${why}` };
}

/** How an app gets at a registry, for the diagnosis. */
export interface RegistryAccess {
  /** e.g. `'acrlabacr'` */
  registryName: string;
  /** A sentence without its full stop. */
  credentials: string;
  /** Whom it logs in as, e.g. `'acrlabacr'`; absent without a user. */
  username?: string;
  /** Object id of the managed identity that pulls, or a command that prints it; absent without one. */
  principal?: string;
}
