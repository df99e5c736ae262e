import {
  link,
  rename,
  mkdir,
  readdir,
  readFile,
  stat,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFixture } from './testing/build-fixture.js';
import { ScriptedRuntime, type Program } from './testing/scripted-runtime.js';

let runtime: ScriptedRuntime;
let fixture: BuildFixture;
beforeEach(async () => {
  runtime = new ScriptedRuntime();
  fixture = await BuildFixture.create({ runtime });
});
afterEach(() => fixture.remove());

describe('RUN --mount', () => {
  const run = (mount: string, program: Program, request = {}, files = {}) => {
    runtime.programs.set('use', program);
    const dockerfile = `FROM scratch\nCOPY . /src\nRUN --mount=${mount} use\n`;
    return fixture.build(dockerfile, { 'a/b': 'B', ...files }, { noCache: true, ...request });
  };

  it('keeps a cache from build to build, out of the layer', async () => {
    const seen: string[] = [];
    const program: Program = async (root) => {
      seen.push(await readFile(path.join(root, 'root/.cache/x'), 'utf8').catch(() => 'none'));
      await writeFile(path.join(root, 'root/.cache/x'), `${seen.length}`);
      await writeFile(path.join(root, 'made'), '');
      return 0;
    };
    const { layers } = await run('type=cache,target=/root/.cache', program);
    await run('type=cache,target=/root/.cache', program);
    await run('type=cache,target=/root/.cache,id=other', program);
    expect(seen).toEqual(['none', '1', 'none']);
    expect(layers[1]).toEqual(['644 0:0 made']);
  });

  it('binds the context and stages, and hides what was there', async () => {
    const { layers } = await run('type=bind,source=a,target=/src/a', async (root) => {
      expect(await readFile(path.join(root, 'src/a/b'), 'utf8')).toBe('B');
      await writeFile(path.join(root, 'src/a/b'), 'changed');
      return 0;
    });
    expect(layers).toHaveLength(1);
  });

  it('gives an empty folder that everybody may write to, and keeps nothing of it', async () => {
    const { layers } = await run('type=tmpfs,target=/src/a', async (root) => {
      expect(await readdir(path.join(root, 'src/a'))).toEqual([]);
      expect((await stat(path.join(root, 'src/a'))).mode & 0o7777).toBe(0o1777);
      await writeFile(path.join(root, 'src/a/x'), '');
      return 0;
    });
    expect(layers).toHaveLength(1);
  });

  it('shows a secret to the command alone', async () => {
    const secrets = new Map([['token', 's3cret']]);
    const program: Program = async (root) => {
      expect(await readFile(path.join(root, 'run/secrets/token'), 'utf8')).toBe('s3cret');
      return 0;
    };
    const outcome = await run('type=secret,id=token', program, { secrets });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    expect(outcome.layers).toHaveLength(1);
  });

  it('gives a secret as a variable, and masks it where the command prints it', async () => {
    const secrets = new Map([['token', 's3cret']]);
    const program: Program = async (_root, spec) => {
      expect(spec.env).toContain('TOKEN=s3cret');
      spec.onOutput?.('stdout', Buffer.from('the token is s3cret!\n'));
      return 0;
    };
    const outcome = await run('type=secret,id=token,env=TOKEN', program, { secrets });
    expect(outcome.log).toContain('the token is ***!');
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
  });

  it('gives each cache one user at a time', async () => {
    let users = 0;
    const program: Program = async (root) => {
      expect(++users).toBe(1);
      await writeFile(path.join(root, 'c', 'x'), '', { flag: 'a' });
      await new Promise((resolve) => setImmediate(resolve));
      users--;
      return 0;
    };
    runtime.programs.set('use', program);
    const stage = (name: string) =>
      `FROM scratch AS ${name}\nENV N=${name}\nRUN --mount=type=cache,target=/c use\nCOPY a /a\n`;
    await fixture.build(
      `${stage('one')}${stage('two')}FROM scratch\nCOPY --from=one /a /1\nCOPY --from=two /a /2\n`,
      { a: 'A' },
    );
    expect(runtime.specs).toHaveLength(2);
  });

  it('never follows a link that the command leaves in its way', async () => {
    const outside = path.join(fixture.directory, 'outside');
    await mkdir(outside);
    await writeFile(path.join(outside, 'token'), 'precious');
    const secrets = new Map([['token', 'x']]);
    const swap: Program = async (root) => {
      await rm(path.join(root, 'run/secrets'), { recursive: true });
      await symlink(outside, path.join(root, 'run/secrets'));
      return 0;
    };
    await expect(run('type=secret,id=token', swap, { secrets })).rejects.toThrow(
      /moved or replaced/,
    );
    expect(await readFile(path.join(outside, 'token'), 'utf8')).toBe('precious');
  });

  it('lets no secret be linked or moved into the layer', async () => {
    const secrets = new Map([['token', 'x']]);
    for (const take of [link, rename]) {
      const program: Program = async (root) => {
        await take(path.join(root, 'run/secrets/token'), path.join(root, 'kept'));
        return 0;
      };
      const build = run('type=secret,id=token', program, { secrets });
      await expect(build).rejects.toThrow(/moved or replaced/);
    }
  });

  it.each([
    ['type=secret,id=token,required=true', /secret token: not found/],
    ['type=cache', /needs a target/],
    ['type=tmpfs,target=/', /cannot cover the root/],
    ['type=cache,target=/x,color=red', /unexpected key 'color'/],
    ['type=cache,target=/x --mount=type=tmpfs,target=/x', /share \/x/],
    ['type=cache,target=/x,mode=u+x', /mode is not a number/],
    ['type=bind,target=/x,from=nope', /nope|reach|resolve/],
    ['type=bind,target=/x,source=../y', /forbidden path/],
  ])('refuses %s', async (mount, message) => {
    await expect(run(mount, async () => 0)).rejects.toThrow(message);
  });
});
