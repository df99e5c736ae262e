import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerRuntime } from '../../src/runtime/docker/docker-runtime.js';
import type { ContainerRuntime } from '../../src/runtime/runtime.js';
import { Engine } from '../../src/runtime/docker/engine.js';
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
