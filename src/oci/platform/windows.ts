const LTSC_2022 = 20348;
const LTSC_2025 = 26100;
/** Releases since which the kernel's interface to containers is stable. */
const STABLE_RELEASES = [LTSC_2022, LTSC_2025];

interface WindowsVersion {
  /** `'10.0'` */
  release: string;
  build: number;
}

/**
 * Whether a Windows host can run a container, by their `os.version`s.
 *
 * Before Windows Server 2022 the build numbers must be equal. Since then a host runs containers from the
 * long-term release before it up to its own build. A side that says nothing is taken at its word.
 *
 * @param host e.g. `'10.0.20348.2227'`
 * @see https://github.com/containerd/platforms/blob/09756f59cb1d6b3fb368f371043d36e634789537/platform_windows_compat.go
 */
export function isWindowsCompatible(
  host: string | undefined,
  container: string | undefined,
): boolean {
  const hostVersion = parseWindowsVersion(host ?? '');
  if (hostVersion === undefined || !container) return true;
  const version = parseWindowsVersion(container);
  if (version === undefined || version.release !== hostVersion.release) return false;
  if (hostVersion.build < LTSC_2022) return version.build === hostVersion.build;
  const earlier = STABLE_RELEASES.filter((release) => release < hostVersion.build);
  const oldest = earlier.at(-1) ?? LTSC_2022;
  return oldest <= version.build && version.build <= hostVersion.build;
}

function parseWindowsVersion(text: string): WindowsVersion | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,5})(?:\.|$)/.exec(text);
  if (match === null) return undefined;
  return { release: `${Number(match[1])}.${Number(match[2])}`, build: Number(match[3]) };
}

/** Number by number; a version that is missing is lower than any, and what is no number counts as 0. */
export function compareOsVersions(left: string | undefined, right: string | undefined): number {
  const a = numbersOf(left);
  const b = numbersOf(right);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string | undefined): number[] {
  return version ? version.split('.').map((part) => Number(part) || 0) : [];
}
