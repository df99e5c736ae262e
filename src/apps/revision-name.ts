/** Source of random bytes, e.g. `crypto.randomBytes`. */
export type RandomBytes = (size: number) => Uint8Array;

const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';

/** @returns so many characters of a–z and 0–9 */
export function randomBase36(length: number, random: RandomBytes): string {
  return [...random(length)].map((byte) => BASE36[byte % BASE36.length] ?? '').join('');
}

/**
 * The name of an app's next revision: `ca--badv2` with a suffix, else `ca--mvlbg1j` for the first and
 * `ca--0000001`, `ca--0000002`, … for those after it.
 */
export function nextRevisionName(
  app: { name: string; nextRevision: number },
  suffix: string,
  random: RandomBytes,
): string {
  if (suffix !== '') return `${app.name}--${suffix}`;
  if (app.nextRevision === 0) return `${app.name}--${randomBase36(7, random)}`;
  return `${app.name}--${String(app.nextRevision).padStart(7, '0')}`;
}
