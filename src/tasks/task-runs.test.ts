import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeRuntime } from '../../test/support/fake-runtime.js';
import type { JsonObject } from '../base/json.js';
import { makeTar } from '../build/embedded/testing/build-fixture.js';
import { parseManifest } from '../oci/manifest.js';
import { RunWorld, type SourceEntries } from './testing/run-world.js';

let world: RunWorld;
/** What the shells of `cmd` steps do: `bash` succeeds, `sh` fails. */
let runtime: FakeRuntime;

beforeEach(async () => {
  runtime = new FakeRuntime({
    bash: { exitCode: 0, output: 'hello from bash\n' },
    sh: { exitCode: 3 },
    serve: {},
  });
  world = await RunWorld.open({ runtime });
});
afterEach(() => world.close());

const encoded = (text: string, change: JsonObject = {}): JsonObject => ({
  type: 'EncodedTaskRunRequest',
  encodedTaskContent: Buffer.from(text).toString('base64'),
  platform: { os: 'linux', architecture: 'amd64' },
  ...change,
});

const SOURCE: SourceEntries = [
  { name: 'Dockerfile', content: 'FROM scratch\nCOPY hello /\n' },
  { name: 'Dockerfile.amd64', content: 'FROM scratch\nCOPY hello /\n' },
  { name: 'Dockerfile.arm64', content: 'FROM --platform=linux/arm64 scratch\nCOPY hello /\n' },
  { name: 'hello', content: 'ELF' },
];

const guide = (name: string): string => {
  const file = new URL(`yaml/baselines/guide-${name}.yaml`, import.meta.url);
  return readFileSync(fileURLToPath(file), 'utf8');
};

const platformsAt = (name: string): unknown => {
  const pushed = world.registry.manifests.get(name);
  const parsed = pushed && parseManifest(pushed.bytes, pushed.mediaType);
  return parsed?.kind === 'index' && parsed.index.manifests.map((entry) => entry.platform);
};

const BOTH = [
  { architecture: 'amd64', os: 'linux' },
  { architecture: 'arm64', os: 'linux' },
];

describe('the task files of the multi-architecture guide', () => {
  it('multi-step: leaves an index', async () => {
    const sourceLocation = await world.uploadSource([
      ...SOURCE,
      { name: 'acr-task.yaml', content: guide('multi-step') },
    ]);
    const { run, log } = await world.finish({
      type: 'FileTaskRunRequest',
      taskFilePath: 'acr-task.yaml',
      sourceLocation,
    });
    expect(log).toMatch(/Created manifest list localhost:5001\/myimage:latest/);
    expect(run).toMatchObject({ status: 'Succeeded', runType: 'QuickRun' });
    expect(platformsAt('myimage/latest')).toEqual(BOTH);
    expect(run.outputImages.map(({ tag }) => tag)).toEqual(['ca1-amd64', 'ca1-arm64', 'latest']);
  });

  it('buildx: leaves an index', async () => {
    const sourceLocation = await world.uploadSource([
      ...SOURCE,
      { name: 'acb.yaml', content: guide('buildx') },
    ]);
    const { run, log } = await world.finish({ type: 'FileTaskRunRequest', sourceLocation });
    expect(log).toMatch(/multiarch\r\n/);
    expect(run.status).toBe('Succeeded');
    expect(platformsAt('myimage/ca1')).toEqual(BOTH);
  });
});

describe('images of a run', () => {
  it('are built on each other, and only pushed when a step says so', async () => {
    const sourceLocation = await world.uploadSource([
      { name: 'base/Dockerfile', content: 'FROM scratch\nCOPY Dockerfile /base\n' },
      { name: 'app/Dockerfile', content: 'FROM base:1\nCOPY Dockerfile /app\n' },
    ]);
    const { run, log } = await world.finish(
      encoded(
        'version: v1.1.0\nsteps:\n  - build: -t base:1 base\n  - build: -t $Registry/app:1 app\n' +
          '  - cmd: docker tag $Registry/app:1 $Registry/app:2 && docker push $Registry/app:2\n',
        { sourceLocation },
      ),
    );
    expect(log).toContain('was successful');
    expect(run.outputImages).toMatchObject([{ repository: 'app', tag: '2' }]);
    expect([...world.registry.manifests.keys()].filter((key) => !key.includes('sha256'))).toEqual([
      'app/2',
    ]);
  });

  it('that are not there cannot be pushed', async () => {
    const { run, log } = await world.finish(encoded('steps: [{push: nope:1}]\n'));
    expect(run.status).toBe('Failed');
    expect(log).toContain('An image does not exist locally with the tag: nope:1');
  });
});

describe('steps', () => {
  const outcome = async (steps: string, change: JsonObject = {}) => {
    const { run, log } = await world.finish(encoded(`steps:\n${steps}`, change));
    const executed = [...log.matchAll(/Executing step ID: (\S+?)\./g)].map(([, id]) => id);
    return { status: run.status, error: run.runErrorMessage, executed, log };
  };

  it('run in the order of when', async () => {
    const { status, executed } = await outcome(
      '  - {id: last, cmd: bash x, when: [a, b]}\n  - {id: a, cmd: bash x, when: ["-"]}\n  - {id: b, cmd: bash x, when: [a]}\n',
    );
    expect(status).toBe('Succeeded');
    expect(executed).toEqual(['a', 'b', 'last']);
  });

  it('stop at the first failure', async () => {
    const { status, executed, error, log } = await outcome(
      '  - {id: a, cmd: sh x}\n  - {id: b, cmd: bash x}\n',
    );
    expect([status, executed]).toEqual(['Failed', ['a']]);
    expect(error).toBe('failed during run, err: exit status 3');
    expect(log).toMatch(/failed to run step ID: a: exit status 3\r\n/);
  });

  it('are tried again, and their errors ignored, when they say so', async () => {
    const { status, executed, log } = await outcome(
      '  - {id: a, cmd: sh x, retries: 2, ignoreErrors: true}\n  - {id: b, cmd: bash x, repeat: 1}\n',
    );
    expect([status, executed]).toEqual(['Succeeded', ['a', 'a', 'a', 'b', 'b']]);
    expect(log).toContain('hello from bash');
  });

  it('that are detached are ended with the run', async () => {
    const { status, executed } = await outcome(
      '  - {id: web, cmd: sh x, entryPoint: serve, detach: true}\n  - {id: b, cmd: bash x}\n',
    );
    expect([status, executed]).toEqual(['Succeeded', ['web', 'b']]);
    expect(runtime.running()).toEqual([]);
    expect(runtime.sandboxes.size).toBe(0);
  });

  it('take no longer than their timeout', async () => {
    const { status, error } = await outcome('  - {cmd: sh x, entryPoint: serve, timeout: 1}\n');
    expect([status, error]).toEqual([
      'Failed',
      'failed during run, err: the step took longer than 1 seconds',
    ]);
    expect(runtime.running()).toEqual([]);
  });

  it.each([
    ['cmd: docker run x', /docker run is not implemented here/],
    ['cmd: docker build --label a=b .', /the option --label is not implemented/],
    ['cmd: docker build ../..', /outside of \/workspace/],
    ['cmd: docker build out', /leads out of \/workspace/],
    ['cmd: docker push a | cat', /'\|' needs a shell/],
    ['cmd: docker manifest push $Registry/a:1', /there is no draft of/],
    ['cmd: acr purge --ago 1d', /needs --filter/],
    ['cmd: bash x, privileged: true', /privileged containers are not implemented/],
    ['cmd: Bad:Name', /invalid reference format: 'Bad:Name'/],
  ])('refuse {%s}', async (step, message) => {
    const sourceLocation = await world.uploadSource([
      { name: 'out', type: 'symlink', linkname: '/etc' },
    ]);
    const text = `version: v1.1.0\nsteps:\n  - {${step.replaceAll('|', '"|"').replace(/^cmd: (.*?)(, privileged.*)?$/, "cmd: '$1'$2")}}\n`;
    const { run, log } = await world.finish(
      encoded(text.replaceAll('"|"', '|'), { sourceLocation }),
    );
    expect(log).toMatch(message);
    expect(run.status).toBe('Failed');
  });
});

describe('a task file that makes no sense', () => {
  it('fails the run with its place, and the log is whole', async () => {
    const { run, log, complete } = await world.finish(
      encoded('steps:\n  - cmd: x\n    wen: [y]\n'),
    );
    expect(run.status).toBe('Failed');
    expect(run.runErrorMessage).toMatch(/^failed to unmarshal task, err: acb\.yaml:3:5: .*'wen'/);
    expect(log).toMatch(/\r\n {6}wen: \[y\]\r\n {6}\^\r\n/);
    expect([complete, log.trimEnd().split('\r\n').at(-1)]).toEqual([
      'failed',
      expect.stringMatching(/^Run ID: ca1 failed after \d+s\. Error: failed to unmarshal/),
    ]);
  });

  it('that is not in the source is named', async () => {
    const sourceLocation = await world.uploadSource(SOURCE);
    const body = { type: 'FileTaskRunRequest', taskFilePath: '../x', sourceLocation };
    expect((await world.finish(body)).run.runErrorMessage).toMatch(/has no file '\.\.\/x'/);
  });
});

describe('values', () => {
  it('come from the file and from the request, and secrets never show', async () => {
    const sourceLocation = await world.uploadSource([
      {
        name: 'acb.yaml',
        content: 'steps:\n  - cmd: docker manifest rm {{.Values.a}}{{.Values.b}}{{.Values.c}}\n',
      },
      { name: 'values.yaml', content: 'a: one\nb: two\n' },
    ]);
    const { log } = await world.finish({
      type: 'FileTaskRunRequest',
      valuesFilePath: 'values.yaml',
      values: [
        { name: 'b', value: 'deux' },
        { name: 'c', value: 's3cret', isSecret: true },
      ],
      sourceLocation,
    });
    expect(log).toContain('onedeux***');
    expect(log).not.toContain('s3cret');
  });
});

describe('sources', () => {
  it('are cloned from git, at a branch and in a folder', async () => {
    const repository = path.join(world.directory, 'app.git');
    const git = (...args: string[]): string =>
      execFileSync(
        'git',
        ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args],
        {
          encoding: 'utf8',
        },
      );
    mkdirSync(path.join(repository, 'sub'), { recursive: true });
    git('init', '-q', '-b', 'main');
    writeFileSync(
      path.join(repository, 'sub/acb.yaml'),
      'steps: [{cmd: "docker manifest rm x{{.Run.Commit}}"}]\n',
    );
    git('add', '.');
    git('commit', '-q', '-m', 'x');
    const { log } = await world.finish({
      type: 'FileTaskRunRequest',
      sourceLocation: `file://${repository}#main:sub`,
    });
    expect(log).toContain(`No such manifest: x${git('rev-parse', 'HEAD').trim()}`);
  });

  it('are fetched as archives', async () => {
    const archive = gzipSync(
      await makeTar([{ name: 'acb.yaml', content: 'steps: [{cmd: bash x}]\n' }]),
    );
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/x.tar.gz' ? 200 : 404).end(archive);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const at = async (name: string) =>
        (await world.finish({ type: 'FileTaskRunRequest', sourceLocation: `${base}/${name}` })).run;
      expect((await at('x.tar.gz')).status).toBe('Succeeded');
      expect((await at('gone.tar.gz')).runErrorMessage).toMatch(/gone\.tar\.gz answered 404/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('that are not there fail the run in the words of git', async () => {
    const { run } = await world.finish({
      type: 'FileTaskRunRequest',
      sourceLocation: `file://${world.directory}/gone.git`,
    });
    expect(run.status).toBe('Failed');
    expect(run.runErrorMessage).toMatch(/failed to download source code, err: git fetch failed:/);
  });
});

describe('a run that has ended', () => {
  it.each(['steps: [{cmd: bash x}]', 'steps: [{cmd: sh x}]', 'nonsense'])(
    'leaves nothing: %s',
    async (text) => {
      await world.finish(encoded(text));
      expect(readdirSync(path.join(world.directory, 'tasks', 'work'))).toEqual([]);
      expect(runtime.sandboxes.size).toBe(0);
    },
  );
});
