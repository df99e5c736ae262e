import type { Platform } from '../../oci/platform.js';

/** What the user says about every target, and how other files are reached. */
export interface ReadOptions {
  /** From `--platform`; absent when not said, for each kind has a default of its own. */
  platforms: readonly Platform[] | undefined;
  /** From `--parameters`: `NAME=VALUE` and files. */
  parameters: readonly string[];
  /** From `--resource-group` and `--subscription`. */
  resourceGroup?: string;
  subscription?: string;
  /** From `--profile-platform`, by lower-case name of the workload profile. */
  profilePlatforms: ReadonlyMap<string, Platform>;
  /** From `--build-arg`, for Dockerfiles. */
  buildArgs: ReadonlyMap<string, string>;
  environment: Readonly<Record<string, string | undefined>>;
  /** @returns undefined for a file that is not there or can't be read */
  readFile: (path: string) => string | undefined;
}

/** What images are wanted for when nobody says it: Container Apps and most clusters. */
export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/** Options with nothing said. @param readFile as in `ReadOptions` */
export function defaultReadOptions(readFile: ReadOptions['readFile']): ReadOptions {
  return {
    platforms: undefined,
    parameters: [],
    profilePlatforms: new Map(),
    buildArgs: new Map(),
    environment: {},
    readFile,
  };
}
