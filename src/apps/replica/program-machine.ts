import { open } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { formatPlatform, parsePlatform, type Platform } from '../../oci/platform.js';
import { acceptablePlatforms } from '../../oci/platform/matching.js';
import { PROGRAM_HEAD_BYTES, readProgram } from '../../oci/program/program.js';
import { ContainerStartError, type UnpackedImage } from '../../runtime/runtime.js';

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
  const platform = await programPlatform(image, program);
  return platform && formatPlatform(platform);
}

/**
 * Refuses a program that no node of the image's platform could run. This machine might: it may have an
 * emulator registered, which the nodes that the image will be deployed to do not have.
 *
 * @throws ContainerStartError ENOEXEC, as the kernel there would
 */
export async function refuseForeignProgram(image: UnpackedImage, program: string): Promise<void> {
  const found = await programPlatform(image, program);
  if (found === undefined) return;
  const { os, architecture } = image.config;
  const runnable = acceptablePlatforms({ os, architecture }, true);
  if (runnable.some((one) => one.architecture === found.architecture)) return;
  const machine = `a program for ${formatPlatform(found)}`;
  throw new ContainerStartError('ENOEXEC', `exec ${program}: exec format error (${machine})`);
}

async function programPlatform(
  image: UnpackedImage,
  program: string,
): Promise<Platform | undefined> {
  if (!program.startsWith('/')) return undefined;
  const foreign = image.foreignPrograms?.get(normalize(program));
  if (foreign !== undefined) return parsePlatform(foreign);
  for (const layer of [...image.layerPaths].reverse()) {
    const head = await readStart(join(layer, normalize(program)));
    const found = head && readProgram(head);
    if (found?.kind === 'binary') return found.platform;
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
