import { open } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { formatPlatform } from '../../oci/platform.js';
import { PROGRAM_HEAD_BYTES, readProgram } from '../../oci/program/program.js';
import type { UnpackedImage } from '../../runtime/runtime.js';

/**
 * What machine an image's program is really for, whatever the image says.
 *
 * @param program absolute path in the image, e.g. `'/hello'`
 * @returns e.g. `'linux/arm64'`; undefined when it is no binary or was not found by that very path
 */
export async function programMachine(
  image: UnpackedImage,
  program: string,
): Promise<string | undefined> {
  if (!program.startsWith('/')) return undefined;
  for (const layer of [...image.layerPaths].reverse()) {
    const head = await readStart(join(layer, normalize(program)));
    const found = head && readProgram(head);
    if (found?.kind === 'binary') return formatPlatform(found.platform);
  }
  return undefined;
}

async function readStart(path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(PROGRAM_HEAD_BYTES), 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // not in this layer
  }
}
