import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDigest } from '../../src/oci/digest.js';
import { ENTRY, lazurite, startServer } from '../support/lazurite-command.js';
import { findTool, run } from './registry-command.js';
import { readTag, tagExists } from './registry-reader.js';
import { startStandalone, type RegistryServer } from './registry-server.js';

const CREDENTIALS = { username: 'me', password: 'correct horse' };
const MACHINES = [
  { suffix: 'amd64', compiler: 'gcc', platform: 'linux/amd64', machine: 'x86_64' },
  {
    suffix: 'arm64',
    compiler: 'aarch64-linux-gnu-gcc',
    platform: 'linux/arm64',
    machine: 'aarch64',
  },
  {
    suffix: 'arm',
    compiler: 'arm-linux-gnueabihf-gcc',
    platform: 'linux/arm/v7',
    machine: 'armv7l',
  },
];
const PROGRAM = `#include <stdio.h>
#include <sys/utsname.h>
int main(int count, char **words) {
  struct utsname names;
  uname(&names);
  FILE *out = count > 1 ? fopen(words[1], "w") : stdout;
  return fprintf(out, "%s\\n", names.machine) < 0;
}`;

let directory: string;
let registry: RegistryServer;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lzb-'));
  registry = await startStandalone({ tls: false, credentials: CREDENTIALS });
  const auth = Buffer.from(`${CREDENTIALS.username}:${CREDENTIALS.password}`).toString('base64');
  writeFileSync(
    join(directory, 'config.json'),
    JSON.stringify({ auths: { [registry.address]: { auth } } }),
  );
  environment = { LAZURITE_HOME: join(directory, 'home'), DOCKER_CONFIG: directory };
});
afterAll(async () => {
  await registry.close();
  rmSync(directory, { recursive: true, force: true });
});

const env = (extra: NodeJS.ProcessEnv = {}) => ({ ...process.env, ...environment, ...extra });
const build = (argv: readonly string[], extra: NodeJS.ProcessEnv = {}) =>
  lazurite(['build', ...argv], { env: env(extra) });

function context(name: string, dockerfile: string): string {
  const folder = join(directory, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Dockerfile'), dockerfile);
  return folder;
}

function withBusybox(name: string, commands: string): string {
  const base =
    'FROM scratch\nCOPY --chmod=755 busybox /bin/busybox\nCOPY --chmod=755 busybox /bin/sh\n';
  const folder = context(name, base + commands);
  copyFileSync(findTool('busybox')!, join(folder, 'busybox'));
  return folder;
}

describe.skipIf(findTool('busybox') === undefined)('lazurite build', () => {
  it('pushes with the credentials of docker, the tag last', async () => {
    const folder = withBusybox('push', 'RUN /bin/busybox mkdir /made\n');
    const result = await build(['-t', `${registry.address}/app:v1`, '--push', '--json', folder]);
    expect(result.stderr).toMatch(/^builder: embedded \(it needs no daemon\)/);
    expect(result.code, result.stderr).toBe(0);
    const { digest } = JSON.parse(result.stdout) as { digest: string };
    expect((await readTag(registry, 'app', 'v1')).digest).toBe(digest);
  });

  it('gives the same digest from another folder with another cache', async () => {
    const fixed = { SOURCE_DATE_EPOCH: '1700000000' };
    const digests = [];
    for (const name of ['first', 'second']) {
      const folder = withBusybox(name, 'RUN echo same > /same\n');
      const home = { ...fixed, LAZURITE_HOME: join(directory, `home-${name}`) };
      digests.push((await build([folder], home)).stdout.trim());
    }
    expect(parseDigest(digests[0]!)).toBeDefined();
    expect(digests[1]).toBe(digests[0]);
  });

  it('is refused with a wrong password, and leaves no tag', async () => {
    const other = join(directory, 'wrong');
    mkdirSync(other);
    const auth = Buffer.from('me:wrong').toString('base64');
    writeFileSync(
      join(other, 'config.json'),
      JSON.stringify({ auths: { [registry.address]: { auth } } }),
    );
    const folder = withBusybox('refused', 'LABEL a=1\n');
    const argv = ['-t', `${registry.address}/app:stolen`, '--push', folder];
    const result = await build(argv, { DOCKER_CONFIG: other });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/unauthorized|authentication|401/i);
    expect(await tagExists(registry, 'app', 'stolen')).toBe(false);
  });

  it('says which step failed, with its last lines', async () => {
    const folder = withBusybox('fails', 'RUN echo so sad >&2; exit 7\n');
    const result = await build([folder]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /non-zero code: 7\nDockerfile:4:1: .*\n.*RUN.*\n +\^\n.*\n {2}\| so sad/,
    );
  });

  it('holds a build to its memory', async () => {
    const folder = withBusybox('hungry', 'RUN /bin/busybox tail -c 200m /dev/zero > /dev/null\n');
    const result = await build(['--memory', '32m', folder]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/non-zero code: 137 \(out of memory\)/);
  });

  it('lets ten builds at once share a cache', async () => {
    const folder = withBusybox(
      'ten',
      'RUN --mount=type=cache,target=/c echo x >> /c/log && /bin/busybox wc -l < /c/log > /lines\nRUN echo done > /done\n',
    );
    const fixed = { SOURCE_DATE_EPOCH: '1700000000', LAZURITE_HOME: join(directory, 'home-ten') };
    const results = await Promise.all(Array.from({ length: 10 }, () => build([folder], fixed)));
    for (const result of results) expect(result.code, result.stderr).toBe(0);
    const again = await build(['--output', `dir:${join(directory, 'ten-files')}`, folder], fixed);
    expect(again.code, again.stderr).toBe(0);
    expect(existsSync(join(directory, 'ten-files', 'done'))).toBe(true);
    expect(again.stderr.match(/CACHED/g)).toHaveLength(4);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('leaves nothing behind after %s', async (signal) => {
    const home = join(directory, `home-${signal}`);
    const folder = withBusybox(
      `killed-${signal}`,
      'RUN --mount=type=cache,target=/kept echo cached > /kept/x; echo started; /bin/busybox sleep 987654\n',
    );
    const argv = [ENTRY, 'build', '-t', `${registry.address}/killed:${signal}`, '--push', folder];
    const child = spawn(process.execPath, argv, {
      env: env({ LAZURITE_HOME: home }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        if (/ started$/m.test(chunk.toString())) resolve();
      });
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
    await untilGone('sleep 987654');
    expect(execFileSync('cat', ['/proc/mounts'], { encoding: 'utf8' })).not.toContain(home);
    expect(await tagExists(registry, 'killed', signal)).toBe(false);
    const look = 'RUN --mount=type=cache,target=/kept /bin/busybox cat /kept/x\n';
    const after = await build([withBusybox(`after-${signal}`, look)], { LAZURITE_HOME: home });
    expect(after.code, after.stderr).toBe(0);
    expect(after.stderr).toMatch(/ cached$/m);
    expect(readdirSync(join(home, 'build', 'work'))).toEqual([]);
    expect(readdirSync(join(home, 'runtime', 'layers', 'work'))).toEqual([]);
  });
});

const missing = MACHINES.filter(({ compiler }) => findTool(compiler) === undefined);
describe.skipIf(missing.length > 0)('an image for three platforms', () => {
  it('runs and reports its architecture on each', async () => {
    const folder = context(
      'arch',
      'FROM scratch\nARG TARGETARCH\nCOPY arch-$TARGETARCH /arch\nRUN ["/arch", "/machine"]\nRUN ["/arch"]\nCMD ["/arch"]\n',
    );
    writeFileSync(join(folder, 'arch.c'), PROGRAM);
    for (const { suffix, compiler } of MACHINES) {
      const target = join(folder, `arch-${suffix}`);
      await run(compiler, ['-static', '-O1', '-o', target, join(folder, 'arch.c')]);
    }
    const platforms = MACHINES.map(({ platform }) => platform).join(',');
    const name = `${registry.address}/arch:v1`;
    const result = await build(['-t', name, '--platform', platforms, '--push', folder]);
    expect(result.code, result.stderr).toBe(0);
    for (const { machine } of MACHINES) {
      expect(result.stderr).toMatch(new RegExp(`^#\\d+ \\S+ ${machine}$`, 'm'));
    }
    const stored = await readTag(registry, 'arch', 'v1');
    expect(stored.platforms).toEqual(['linux/amd64', 'linux/arm64', 'linux/arm']);
  });
});

describe('beside a running Lazurite', () => {
  it('takes base images from its mirror, as apps do', async () => {
    const server = await startServer(join(directory, 'running'));
    const home = { LAZURITE_HOME: server.home };
    try {
      const base = context('base', 'FROM scratch\nLABEL from=the-mirror\n');
      const layout = `oci:${join(directory, 'mirrored')}`;
      expect((await build(['--output', layout, base], home)).code).toBe(0);
      const name = 'registry.example.com/team/base:1';
      const added = await lazurite(['mirror', 'add', name, '--from', layout], { env: env(home) });
      expect(added.code, added.stderr).toBe(0);
      const folder = context('derived', `FROM ${name}\nLABEL more=yes\n`);
      const built = await build([folder], home);
      expect(built.code, built.stderr).toBe(0);
      const absent = context('absent', 'FROM registry.example.com/team/absent:1\n');
      expect((await build([absent], home)).stderr).toMatch(
        /Dockerfile:1:1: .*registry\.example\.com/,
      );
    } finally {
      await server.stop();
    }
  });
});

/** Ends the test's patience, not the process: the lifeline has to do that. */
async function untilGone(command: string): Promise<void> {
  const isThere = (): boolean => {
    const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    return all.split('\n').some((line) => line.endsWith(command));
  };
  const deadline = Date.now() + 20_000;
  while (isThere()) {
    if (Date.now() > deadline) throw new Error(`${command} is still running`);
    await delay(50);
  }
}
