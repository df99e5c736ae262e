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
/**
 * `os`, optionally followed by its version and features: `windows(10.0.20348+win32k)`. What would be
 * mistaken for punctuation is percent-encoded.
 */
const OS_COMPONENT = /^([A-Za-z0-9_.-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$/;
const MAX_PLATFORM_TEXT = 256;

const KNOWN_OS = new Set([
  ...['aix', 'android', 'darwin', 'dragonfly', 'freebsd', 'hurd', 'illumos', 'ios', 'js', 'linux'],
  ...['netbsd', 'openbsd', 'plan9', 'solaris', 'wasip1', 'windows', 'zos'],
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
  const details = parseOsDetails(match[2] ?? '', match[3] ?? '');
  if (details === undefined) return undefined;
  const [architecture, variant] = rest;
  if (architecture === undefined) return parseAlone(match[1], details);
  return normalizePlatform({
    os: match[1],
    architecture,
    ...(variant !== undefined && { variant }),
    ...details,
  });
}

type OsDetails = Pick<Platform, 'os.version' | 'os.features'>;

function parseOsDetails(version: string, features: string): OsDetails | undefined {
  try {
    const names = features.split('+').slice(1).map(decodeURIComponent);
    return {
      ...(version !== '' && { 'os.version': decodeURIComponent(version) }),
      ...(names.length > 0 && { 'os.features': names }),
    };
  } catch {
    return undefined; // a percent sign that encodes nothing
  }
}

function parseAlone(word: string, osDetails: OsDetails): Platform | undefined {
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
  const features = normalFeatures(platform['os.features'] ?? []);
  const encoded = features.map((feature) => `+${encodeOsDetail(feature)}`).join('');
  const details = `${encodeOsDetail(platform['os.version'] ?? '')}${encoded}`;
  const os = details === '' ? platform.os : `${platform.os}(${details})`;
  return formatPlatform({ ...platform, os });
}

function encodeOsDetail(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/gu, (part) =>
    Array.from(new TextEncoder().encode(part), (byte) => `%${hex(byte)}`).join(''),
  );
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

/**
 * Brings the names in use for one platform to one: `aarch64` → `arm64`, `x86_64` → `amd64`,
 * `armhf` → `arm/v7`, `arm64/v8` → `arm64`, `amd64/v1` → `amd64`, `macos` → `darwin`. Features are
 * sorted, each once.
 *
 * @see https://github.com/containerd/platforms/blob/v1.0.0-rc.1/database.go
 */
export function normalizePlatform(platform: Platform): Platform {
  const { variant: givenVariant, 'os.features': features, ...others } = platform;
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
    ...(features && features.length > 0 && { 'os.features': normalFeatures(features) }),
  };
}

function normalFeatures(features: readonly string[]): string[] {
  return [...new Set(features)].filter((feature) => feature !== '').sort();
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
      return ['arm64', normalizeArm64Variant(withV(variant))];
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

function normalizeArm64Variant(variant: string): string {
  if (variant === 'v8' || variant === 'v8.0') return '';
  return variant === 'v9.0' ? 'v9' : variant;
}

function withV(variant: string): string {
  return /^\d/.test(variant) ? `v${variant}` : variant;
}

/** Whether an index entry stands for an image that runs somewhere: attestations say `unknown/unknown`. */
export function isRunnablePlatform(platform: Platform): boolean {
  return platform.os !== 'unknown' && platform.architecture !== 'unknown';
}
