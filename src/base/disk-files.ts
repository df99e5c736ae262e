import { readdirSync, readFileSync } from 'node:fs';
import { codeOf } from './failure.js';

/** Says that there is nothing to read; any other failure is one of the machine. */
const NOTHING_THERE: ReadonlySet<string | undefined> = new Set([
  ...['ENOENT', 'EISDIR', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG'],
]);

/** Files of this machine as the Bicep compiler asks for them: what is not there is undefined. */
export const diskFiles = Object.assign(
  (path: string): Uint8Array | undefined => orUndefined(() => readFileSync(path)),
  {
    /** Names of the files in a folder, without those of folders in it. */
    list: (folder: string): string[] | undefined =>
      orUndefined(() =>
        readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => name),
      ),
  },
);

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (NOTHING_THERE.has(codeOf(error))) return undefined;
    throw error;
  }
}
