import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Something to build. */
export interface BuildContext {
  name: string;
  label: string;
  /** A file that a person might edit between two builds. */
  changes: string;
  make(directory: string, quick: boolean): void;
}

const LAB = fileURLToPath(new URL('../../labs/acr-pull-failure/workload', import.meta.url));
const MIB = 1024 * 1024;

export const CONTEXTS: readonly BuildContext[] = [
  {
    name: 'lab',
    label: 'The workload of the image-pull lab',
    changes: 'bin/hello-linux-amd64',
    make: (directory) => {
      cpSync(LAB, directory, { recursive: true });
    },
  },
  {
    name: 'large',
    label: 'A project of 500 MB: 5,000 sources, and 400 MB that do not compress',
    changes: 'source/file-0.ts',
    make(directory, quick) {
      writeFileSync(
        join(directory, 'Dockerfile'),
        'FROM scratch\nCOPY assets /assets\nCOPY source /source\n',
      );
      mkdirSync(join(directory, 'source'));
      mkdirSync(join(directory, 'assets'));
      const text = 'export const answer = { question: "what is it", value: 42 };\n'.repeat(330);
      for (let at = 0; at < (quick ? 500 : 5000); at++) {
        writeFileSync(join(directory, 'source', `file-${at}.ts`), `// ${at}\n${text}`);
      }
      for (let at = 0; at < (quick ? 5 : 50); at++) {
        writeFileSync(join(directory, 'assets', `picture-${at}.jpg`), randomBytes(8 * MIB));
      }
    },
  },
];
