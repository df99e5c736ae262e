import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildRequest } from '../../src/build/image-builder.js';
import type { ImageConfig } from '../../src/oci/image-config.js';
import { ENGINE } from './build-engine.js';
import { readImage, type ImageContents } from './build-image-files.js';
import {
  BUILDERS,
  CORPUS,
  makeContext,
  missingPrograms,
  type BuilderWorld,
} from './build-worlds.js';

/** What another builder does otherwise, and why we do not follow. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'buildah copy': 'buildah 1.28 knows no here-documents of COPY',
  'buildah run': 'buildah 1.28 knows no here-documents of RUN',
  'buildah chmod': 'buildah 1.28 gives the folder that it makes for the files another mode',
  'copying special': 'isolation chroot lets no command make a device',
  'buildah special': 'chroot, as buildah is run here, lets no command make a device',
  'buildah onbuild': 'buildah 1.28 runs no ONBUILD that another stage of the file left',
  'docker chmod':
    'BuildKit gives folders that it makes the mode of --chmod since 0.9; this engine has 0.8',
  'docker mounts': 'BuildKit removes the folders that it made to mount something since 0.9',
  'docker copy': 'the engine of Debian 12 (20.10) knows no here-documents of COPY',
  'docker run': 'the engine of Debian 12 (20.10) knows no here-documents of RUN',
  'buildah config':
    'buildah leaves out directories that only WORKDIR makes; docker and BuildKit make them',
};

const KINDS = [...BUILDERS, ENGINE];
const DOCKERFILES = readdirSync(CORPUS).filter((name) => !name.includes('.'));

let directory: string;
const worlds = new Map<string, BuilderWorld>();
const reference = new Map<string, ImageContents>();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lzp-'));
  await open('embedded');
  for (const name of DOCKERFILES) reference.set(name, await build('embedded', name));
});
afterAll(async () => {
  for (const world of worlds.values()) await world.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(builder: string): Promise<void> {
  const kind = KINDS.find(({ name }) => name === builder)!;
  const own = join(directory, builder);
  mkdirSync(own);
  worlds.set(builder, await kind.open(own));
}

async function build(builder: string, name: string): Promise<ImageContents> {
  const own = join(directory, `${builder}-${name}`);
  mkdirSync(own);
  const log: string[] = [];
  const request: BuildRequest = {
    contextDirectory: makeContext(own, name),
    dockerfile: 'Dockerfile',
    buildArgs: new Map([['VERSION', '2']]),
    platform: { os: 'linux', architecture: 'amd64' },
    credentialsFor: () => undefined,
    log: (line) => log.push(line),
  };
  const built = await worlds.get(builder)!.builder.build(request);
  const contents = await readImage(built, own);
  rmSync(built.layoutDirectory, { recursive: true });
  return contents;
}

/** What every builder must agree on; times and the tool's own labels are left out. */
function settingsOf({ config, architecture, os }: ImageConfig) {
  const { Labels = {}, Env = [], ...others } = config ?? {};
  const labels = Object.entries(Labels).filter(([name]) => name !== 'io.buildah.version');
  // Whether an image without a base states the default PATH is each builder's own way.
  const environment = Env.filter((entry) => !entry.startsWith('PATH='));
  const { WorkingDir, ...rest } = others;
  return {
    ...{ architecture, os, Labels: Object.fromEntries(labels), Env: environment },
    // "/" and nothing mean the same.
    WorkingDir: WorkingDir === '/' ? '' : (WorkingDir ?? ''),
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
  };
}

describe.each(KINDS.filter(({ name }) => name !== 'embedded'))('$name', (kind) => {
  const missing = missingPrograms(kind);
  describe.skipIf(missing.length > 0)('makes the same image as embedded of', () => {
    beforeAll(() => open(kind.name));

    it.each(DOCKERFILES)('%s', async (name) => {
      const reason = DIFFERENCES[`${kind.name} ${name}`];
      if (reason !== undefined) {
        // Listed as long as it is true.
        await expect(compare(kind.name, name), reason).rejects.toThrow();
        return;
      }
      await compare(kind.name, name);
    });
  });
});

async function compare(builder: string, name: string): Promise<void> {
  const expected = reference.get(name)!;
  const found = await build(builder, name);
  expect(found.files).toEqual(expected.files);
  expect(settingsOf(found.config)).toEqual(settingsOf(expected.config));
}
