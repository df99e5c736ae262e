import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDockerRuntime } from '../../src/runtime/docker/docker-runtime.js';
import type { ContainerRuntime } from '../../src/runtime/runtime.js';
import { Engine } from '../../src/runtime/docker/engine.js';
import { commandOf, descendants, isAlive } from '../support/processes.js';
import { startVictim } from '../support/victim.js';
import { ENGINES, missingFor, startEngine, type TestEngine } from '../support/container-engines.js';
import {
  describeContainerRuntime,
  get,
  type RuntimeTraits,
} from '../conformance/container-runtime.js';
import { helloProgram, imageOf } from '../conformance/container-runtime-images.js';

// Docker and Podman of the tests' own, as the runtime they are.

const TRAITS: Record<string, RuntimeTraits> = {
  docker: { many: 10 },
  // conmon 2.1.6 does not hear of it where cgroups of version 1 and 2 are mixed.
  podman: { many: 10, tellsOutOfMemory: false },
};

for (const name of ENGINES) {
  const missing = missingFor(name);
  if (missing.length > 0 && process.env.LAZURITE_REQUIRE_CLIENTS !== '1') {
    describe.skip(`container runtime: ${name} (missing: ${missing.join(', ')})`, () => {
      it('is not possible here', () => undefined);
    });
    continue;
  }
  describe(`an engine of its own: ${name}`, () => {
    let folder: string;
    let engine: TestEngine;
    let client: Engine;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lze-'));
      engine = await startEngine(name, join(folder, 'e'));
      client = await Engine.connect(engine.address);
    });
    afterAll(async () => {
      client.close();
      await engine.close();
      await rm(folder, { recursive: true });
    });

    const containers = (): Promise<unknown> =>
      client.call('GET', '/containers/json', { query: { all: '1' } });
    const open = (home: string): Promise<ContainerRuntime> =>
      createDockerRuntime({ stateDirectory: join(folder, home), address: engine.address });

    describeContainerRuntime(
      name,
      async () => {
        const runtime = await open('contract');
        return {
          runtime,
          dispose: async () => {
            await runtime.close();
            expect(await containers()).toEqual([]);
          },
        };
      },
      TRAITS[name],
    );

    it('removes what a killed run left, and nothing of another home', async () => {
      const [killed, other] = [await open('killed'), await open('other')];
      const image = await killed.unpack(
        await imageOf([{ name: 'hello', content: helloProgram() }]),
      );
      const spec = {
        ...{ name: 'app', rootfs: { image }, argv: ['/hello'] },
        ...{ env: [], workingDir: '/', user: '' },
      };
      const sandboxes = [
        await killed.createSandbox({ id: 'one', hostname: 'one' }),
        await other.createSandbox({ id: 'two', hostname: 'two' }),
      ];
      const [lost] = await Promise.all(sandboxes.map((sandbox) => sandbox.run(spec)));
      const next = await open('killed');
      expect((await lost!.exited).code).toBe(137);
      expect(await containers()).toHaveLength(2);
      expect((await get(sandboxes[1]!, 8000, '/')).status).toBe(200);
      for (const runtime of [killed, other, next]) await runtime.close();
      expect(await containers()).toEqual([]);
    });

    it('ends its containers soon when Lazurite is killed, and nothing of another home', async () => {
      const other = await open('bystander');
      const sandbox = await other.createSandbox({ id: 'victim-0', hostname: 'bystander' });
      const victim = await startVictim(join(folder, 'victim'), engine.address.text, 2);
      expect(await containers()).toHaveLength(1 + 2 * 2);
      expect(victim.pids.filter(isAlive)).toEqual(victim.pids);
      const lifelines = lifelinesOf(victim.child.pid!);
      expect(lifelines).toHaveLength(1);
      victim.child.kill('SIGKILL');
      await vi.waitFor(async () => expect(await containers()).toHaveLength(1), { timeout: 20_000 });
      expect(victim.pids.filter(isAlive)).toEqual([]);
      expect(await sandbox.listeningPorts()).toEqual([]);
      await vi.waitFor(() => expect(lifelines.filter(isAlive)).toEqual([]), { timeout: 20_000 });
      const next = await open('victim');
      await (await next.createSandbox({ id: 'victim-0', hostname: 'again' })).remove();
      for (const runtime of [other, next]) await runtime.close();
      expect(await containers()).toEqual([]);
    });

    it('waits for its own end with one process, which goes with it', async () => {
      const before = lifelinesOf(process.pid);
      const runtime = await open('held');
      const held = lifelinesOf(process.pid).filter((pid) => !before.includes(pid));
      expect(held).toHaveLength(1);
      await runtime.close();
      expect(held.filter(isAlive)).toEqual([]);
    });

    it('loads an image whose layers are compressed in every way, once', async () => {
      const runtime = await open('compressed');
      const program = { name: 'hello', content: helloProgram() };
      const source = await imageOf([program], [{ name: 'more', content: `${process.pid}` }]);
      await runtime.unpack(source);
      const opened = source.opened;
      await runtime.unpack(source);
      expect(source.opened).toBe(opened);
      expect(await runtime.prune(new Date(Date.now() + 1000))).toBeGreaterThan(0);
      await runtime.unpack(source);
      expect(source.opened).toBe(2 * opened);
      await runtime.close();
    });
  });
}

/** Processes that wait for the end of this one. */
function lifelinesOf(parent: number): number[] {
  return descendants(parent).filter((pid) => commandOf(pid).includes('lazurite-lifeline'));
}
