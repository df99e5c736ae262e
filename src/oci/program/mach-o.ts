import type { Platform } from '../platform.js';

const ARCHITECTURES: Readonly<Record<number, string>> = {
  7: '386',
  12: 'arm',
  0x01000007: 'amd64',
  0x0100000c: 'arm64',
};
const MAGIC_32 = 0xfeedface;
const MAGIC_64 = 0xfeedfacf;
const MAGIC_FAT = 0xcafebabe;
/** Java's classes have the same magic; where they have their version, a fat file has a small count. */
const MAX_FAT_PARTS = 30;

/**
 * The machine a macOS program was compiled for; of one for several, the first.
 *
 * @returns undefined when the bytes do not start a Mach-O file
 */
export function readMachOPlatform(head: Uint8Array): Platform | undefined {
  if (head.length < 12) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0) === MAGIC_FAT) {
    const parts = view.getUint32(4);
    return parts > 0 && parts <= MAX_FAT_PARTS ? platformOf(view.getUint32(8)) : undefined;
  }
  for (const little of [true, false]) {
    const magic = view.getUint32(0, little);
    if (magic === MAGIC_32 || magic === MAGIC_64) return platformOf(view.getUint32(4, little));
  }
  return undefined;
}

function platformOf(cpu: number): Platform {
  return { os: 'darwin', architecture: ARCHITECTURES[cpu] ?? 'unknown' };
}
