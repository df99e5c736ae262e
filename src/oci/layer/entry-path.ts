/** Why the name of a tar entry is refused. */
export class UnsafeEntryError extends Error {
  constructor(entry: string, why: string) {
    super(`layer entry ${JSON.stringify(entry.slice(0, 200))} is refused: ${why}`);
    this.name = 'UnsafeEntryError';
  }
}

/** One component of a path must fit a Linux file name; the whole must fit a path. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4000;

/**
 * The components of an entry's name below the root of the layer: `'./usr//bin/sh'` gives
 * `['usr', 'bin', 'sh']`, and `'./'` (the root itself) gives `[]`. A leading slash means the layer's root.
 *
 * @throws UnsafeEntryError for `..` components, zero bytes, and names no file system takes.
 */
export function entryComponents(name: string): string[] {
  if (name.includes('\0')) throw new UnsafeEntryError(name, 'it holds a zero byte');
  if (Buffer.byteLength(name) > MAX_PATH_BYTES) throw new UnsafeEntryError(name, 'it is too long');
  const components = name.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of components) {
    if (part === '..') throw new UnsafeEntryError(name, 'it climbs out with ".."');
    if (Buffer.byteLength(part) > MAX_NAME_BYTES) {
      throw new UnsafeEntryError(name, 'a component is longer than a file name can be');
    }
  }
  return components;
}
