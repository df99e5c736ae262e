import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { BuildFixture, type ContextFiles } from '../../src/build/embedded/testing/build-fixture.js';
import type { ContainerRuntime } from '../../src/runtime/runtime.js';
import { createEmbeddedRuntime } from '../../src/runtime/embedded/embedded-runtime.js';

const PROGRAMS = ['sh', 'cat', 'rm', 'mkdir', 'ln', 'chmod', 'id', 'sleep', 'ls'];

/** This machine's own shell and tools with the libraries they load, as a build context. */
async function toolbox(): Promise<ContextFiles> {
  const files: ContextFiles = {};
  for (const name of PROGRAMS) {
    const program = execFileSync('which', [name], { encoding: 'utf8' }).trim();
    files[`root/bin/${name}`] = await readFile(await realpath(program));
    const libraries = execFileSync('ldd', [program], { encoding: 'utf8' });
    for (const [library] of libraries.matchAll(/\/\S+/g)) {
      files[`root${library}`] = await readFile(await realpath(library));
    }
  }
  return files;
}

let stateDirectory: string;
let runtime: ContainerRuntime;
let fixture: BuildFixture;
let files: ContextFiles;
beforeAll(async () => {
  stateDirectory = await mkdtemp(path.join(tmpdir(), 'lazurite-run-'));
  runtime = await createEmbeddedRuntime({ stateDirectory, clock: systemClock });
  fixture = await BuildFixture.create({ runtime });
  files = await toolbox();
});
afterAll(async () => {
  await runtime.close();
  await fixture.remove();
  await rm(stateDirectory, { recursive: true, force: true });
});

const BASE = 'FROM scratch\nCOPY --chmod=755 root /\n';

describe('RUN in a real sandbox', () => {
  it('changes files', async () => {
    const { layers, log } = await fixture.build(
      `${BASE}RUN mkdir -p /made && echo hello > /made/file && ln -s file /made/link && rm /bin/id && ls /made\n`,
      files,
    );
    expect(layers[1]).toEqual([
      expect.stringMatching(/bin\/$/),
      expect.stringMatching(/bin\/\.wh\.id$/),
      '755 0:0 made/',
      '644 0:0 made/file = hello\n',
      '777 0:0 made/link -> file',
    ]);
    expect(log).toContain('link');
  });

  it('fails with the code of the command, and shows its words', async () => {
    const error = await fixture.failure(`${BASE}RUN echo so sad >&2; exit 7\n`, files);
    expect(error.message).toMatch(/returned a non-zero code: 7/);
    expect(error.line).toBe(3);
  });

  it('stops when the build is aborted', async () => {
    const build = fixture.build(`${BASE}RUN sleep 600\n`, files, {}, AbortSignal.timeout(3000));
    await expect(build).rejects.toThrow(/abort|timeout/i);
  });
});
