import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../peers.js';

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
  {
    name: 'commands',
    label: 'Three commands in a root file system of 10,000 files; the second keeps a cache',
    changes: 'source.txt',
    make(directory, quick) {
      const busybox = findProgram('busybox');
      if (busybox === undefined) throw new Error('busybox is not installed');
      const commands = [
        'FROM scratch',
        'COPY root /',
        'RUN echo one > /one',
        'COPY source.txt /',
        'RUN --mount=type=cache,target=/cache cat /source.txt >> /cache/log && echo two > /two',
        'RUN rm -rf /usr/0 && mkdir /usr/0 && echo three > /usr/0/three',
      ];
      writeFileSync(join(directory, 'Dockerfile'), `${commands.join('\n')}\n`);
      writeFileSync(join(directory, 'source.txt'), 'source\n');
      mkdirSync(join(directory, 'root', 'bin'), { recursive: true });
      for (const name of ['sh', 'cat', 'rm', 'mkdir']) {
        copyFileSync(busybox, join(directory, 'root', 'bin', name));
        chmodSync(join(directory, 'root', 'bin', name), 0o755);
      }
      const text = 'a line of some file of the system\n'.repeat(300);
      for (let at = 0; at < (quick ? 1000 : 10_000); at++) {
        const folder = join(directory, 'root', 'usr', String(Math.floor(at / 100)));
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, `file-${at}`), `${at} ${text}`);
      }
    },
  },
];
