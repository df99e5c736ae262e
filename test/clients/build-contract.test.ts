import {
  createReadStream,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decompress } from '../../src/build/embedded/tree/layer-reader.js';
import { BuildError, type BuildRequest, type BuiltImage } from '../../src/build/image-builder.js';
import { foreignProgram } from '../conformance/container-runtime-images.js';
import { readImage } from './build-image-files.js';
import { BUILDERS, contextWith, missingPrograms, type BuilderWorld } from './build-worlds.js';

const BASE = 'FROM scratch\nADD rootfs.tar /\n';
const SECRET = 'correct-horse-battery-staple';

/** What a builder takes for no failure, and why we do not follow. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'buildx: a COPY of nothing by a wildcard': 'BuildKit copies nothing and says nothing',
};

/** What is wrong, the Dockerfile, and what every builder says of it. */
const FAILURES: readonly [string, string, readonly RegExp[]][] = [
  ['an unknown instruction', `${BASE}COPPY a b\n`, [/unknown instruction/i, /coppy/i]],
  [
    'an instruction without arguments',
    `${BASE}COPY files/a.txt\n`,
    [/COPY/, /requires? at least/i],
  ],
  ['a stage that is not there', `${BASE}COPY --from=nowhere /a /b\n`, [/nowhere/]],
  ['a target that is not there', BASE, [/elsewhere/]],
  ['a COPY of nothing', `${BASE}COPY absent.txt /\n`, [/absent\.txt/]],
  [
    'a COPY of nothing by a wildcard',
    `${BASE}COPY absent* /\n`,
    [/absent\*|no (?:source )?files|no items/i],
  ],
  ['a COPY out of the context', `${BASE}COPY ../outside.txt /\n`, [/outside\.txt/]],
  ['a link out of the context', `${BASE}COPY trap /\n`, [/trap|outside\.txt/]],
  [
    'a command that fails',
    `${BASE}RUN echo first\nRUN echo "so sad" >&2; exit 7\n`,
    [/so sad/, /(?:code|status):? 7\b/, /RUN echo "so sad"|\/bin\/sh -c echo "so sad"/],
  ],
  ['a program that is not there', `${BASE}RUN ["/bin/absent"]\n`, [/\/bin\/absent/]],
  [
    'a program for a machine without emulator',
    `${BASE}COPY --chmod=755 foreign /foreign\nRUN ["/foreign"]\n`,
    [/exec format error/i],
  ],
  [
    'a secret that is required and not given',
    `${BASE}RUN --mount=type=secret,id=other,required=true true\n`,
    [/other/],
  ],
];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lzc-'));
  writeFileSync(join(directory, 'outside.txt'), SECRET);
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe.each(BUILDERS)('the builder $name', (kind) => {
  const missing = missingPrograms(kind);
  describe.skipIf(missing.length > 0)('keeps the contract:', () => {
    let world: BuilderWorld;
    const log: string[] = [];
    beforeAll(async () => {
      const own = join(directory, kind.name);
      mkdirSync(own);
      world = await kind.open(own);
    });
    afterAll(() => world.close());

    function build(dockerfile: string, request: Partial<BuildRequest> = {}): Promise<BuiltImage> {
      const contextDirectory = contextWith(directory, dockerfile);
      symlinkSync('../outside.txt', join(contextDirectory, 'trap'));
      writeFileSync(join(contextDirectory, 'foreign'), foreignProgram());
      log.length = 0;
      return world.builder.build({
        contextDirectory,
        dockerfile: 'Dockerfile',
        buildArgs: new Map(),
        platform: { os: 'linux', architecture: 'amd64' },
        credentialsFor: () => undefined,
        log: (line) => log.push(line),
        ...request,
      });
    }

    it.each(FAILURES)('%s fails the build and is named', async (what, dockerfile, words) => {
      const target = what.startsWith('a target') ? { target: 'elsewhere' } : {};
      const before = readdirSync(tmpdir()).filter((name) =>
        name.startsWith(`lazurite-${kind.name}`),
      );
      const failure: unknown = await build(dockerfile, target).catch((error: unknown) => error);
      if (DIFFERENCES[`${kind.name}: ${what}`] !== undefined) {
        expect(failure).not.toBeInstanceOf(Error); // listed as long as it is true
        return;
      }
      expect(failure).toBeInstanceOf(BuildError);
      for (const word of words) expect((failure as BuildError).message).toMatch(word);
      expect([...log, (failure as BuildError).message].join('\n')).not.toContain(SECRET);
      const after = readdirSync(tmpdir()).filter((name) =>
        name.startsWith(`lazurite-${kind.name}`),
      );
      expect(after).toEqual(before);
    });

    it('a secret is there for its command, and in no layer, history or log', async () => {
      const see =
        'RUN --mount=type=secret,id=token cat /run/secrets/token && cp /etc/group /made\n';
      const built = await build(`${BASE}${see}`, { secrets: new Map([['token', SECRET]]) });
      const { files } = await readImage(built, mkdtempSync(join(directory, 'read-')));
      expect(files).toContainEqual(expect.stringMatching(/ made /));
      for (const blob of await blobsOf(built)) expect(blob.includes(SECRET)).toBe(false);
      expect(log.join('\n')).not.toContain(SECRET);
      rmSync(built.layoutDirectory, { recursive: true });
    });

    it('a command that prints a secret and fails does not tell it', async () => {
      const see = 'RUN --mount=type=secret,id=token cat /run/secrets/token; exit 3\n';
      const failure: unknown = await build(`${BASE}${see}`, {
        secrets: new Map([['token', SECRET]]),
      }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(BuildError);
      expect([...log, (failure as BuildError).message].join('\n')).not.toContain(SECRET);
    });

    it('what is bound is not written to, unless rw says so, and then not kept', async () => {
      const bind = 'RUN --mount=type=bind,source=files,target=/mnt';
      const built = await build(`${BASE}${bind},rw touch /mnt/new && cp /mnt/new /kept\n`);
      const { files } = await readImage(built, mkdtempSync(join(directory, 'read-')));
      expect(files.filter((file) => /(?:new|kept)/.test(file))).toHaveLength(1);
      rmSync(built.layoutDirectory, { recursive: true });
      if (kind.name === 'copying') return; // what is a copy can be written to
      await expect(build(`${BASE}${bind} touch /mnt/new\n`)).rejects.toThrow(BuildError);
    });

    it('arguments, target, annotations and compression are what was asked for', async () => {
      const stages = `${BASE}ARG WHO=nobody\nLABEL who=$WHO\nFROM scratch AS first\nCOPY files/a.txt /first\nFROM scratch\nCOPY files/b.txt /last\n`;
      const built = await build(stages.replace('FROM scratch\n', 'FROM scratch AS base\n'), {
        buildArgs: new Map([['WHO', 'me']]),
        target: 'base',
        compression: 'zstd',
        annotations: new Map([['org.example.note', 'yes']]),
      });
      const { config } = await readImage(built, mkdtempSync(join(directory, 'read-')));
      expect(config.config?.Labels).toMatchObject({ who: 'me' });
      const manifest = JSON.parse(readBlob(built, built.manifest.digest).toString()) as {
        annotations: Record<string, string>;
        layers: { mediaType: string }[];
      };
      expect(manifest.annotations).toMatchObject({ 'org.example.note': 'yes' });
      for (const { mediaType } of manifest.layers) expect(mediaType).toMatch(/\+zstd$/);
      rmSync(built.layoutDirectory, { recursive: true });
    });

    it('an abort ends it', async () => {
      const contextDirectory = contextWith(directory, `${BASE}RUN echo started; sleep 600\n`);
      const controller = new AbortController();
      const request: BuildRequest = {
        contextDirectory,
        dockerfile: 'Dockerfile',
        buildArgs: new Map(),
        platform: { os: 'linux', architecture: 'amd64' },
        credentialsFor: () => undefined,
        log: (line) => {
          if (/^(?:#\d+ [\d.]+ )?started$/.test(line)) controller.abort(new Error('enough'));
        },
      };
      await expect(world.builder.build(request, controller.signal)).rejects.toThrow('enough');
    });
  });
});

function readBlob({ layoutDirectory }: BuiltImage, digest: string): Buffer {
  return readFileSync(join(layoutDirectory, 'blobs', 'sha256', digest.slice('sha256:'.length)));
}

/** Everything that would be pushed, layers decompressed. */
async function blobsOf({ layoutDirectory }: BuiltImage): Promise<Buffer[]> {
  const folder = join(layoutDirectory, 'blobs', 'sha256');
  const blobs = readdirSync(folder).map(async (name) =>
    buffer(await decompress(createReadStream(join(folder, name)))),
  );
  return Promise.all(blobs);
}
