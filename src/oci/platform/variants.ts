/** Lowest variant number of the architectures whose variants are plain numbers. */
const LOWEST: Readonly<Record<string, number>> = { amd64: 1, arm: 5 };

/**
 * The variants whose programs run on a machine of variant `highest`, best first; `''` is the variant that
 * needs no name (`v1` of amd64, `v8` of arm64). A variant that is not known runs only itself.
 *
 * @example runnableVariants('arm', 'v7') // ['v7', 'v6', 'v5']
 * @example runnableVariants('arm64', 'v9.1') // ['v9.1', 'v9', 'v8.6', … 'v8.1', '']
 */
export function runnableVariants(architecture: string, highest: string): string[] {
  if (architecture === 'arm64') return arm64Variants(highest);
  const lowest = LOWEST[architecture];
  const number = /^v(\d{1,2})$/.exec(highest)?.[1];
  if (lowest === undefined || number === undefined) return [highest];
  return countDown(Number(number), lowest).map((step) => `v${step}`);
}

/** The last minor version that each major one has. */
const ARM64_LAST_MINOR: Readonly<Record<number, number>> = { 8: 9, 9: 7 };
/** v9.0 took over v8.5, v9.1 took over v8.6, and so on. */
const ARM64_MINOR_SHIFT = 5;

function arm64Variants(highest: string): string[] {
  const match = /^v([89])(?:\.(\d))?$/.exec(highest === '' ? 'v8' : highest);
  const [major, minor] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (match === null || minor > (ARM64_LAST_MINOR[major] ?? 0)) return [highest];
  const own = countDown(minor, 0).map((step) => (step === 0 ? `v${major}` : `v${major}.${step}`));
  if (major === 8) return own;
  const below = Math.min(minor + ARM64_MINOR_SHIFT, ARM64_LAST_MINOR[8] ?? 0);
  return [...own, ...arm64Variants(`v8.${below}`)];
}

/** `countDown(7, 5)` is `[7, 6, 5]`; one that starts below the end is itself. */
function countDown(from: number, to: number): number[] {
  return Array.from({ length: Math.max(1, from - to + 1) }, (_, step) => from - step);
}
