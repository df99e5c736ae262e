import type { Platform } from '../../oci/platform.js';

/** What the user says about every target. */
export interface ReadOptions {
  /** From `--platform`; absent when not said, for each kind has a default of its own. */
  platforms: readonly Platform[] | undefined;
}

/** What images are wanted for when nobody says it: Container Apps and most clusters. */
export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };
