import { closest } from '../../base/closest.js';
import { normalizePlatform, parsePlatform, type Platform } from '../../oci/platform.js';

/** `'v1.0-arm64'` → the tag without its suffix, and what the suffix promises. */
export interface ArchitectureTag {
  base: string;
  /** The suffix as written, e.g. `'arm64v8'`. */
  suffix: string;
  platform: Platform;
}

/** How people write architectures behind (or in place of) a version. */
const SPELLINGS: Readonly<Record<string, string>> = {
  amd64: 'linux/amd64',
  x64: 'linux/amd64',
  x86_64: 'linux/amd64',
  '386': 'linux/386',
  i386: 'linux/386',
  arm64: 'linux/arm64',
  arm64v8: 'linux/arm64',
  aarch64: 'linux/arm64',
  armv7: 'linux/arm/v7',
  arm32v7: 'linux/arm/v7',
  armhf: 'linux/arm/v7',
  armv6: 'linux/arm/v6',
  arm32v6: 'linux/arm/v6',
  ppc64le: 'linux/ppc64le',
  s390x: 'linux/s390x',
  riscv64: 'linux/riscv64',
};
const SUFFIX = new RegExp(
  `^(?:(.+)[-_.])?(?:linux[-_])?(${Object.keys(SPELLINGS).join('|')})$`,
  'i',
);

/** Reads `v1.0-arm64`, `latest-linux-amd64` and `arm64` alone; undefined for other tags. */
export function parseArchitectureTag(tag: string): ArchitectureTag | undefined {
  const match = SUFFIX.exec(tag);
  const suffix = match?.[2];
  const platform = suffix && parsePlatform(SPELLINGS[suffix.toLowerCase()] ?? '');
  if (!suffix || !platform) return undefined;
  return { base: match[1] ?? 'latest', suffix, platform: normalizePlatform(platform) };
}

/** Siblings of other versions to compare a tag with: more would cost requests and tell no more. */
const MAX_PEERS = 3;
/** Architecture tags of the same version. */
const MAX_VARIANTS = 6;

/**
 * The tags worth looking at beside `tag`: those of single architectures of the same version, the version's
 * own tag when `tag` is one of an architecture, and for a single image a few other versions.
 */
export function relatedTags(tag: string, tags: readonly string[], isIndex: boolean): string[] {
  const own = parseArchitectureTag(tag);
  const base = own?.base ?? tag;
  const variants = tags
    .filter((other) => other !== tag && parseArchitectureTag(other)?.base === base)
    .slice(0, MAX_VARIANTS);
  if (own) return tags.includes(own.base) ? [own.base] : [];
  return isIndex ? variants : [...variants, ...peers(tag, tags)];
}

function peers(tag: string, tags: readonly string[]): string[] {
  const candidates = tags.filter(
    (other) =>
      other !== tag && parseArchitectureTag(other) === undefined && !/^sha\d+-/.test(other),
  );
  return nearestTags(tag, candidates, MAX_PEERS);
}

/** The `count` tags most like `tag`, best first. */
export function nearestTags(tag: string, tags: readonly string[], count: number): string[] {
  const left = [...tags];
  const found: string[] = [];
  while (found.length < count) {
    const best = closest(tag, left, { slipsOnly: false });
    if (best === undefined) break;
    found.push(best);
    left.splice(left.indexOf(best), 1);
  }
  return found;
}
