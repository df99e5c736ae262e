import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFixture, makeTar } from './testing/build-fixture.js';
import { ScriptedRuntime, type Program } from './testing/scripted-runtime.js';

let runtime: ScriptedRuntime;
let fixture: BuildFixture;
beforeEach(async () => {
  runtime = new ScriptedRuntime();
  fixture = await BuildFixture.create({ runtime });
});
afterEach(() => fixture.remove());

const asRoot = process.getuid?.() === 0;

describe('RUN', () => {
  it('turns what the command changed into a layer', async () => {
    runtime.programs.set('change', async (root) => {
      await mkdir(path.join(root, 'new/deep'), { recursive: true });
      await writeFile(path.join(root, 'new/deep/file'), 'N', { mode: 0o640 });
      await link(path.join(root, 'new/deep/file'), path.join(root, 'new/twin'));
      await symlink('deep', path.join(root, 'new/link'));
      await writeFile(path.join(root, 'etc/changed'), 'after!');
      await rm(path.join(root, 'etc/gone'));
      await rm(path.join(root, 'tree'), { recursive: true });
      await chmod(path.join(root, 'etc/mode'), 0o600);
      await mkdir(path.join(root, 'proc'));
      await writeFile(path.join(root, 'etc/resolv.conf'), 'not ours');
      return 0;
    });
    const { layers } = await fixture.build('FROM scratch\nCOPY . /\nRUN change\n', {
      'etc/changed': 'before',
      'etc/gone': 'x',
      'etc/mode': 'x',
      'etc/same': 'x',
      'tree/a/b': 'x',
    });
    expect(layers[1]).toEqual([
      '644 0:0 .wh.tree',
      '755 0:0 etc/',
      '644 0:0 etc/.wh.gone',
      '644 0:0 etc/changed = after!',
      '600 0:0 etc/mode = x',
      '755 0:0 new/',
      '755 0:0 new/deep/',
      '640 0:0 new/deep/file = N',
      '777 0:0 new/link -> deep',
      '640 0:0 new/twin -> new/deep/file',
    ]);
  });

  it('sees files of earlier instructions, and later ones see its', async () => {
    runtime.programs.set('read', async (root) => {
      const text = await readFile(path.join(root, 'w/in'), 'utf8');
      await writeFile(path.join(root, 'w/out'), text.toUpperCase());
      return 0;
    });
    runtime.programs.set('swap', async (root) => {
      expect(await readFile(path.join(root, 'w/extra'), 'utf8')).toBe('E');
      await rename(path.join(root, 'w/out'), path.join(root, 'w/moved'));
      return 0;
    });
    const { layers } = await fixture.build(
      'FROM scratch AS one\nWORKDIR /w\nCOPY in .\nRUN read\nCOPY extra .\nRUN swap\nFROM scratch\nCOPY --from=one /w/moved /result\n',
      { in: 'text', extra: 'E' },
    );
    expect(layers).toEqual([['644 0:0 result = TEXT']]);
    expect(runtime.open).toBe(0);
  });

  it('gives the command its environment, user and directory', async () => {
    runtime.programs.set('env', async () => 0);
    await fixture.build(
      'FROM scratch\nARG A=arg\nARG B=arg\nENV B=env PATH=/p\nUSER 7:8\nWORKDIR /w\nSHELL ["/sh", "-e"]\nRUN env\nRUN ["exec", "env"]\n',
      {},
      { buildArgs: new Map([['HTTPS_PROXY', 'http://proxy']]) },
    );
    expect(runtime.specs.map((spec) => spec.argv)).toEqual([
      ['/sh', '-e', 'env'],
      ['exec', 'env'],
    ]);
    expect(runtime.specs[0]).toMatchObject({ user: '7:8', workingDir: '/w' });
    expect(runtime.specs[0]!.env).toEqual([
      'PATH=/p',
      'HOME=/root',
      'HTTPS_PROXY=http://proxy',
      'A=arg',
      'B=env',
    ]);
  });

  it('shows the output line by line', async () => {
    runtime.programs.set('talk', async (_root, spec) => {
      spec.onOutput?.('stdout', Buffer.from('one\ntw'));
      spec.onOutput?.('stderr', Buffer.from('o\r\nthree'));
      return 0;
    });
    const { log } = await fixture.build('FROM scratch\nRUN talk\n');
    expect(log.slice(3, 6)).toEqual([expect.stringMatching(/Running in/), 'one', 'two']);
    expect(log).toContain('three');
  });

  it('runs here-documents', async () => {
    runtime.programs.set('a\nb\n', async () => 0);
    runtime.programs.set('cat <<X > /f\nbody\nX\n', async () => 0);
    await fixture.build('FROM scratch\nRUN <<EOF\na\nb\nEOF\nRUN cat <<X > /f\nbody\nX\n');
    expect(runtime.specs).toHaveLength(2);
  });

  it.each([
    [
      'RUN fail',
      /^The command '\/bin\/sh -c fail' returned a non-zero code: 3\nDockerfile:2:1: RUN failed in step 2 of 2, for linux\/amd64\n {2}RUN fail\n {2}\^\n.*last lines of its output:\n {2}\| so sad$/,
    ],
    ['RUN nowhere', /could not be started: no such file/],
    ['RUN --network=moon x', /--network=moon is unknown/],
    ['RUN --security=insecure x', /--security=insecure is refused/],
    ['RUN --mount=type=ssh x', /not implemented/],
  ])('%s fails the build', async (instruction, message) => {
    runtime.programs.set('fail', async (_root, spec) => {
      spec.onOutput?.('stderr', Buffer.from('so sad\n'));
      return 3;
    });
    const error = await fixture.failure(`FROM scratch\n${instruction}\n`);
    expect(error.message).toMatch(message);
    expect(error.line).toBe(2);
    expect(runtime.open).toBe(0);
  });

  it('limits what the command may use, and where it may go', async () => {
    runtime.programs.set('x', async () => 0);
    const limits = { cpu: 0.5, memoryBytes: 1 << 26 };
    await fixture.build('FROM scratch\nRUN --network=none x\nRUN x\n', {}, { limits });
    expect(runtime.specs.map((spec) => spec.limits)).toEqual([limits, limits]);
    expect(runtime.networks).toEqual(['none', 'host']);
  });

  it('refuses to cut a command off where it has no network of its own', async () => {
    runtime.info.ownNetwork = false;
    const error = await fixture.failure('FROM scratch\nRUN --network=none x\n');
    expect(error.message).toMatch(/needs a network of its own, which isolation process does not/);
    expect(runtime.specs).toEqual([]);
  });

  it('runs a script with an interpreter of its own, and leaves nothing of it', async () => {
    runtime.programs.set('/.lazurite-script', async (root) => {
      const script = path.join(root, '.lazurite-script');
      expect(await readFile(script, 'utf8')).toBe('#!/usr/bin/python3\nprint(1)\n');
      expect((await stat(script)).mode & 0o777).toBe(0o755);
      return 0;
    });
    const { layers } = await fixture.build(
      'FROM scratch\nRUN <<EOF\n#!/usr/bin/python3\nprint(1)\nEOF\n',
    );
    expect(layers).toEqual([]);
  });

  it.runIf(asRoot)('keeps owners of a base on the disk', async () => {
    runtime.programs.set('look', async (root) => {
      await rename(path.join(root, 'owned'), path.join(root, 'moved'));
      return 0;
    });
    const { layers } = await fixture.build(
      'FROM scratch\nADD a.tar /\nCOPY --chown=3:4 x /owned\nRUN look\n',
      { 'a.tar': await makeTar([{ name: 'd/', type: 'directory', mode: 0o1777 }]), x: 'x' },
    );
    expect(layers[2]).toEqual(['644 0:0 .wh.owned', '644 3:4 moved = x']);
  });
});

describe('the cache', () => {
  const dockerfile =
    'FROM scratch\nCOPY in /in\nRUN upper\nRUN nothing\nWORKDIR /w\nCOPY --chmod=600 in .\n';
  const upper: Program = async (root) => {
    const text = await readFile(path.join(root, 'in'), 'utf8');
    await writeFile(path.join(root, 'out'), text.toUpperCase());
    return 0;
  };
  beforeEach(() => {
    runtime.programs.set('upper', upper);
    runtime.programs.set('nothing', async () => 0);
  });
  const runs = () => runtime.specs.length;

  it('gives the same image without running anything again', async () => {
    const first = await fixture.build(dockerfile, { in: 'a' });
    const second = await fixture.build(dockerfile, { in: 'a' });
    expect(second.digest).toBe(first.digest);
    expect(runs()).toBe(2);
    expect(second.log.filter((line) => line === ' ---> Using cache')).toHaveLength(5);
  });

  it('is passed over by noCache', async () => {
    await fixture.build(dockerfile, { in: 'a' });
    await fixture.build(dockerfile, { in: 'a' }, { noCache: true });
    expect(runs()).toBe(4);
  });

  it('is not used once something differs', async () => {
    await fixture.build(dockerfile, { in: 'a' });
    const changed = await fixture.build(dockerfile, { in: 'b' });
    expect(changed.layers[1]).toEqual(['644 0:0 out = B']);
    await fixture.build(`FROM scratch\nENV X=1\n${dockerfile.slice(13)}`, { in: 'a' });
    expect(runs()).toBe(6);
  });

  it('serves commands and copies that come after it', async () => {
    await fixture.build('FROM scratch\nCOPY in /in\nRUN upper\n', { in: 'a' });
    runtime.programs.set('check', async (root) => {
      expect(await readFile(path.join(root, 'out'), 'utf8')).toBe('A');
      return 0;
    });
    const { layers } = await fixture.build(
      'FROM scratch AS x\nCOPY in /in\nRUN upper\nRUN check\nFROM scratch\nCOPY --from=x /out /y\n',
      { in: 'a' },
    );
    expect(layers).toEqual([['644 0:0 y = A']]);
    expect(runs()).toBe(2);
  });

  it('heals when its files are damaged', async () => {
    const first = await fixture.build(dockerfile, { in: 'a' });
    const cache = path.join(fixture.directory, 'state/cache');
    for (const kind of ['blobs', 'steps']) {
      for (const name of await readdir(path.join(cache, kind))) {
        await writeFile(path.join(cache, kind, name), kind === 'blobs' ? '' : '{"layer"');
      }
    }
    await rm(path.join(cache, 'blobs'), { recursive: true });
    expect((await fixture.build(dockerfile, { in: 'a' })).digest).toBe(first.digest);
  });
});
