import type { Header } from 'tar-stream';
import { entryComponents } from '../../oci/layer/entry-path.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { acceptablePlatforms } from '../../oci/platform/matching.js';
import { PROGRAM_HEAD_BYTES, readProgram } from '../../oci/program/program.js';

const EXECUTABLE = 0o111;

/**
 * Looks at an image's programs as its layers stream by, base layer first, and keeps those for another
 * machine than the image says. An image that does not lie has none.
 */
export class ForeignPrograms {
  /** e.g. `'linux/arm64'` by absolute path */
  readonly found = new Map<string, string>();
  readonly #runnable: ReadonlySet<string>;

  constructor({ os, architecture }: Platform) {
    const runnable = acceptablePlatforms({ os, architecture }, true);
    this.#runnable = new Set(runnable.map((one) => one.architecture));
  }

  /** Reads the body to its end. */
  async add(header: Header, body: AsyncIterable<unknown>): Promise<void> {
    // As every other runtime: a name that climbs out is no name, whoever unpacks it.
    const path = `/${entryComponents(header.name).join('/')}`;
    let head: Buffer | undefined;
    for await (const chunk of body) {
      if (chunk instanceof Buffer && (head?.length ?? 0) < PROGRAM_HEAD_BYTES) {
        head = head ? Buffer.concat([head, chunk]) : chunk;
      }
    }
    this.found.delete(path);
    if (header.type !== 'file' || (header.mode & EXECUTABLE) === 0 || !head) return;
    const program = readProgram(head.subarray(0, PROGRAM_HEAD_BYTES));
    if (program?.kind !== 'binary' || this.#runnable.has(program.platform.architecture)) return;
    this.found.set(path, formatPlatform(program.platform));
  }
}
