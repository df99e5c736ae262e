/**
 * What an image was built for.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions
 */
export interface Platform {
  /** Go's GOOS, e.g. `'linux'`. */
  os: string;
  /** Go's GOARCH, e.g. `'amd64'`. */
  architecture: string;
  /** e.g. `'v7'` for 32-bit arm. */
  variant?: string;
  /** e.g. `'10.0.20348.2227'` for Windows. */
  'os.version'?: string;
  'os.features'?: string[];
}

const COMPONENT = /^[A-Za-z0-9_.-]+$/;
/** `os`, optionally followed by its version and features: `windows(10.0.20348+win32k)`. */
const OS_COMPONENT = /^([A-Za-z0-9_.-]+)(?:\(([A-Za-z0-9_.-]*)((?:\+[A-Za-z0-9_.-]+)*)\))?$/;
const MAX_PLATFORM_TEXT = 256;

const KNOWN_OS = new Set([
  ...['aix', 'android', 'darwin', 'dragonfly', 'freebsd', 'illumos', 'ios', 'js', 'linux'],
  ...['netbsd', 'openbsd', 'plan9', 'solaris', 'wasip1', 'windows'],
]);
const KNOWN_ARCHITECTURES = new Set([
  ...['386', 'amd64', 'arm', 'arm64', 'loong64', 'mips', 'mipsle', 'mips64', 'mips64le'],
  ...['ppc64', 'ppc64le', 'riscv64', 's390x', 'wasm'],
]);

/**
 * Parses `os/arch[/variant]`, or one of the two alone: `arm64` is `linux/arm64`, `windows` is
 * `windows/amd64`. The result is normalised.
 *
 * @returns undefined when the text is no platform.
 * @see https://github.com/containerd/platforms/blob/v1.0.0-rc.1/platforms.go
 */
export function parsePlatform(text: string): Platform | undefined {
  if (text.length > MAX_PLATFORM_TEXT) return undefined;
  const [first = '', ...rest] = text.split('/');
  if (rest.length > 2 || rest.some((part) => !COMPONENT.test(part))) return undefined;
  const match = OS_COMPONENT.exec(first);
  if (match?.[1] === undefined) return undefined;
  const version = match[2] ? { 'os.version': match[2] } : {};
  const features = match[3] ? { 'os.features': match[3].slice(1).split('+') } : {};
  const [architecture, variant] = rest;
  if (architecture === undefined) return parseAlone(match[1], { ...version, ...features });
  return normalizePlatform({
    os: match[1],
    architecture,
    ...(variant !== undefined && { variant }),
    ...version,
    ...features,
  });
}

function parseAlone(word: string, osDetails: Partial<Platform>): Platform | undefined {
  const asOs = normalizePlatform({ os: word, architecture: 'amd64', ...osDetails });
  if (KNOWN_OS.has(asOs.os)) return asOs;
  const asArchitecture = normalizePlatform({ os: 'linux', architecture: word });
  const known = KNOWN_ARCHITECTURES.has(asArchitecture.architecture);
  return known && Object.keys(osDetails).length === 0 ? asArchitecture : undefined;
}

/** `'linux/arm/v7'`: without the version of the operating system, as messages show a platform. */
export function formatPlatform(platform: Platform): string {
  const variant = platform.variant ? `/${platform.variant}` : '';
  return `${platform.os}/${platform.architecture}${variant}`;
}

/** `'windows(10.0.20348+win32k)/amd64'`: everything `parsePlatform` reads. */
export function formatPlatformInFull(platform: Platform): string {
  const features = (platform['os.features'] ?? []).map((feature) => `+${feature}`).join('');
  const details = `${platform['os.version'] ?? ''}${features}`;
  const os = details === '' ? platform.os : `${platform.os}(${details})`;
  return formatPlatform({ ...platform, os });
}

/**
 * Brings the names in use for one platform to one: `aarch64` → `arm64`, `x86_64` → `amd64`,
 * `armhf` → `arm/v7`, `arm64/v8` → `arm64`, `amd64/v1` → `amd64`, `macos` → `darwin`.
 *
 * @see https://github.com/containerd/platforms/blob/v1.0.0-rc.1/database.go
 */
export function normalizePlatform(platform: Platform): Platform {
  const { variant: givenVariant, ...others } = platform;
  const os = platform.os.toLowerCase();
  const [architecture, variant] = normalizeArchitecture(
    platform.architecture.toLowerCase(),
    (givenVariant ?? '').toLowerCase(),
  );
  return {
    ...others,
    os: os === 'macos' ? 'darwin' : os,
    architecture,
    ...(variant !== '' && { variant }),
  };
}

function normalizeArchitecture(architecture: string, variant: string): [string, string] {
  switch (architecture) {
    case 'i386':
      return ['386', ''];
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return ['amd64', variant === 'v1' || variant === '1' ? '' : withV(variant)];
    case 'aarch64':
    case 'arm64':
      return ['arm64', /^v?8(\.0)?$/.test(variant) ? '' : withV(variant)];
    case 'armhf':
      return ['arm', 'v7'];
    case 'armel':
      return ['arm', 'v6'];
    case 'arm':
      return ['arm', variant === '' ? 'v7' : withV(variant)];
    default:
      return [architecture, variant];
  }
}

function withV(variant: string): string {
  return /^\d/.test(variant) ? `v${variant}` : variant;
}

/** Whether an index entry stands for an image that runs somewhere: attestations say `unknown/unknown`. */
export function isRunnablePlatform(platform: Platform): boolean {
  return platform.os !== 'unknown' && platform.architecture !== 'unknown';
}

/**
 * The platforms whose programs run on `wanted`, best first: for `arm/v7` that is v7, v6, v5.
 *
 * @param otherArchitectures whether 64-bit machines take 32-bit programs too, as containerd lets them
 *   (`386` on `amd64`, `arm` on `arm64`); Azure's own check does not.
 * @see https://github.com/containerd/platforms/blob/v1.0.0-rc.1/compare.go
 */
export function acceptablePlatforms(wanted: Platform, otherArchitectures = false): Platform[] {
  const normal = normalizePlatform(wanted);
  const own = variantsDownFrom(normal).map((variant) => withVariant(normal, variant));
  if (!otherArchitectures) return own;
  if (normal.architecture === 'amd64') {
    return [...own, withVariant({ ...normal, architecture: '386' }, '')];
  }
  if (normal.architecture !== 'arm64') return own;
  const arm = { ...normal, architecture: 'arm', variant: 'v8' };
  return [...own, ...variantsDownFrom(arm).map((variant) => withVariant(arm, variant))];
}

/** Lowest variant number that an architecture has; programs for a lower one run on a higher one. */
const LOWEST_VARIANT: Readonly<Record<string, number>> = { amd64: 1, arm: 5, arm64: 8 };

function variantsDownFrom(platform: Platform): string[] {
  const lowest = LOWEST_VARIANT[platform.architecture];
  const variant = platform.variant ?? '';
  const number = /^v(\d{1,2})(?:\.\d+)?$/.exec(variant)?.[1];
  if (lowest === undefined || number === undefined) return [variant];
  const lower = Array.from(
    { length: Math.max(0, Number(number) - lowest) },
    (_, step) => `v${Number(number) - step - 1}`,
  );
  return [variant, ...lower];
}

function withVariant(platform: Platform, variant: string): Platform {
  const changed = { ...platform };
  if (variant === '') delete changed.variant;
  else changed.variant = variant;
  return normalizePlatform(changed);
}

/**
 * Whether an image for `offered` can run where `wanted` is asked for.
 *
 * An `os.version` that is asked for must agree in its first three numbers (Windows containers are bound
 * to the build of their host); an image without one is taken at its word. When `wanted` lists features,
 * the image may need no others.
 */
export function platformMatches(offered: Platform, wanted: Platform): boolean {
  return rank(offered, acceptablePlatforms(wanted), wanted) !== undefined;
}

/** Something that carries a platform: an index entry. */
interface HasPlatform {
  platform?: Platform;
}

/**
 * The entry of an index to run on `wanted`: the best variant, and among equals the highest `os.version`,
 * then the first. Entries without a platform and attestations are passed over.
 */
export function selectPlatform<T extends HasPlatform>(
  entries: readonly T[],
  wanted: Platform,
  options: { otherArchitectures?: boolean } = {},
): T | undefined {
  const acceptable = acceptablePlatforms(wanted, options.otherArchitectures);
  let best: { entry: T; platform: Platform; rank: number } | undefined;
  for (const entry of entries) {
    if (entry.platform === undefined || !isRunnablePlatform(entry.platform)) continue;
    const entryRank = rank(entry.platform, acceptable, wanted);
    if (entryRank === undefined) continue;
    const candidate = { entry, platform: entry.platform, rank: entryRank };
    if (best === undefined || isBetter(candidate, best)) best = candidate;
  }
  return best?.entry;
}

interface Ranked {
  platform: Platform;
  rank: number;
}

function isBetter(candidate: Ranked, best: Ranked): boolean {
  if (candidate.rank !== best.rank) return candidate.rank < best.rank;
  return compareVersions(candidate.platform['os.version'], best.platform['os.version']) > 0;
}

/** Position in the order of preference, or undefined when it does not run there. */
function rank(
  offered: Platform,
  acceptable: readonly Platform[],
  wanted: Platform,
): number | undefined {
  const normal = normalizePlatform(offered);
  const position = acceptable.findIndex((one) => formatPlatform(one) === formatPlatform(normal));
  if (position < 0 || !osVersionFits(normal['os.version'], wanted['os.version'])) return undefined;
  const features = wanted['os.features'];
  const needed = normal['os.features'] ?? [];
  if (features && !needed.every((feature) => features.includes(feature))) return undefined;
  return position;
}

function osVersionFits(offered: string | undefined, wanted: string | undefined): boolean {
  if (!offered || !wanted) return true;
  const build = (version: string): string => version.split('.').slice(0, 3).join('.');
  return build(offered) === build(wanted);
}

function compareVersions(left: string | undefined, right: string | undefined): number {
  const a = (left ?? '').split('.').map(Number);
  const b = (right ?? '').split('.').map(Number);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}
