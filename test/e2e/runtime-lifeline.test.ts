import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import {
  createEmbeddedRuntime,
  describeIsolation,
} from '../../src/runtime/embedded/embedded-runtime.js';
import { removeTree } from '../../src/storage/remove-tree.js';
import { helloProgram, imageOf } from '../conformance/container-runtime-images.js';
import { commandOf, descendants, isAlive } from '../support/processes.js';
import { startVictim } from '../support/victim.js';

const SANDBOXES = 5;
const levels = process.platform === 'linux' ? await describeIsolation() : [];

for (const { level } of levels.filter(({ works }) => works)) {
  describe(`nothing is left behind: level ${level}, uid ${process.geteuid?.()}`, () => {
    let stateDirectory: string;

    beforeEach(async () => {
      stateDirectory = await realpath(await mkdtemp(join(tmpdir(), 'lazurite-lifeline-')));
    });
    afterEach(async () => {
      await removeTree(stateDirectory);
    });

    it('when Lazurite is killed, and the next start clears the rest', async () => {
      const victim = await startVictim(stateDirectory, level, SANDBOXES);
      if (process.geteuid?.() === 0) expect(cgroupsOf(stateDirectory)).not.toEqual([]);
      if (victim.egress === 'nat') expect(linksOf(stateDirectory)).toHaveLength(1 + SANDBOXES);
      const family = descendants(victim.child.pid ?? 0);
      expect(family).toEqual(expect.arrayContaining(victim.pids));
      victim.child.kill('SIGKILL');
      await once(victim.child, 'exit');
      await eventually(() => family.filter(isAlive), []);
      await eventually(() => linksOf(stateDirectory), []);
      expect(cgroupsOf(stateDirectory)).toEqual([]);
      expect(await mountsBelow(stateDirectory)).toEqual([]);
      // What nobody is left to remove: folders.
      expect(await readdir(join(stateDirectory, 'sandboxes'))).toHaveLength(SANDBOXES);

      const next = await createEmbeddedRuntime({ stateDirectory, isolation: level });
      expect(await readdir(join(stateDirectory, 'sandboxes'))).toEqual([]);
      const sandbox = await next.createSandbox({ id: 'victim-0', hostname: 'victim' });
      await sandbox.remove();
      await next.close();
      expect(cgroupsOf(stateDirectory)).toEqual([]);
    });

    it.runIf(level === 'namespaces')(
      'when its folder is removed right after it was killed',
      async () => {
        const victim = await startVictim(stateDirectory, level, SANDBOXES);
        const had = linksOf(stateDirectory).length;
        expect(had > 0).toBe(victim.egress === 'nat');
        victim.child.kill('SIGKILL');
        await once(victim.child, 'exit');
        await removeTree(stateDirectory);
        await eventually(() => linksOf(stateDirectory), []);
      },
    );

    it('when a start fails or a container ends by itself', async () => {
      const runtime = await createEmbeddedRuntime({ stateDirectory, isolation: level });
      const image = await runtime.unpack(
        await imageOf([{ name: 'hello', content: helloProgram() }]),
      );
      const sandbox = await runtime.createSandbox({ id: 'short', hostname: 'short' });
      const spec = {
        name: 'app',
        rootfs: { image },
        env: ['EXIT_CODE=0'],
        workingDir: '/',
        user: '',
      };
      await expect(sandbox.run({ ...spec, argv: ['/missing'] })).rejects.toThrow('/missing');
      const container = await sandbox.run({ ...spec, argv: ['/hello'] });
      await container.exited;
      expect(await readdir(join(stateDirectory, 'sandboxes', 'short'))).toEqual([]);
      await runtime.close();
      expect(await readdir(join(stateDirectory, 'sandboxes'))).toEqual([]);
      expect(cgroupsOf(stateDirectory)).toEqual([]);
      expect(await mountsBelow(stateDirectory)).toEqual([]);
    });

    it('in a folder that was lent as a root, but what the program needs', async () => {
      const runtime = await createEmbeddedRuntime({ stateDirectory, isolation: level });
      const directory = join(stateDirectory, 'lent');
      await mkdir(join(directory, 'etc'), { recursive: true });
      await writeFile(join(directory, 'hello'), helloProgram(), { mode: 0o755 });
      await writeFile(join(directory, 'etc', 'hosts'), 'its own');
      const sandbox = await runtime.createSandbox({
        id: 'lent',
        hostname: 'lent',
        network: 'host',
      });
      const container = await sandbox.run({
        name: 'step',
        rootfs: { directory },
        argv: ['/hello'],
        env: ['EXIT_CODE=3'],
        workingDir: '/made/here',
        user: '',
      });
      expect((await container.exited).code).toBe(3);
      await runtime.close();
      expect((await readdir(directory)).sort()).toEqual(['etc', 'hello', 'made']);
      expect(await readdir(join(directory, 'etc'))).toEqual(['hosts']);
      expect(await readFile(join(directory, 'etc', 'hosts'), 'utf8')).toBe('its own');
    });

    it.runIf(process.geteuid?.() === 0)(
      'although somebody tidied its empty cgroups away',
      async () => {
        const runtime = await createEmbeddedRuntime({ stateDirectory, isolation: level });
        for (const cgroup of cgroupsOf(stateDirectory)) rmdirSync(cgroup);
        const image = await runtime.unpack(
          await imageOf([{ name: 'hello', content: helloProgram() }]),
        );
        const sandbox = await runtime.createSandbox({ id: 'tidied', hostname: 'tidied' });
        const container = await sandbox.run({
          name: 'app',
          rootfs: { image },
          argv: ['/hello'],
          env: ['EXIT_CODE=5'],
          workingDir: '/',
          user: '',
          limits: { cpu: 0.5, memoryBytes: 64 * 1024 * 1024 },
        });
        expect((await container.exited).code).toBe(5);
        await runtime.close();
        expect(cgroupsOf(stateDirectory)).toEqual([]);
      },
    );

    it('when the helper that watches a container is killed', async () => {
      const runtime = await createEmbeddedRuntime({ stateDirectory, isolation: level });
      const image = await runtime.unpack(
        await imageOf([{ name: 'hello', content: helloProgram() }]),
      );
      const sandbox = await runtime.createSandbox({ id: 'watched', hostname: 'watched' });
      const container = await sandbox.run({
        name: 'app',
        rootfs: { image },
        argv: ['/hello'],
        env: [`PORT=${20_000 + (process.pid % 5_000)}`],
        workingDir: '/',
        user: '',
      });
      const helper = descendants(process.pid).find(
        (pid) =>
          basename(commandOf(pid)[0] ?? '').startsWith('cell') && commandOf(pid)[1] === 'run',
      );
      process.kill(helper ?? 0, 'SIGKILL');
      expect((await container.exited).code).toBe(137);
      await eventually(() => isAlive(container.pid), false);
      await runtime.close();
    });
  });
}

describe('an isolation level that this user cannot have', () => {
  it.runIf(process.platform === 'linux' && process.geteuid?.() !== 0)(
    'is refused with the reason and the way out',
    async () => {
      const stateDirectory = await mkdtemp(join(tmpdir(), 'lazurite-refused-'));
      const failure: unknown = await createEmbeddedRuntime({
        stateDirectory,
        isolation: 'chroot',
      }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Failure);
      expect(String(failure)).toMatch(/"chroot" does not work here[^]*only root[^]*doctor/);
      await removeTree(stateDirectory);
    },
  );
});

/** The bridge of a runtime, and its sandboxes' cables to it. */
function linksOf(stateDirectory: string): string[] {
  const key = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 8);
  const names = [`lzr${key}`, `lz${key.slice(0, 6)}-`];
  return readdirSync('/sys/class/net').filter((link) =>
    names.some((name) => link.startsWith(name)),
  );
}

async function mountsBelow(directory: string): Promise<string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  return text.split('\n').filter((line) => line.includes(directory));
}

/** Cgroup folders that a runtime with this state directory made, wherever they are. */
function cgroupsOf(stateDirectory: string, directory = '/sys/fs/cgroup', depth = 0): string[] {
  if (depth > 5 || !existsSync(directory)) return [];
  const key = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 10);
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const path = join(directory, entry.name);
    return entry.name === `lazurite-${key}` ? [path] : cgroupsOf(stateDirectory, path, depth + 1);
  });
}

async function eventually<T>(look: () => T, expected: T): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (JSON.stringify(look()) === JSON.stringify(expected)) return;
    await delay(10);
  }
  expect(look()).toEqual(expected);
}
