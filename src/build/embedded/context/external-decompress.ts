import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../../../base/failure.js';
import { CopyError } from '../tree/copy.js';

/** Decompresses with a program of this machine; the stream fails with a CopyError when that does. */
export function decompressWith(program: 'bzip2' | 'xz', compressed: Readable): Readable {
  return Readable.from(decompressed(program, compressed), { objectMode: false });
}

async function* decompressed(
  program: 'bzip2' | 'xz',
  compressed: Readable,
): AsyncGenerator<Buffer, void> {
  const child = spawn(program, ['--decompress', '--stdout'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  ended.catch(() => undefined); // told below
  // A program that ends early says so by its code.
  pipeline(compressed, child.stdin).catch(() => undefined);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const code = await ended;
    if (code !== 0) throw new CopyError(`archive: ${program} cannot read it (code ${code ?? '-'})`);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new CopyError(`ADD of this archive needs ${program}, which is not installed`);
  } finally {
    child.kill();
  }
}
