import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { codeOf } from '../../base/failure.js';

/** The files of a layout, in a directory or in an archive. Paths are relative, with `/`. */
export interface LayoutFiles {
  /** For messages, e.g. `'./images'`. */
  readonly text: string;
  /** Bytes; undefined when there is no such file. */
  size(file: string): Promise<number | undefined>;
  open(file: string): Readable;
}

export function directoryFiles(directory: string): LayoutFiles {
  return {
    text: directory,
    async size(file) {
      try {
        const stats = await stat(path.join(directory, file));
        return stats.isFile() ? stats.size : undefined;
      } catch (error) {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
        throw error;
      }
    },
    open: (file) => createReadStream(path.join(directory, file)),
  };
}
