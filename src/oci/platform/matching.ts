import {
  formatPlatform,
  isRunnablePlatform,
  normalizePlatform,
  type Platform,
} from '../platform.js';
import { compareOsVersions, isWindowsCompatible } from './windows.js';
import { runnableVariants } from './variants.js';

/**
 * The platforms whose programs run on `wanted`, best first: for `arm/v7` that is v7, v6, v5.
 *
 * @param otherArchitectures whether 64-bit machines take 32-bit programs too, as containerd lets them
 *   (`386` on `amd64`, `arm` on `arm64`); Azure's own check does not.
 * @see https://github.com/containerd/platforms/blob/09756f59cb1d6b3fb368f371043d36e634789537/compare.go
 */
export function acceptablePlatforms(wanted: Platform, otherArchitectures = false): Platform[] {
  const normal = normalizePlatform(wanted);
  const own = withVariants(normal, normal.variant ?? '');
  if (!otherArchitectures) return own;
  if (normal.architecture === 'amd64') {
    return [...own, ...withVariants({ ...normal, architecture: '386' }, '')];
  }
  if (normal.architecture !== 'arm64') return own;
  return [...own, ...withVariants({ ...normal, architecture: 'arm' }, 'v8')];
}

function withVariants(platform: Platform, highest: string): Platform[] {
  return runnableVariants(platform.architecture, highest).map((variant) =>
    normalizePlatform({ ...platform, variant }),
  );
}

/**
 * Whether an image for `offered` can run where `wanted` is asked for.
 *
 * On Windows the `os.version` must suit the host's (see `isWindowsCompatible`); an image without one is
 * taken at its word. The image may need no `os.features` but those of `wanted` and `win32k`.
 */
export function platformMatches(offered: Platform, wanted: Platform): boolean {
  return rank(offered, acceptablePlatforms(wanted), wanted) !== undefined;
}

/** Something that carries a platform: an index entry. */
interface HasPlatform {
  platform?: Platform;
}

export interface SelectOptions {
  /** See `acceptablePlatforms`. */
  otherArchitectures?: boolean;
  /**
   * What an entry without a platform is taken for when no other entry will do: `linux/amd64` for crane
   * and for Azure. Without it such entries are passed over.
   */
  assumed?: Platform;
}

/**
 * The entry of an index to run on `wanted`: the best variant, among equals the highest `os.version`, then
 * the one made for most features, then the first. Attestations are passed over.
 */
export function selectPlatform<T extends HasPlatform>(
  entries: readonly T[],
  wanted: Platform,
  options: SelectOptions = {},
): T | undefined {
  const acceptable = acceptablePlatforms(wanted, options.otherArchitectures);
  let best: Candidate<T> | undefined;
  for (const entry of entries) {
    if (entry.platform === undefined || !isRunnablePlatform(entry.platform)) continue;
    const entryRank = rank(entry.platform, acceptable, wanted);
    if (entryRank === undefined) continue;
    const candidate = { entry, platform: entry.platform, rank: entryRank };
    if (best === undefined || isBetter(candidate, best)) best = candidate;
  }
  if (best !== undefined) return best.entry;
  const isAssumed = options.assumed !== undefined && platformMatches(options.assumed, wanted);
  return isAssumed ? entries.find(({ platform }) => platform === undefined) : undefined;
}

interface Candidate<T> {
  entry: T;
  platform: Platform;
  rank: number;
}

function isBetter(candidate: Candidate<unknown>, best: Candidate<unknown>): boolean {
  if (candidate.rank !== best.rank) return candidate.rank < best.rank;
  const newer = compareOsVersions(candidate.platform['os.version'], best.platform['os.version']);
  if (newer !== 0) return newer > 0;
  return featuresOf(candidate.platform).length > featuresOf(best.platform).length;
}

/** Position in the order of preference, or undefined when it does not run there. */
function rank(
  offered: Platform,
  acceptable: readonly Platform[],
  wanted: Platform,
): number | undefined {
  const normal = normalizePlatform(offered);
  const position = acceptable.findIndex((one) => formatPlatform(one) === formatPlatform(normal));
  if (position < 0) return undefined;
  const isWindows = normal.os === 'windows';
  if (isWindows && !isWindowsCompatible(wanted['os.version'], normal['os.version'])) {
    return undefined;
  }
  const available = featuresOf(wanted);
  const needed = featuresOf(normal).filter((feature) => !(isWindows && feature === 'win32k'));
  return needed.every((feature) => available.includes(feature)) ? position : undefined;
}

function featuresOf(platform: Platform): readonly string[] {
  return platform['os.features'] ?? [];
}
