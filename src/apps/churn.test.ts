import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  REGISTRY,
  template,
} from '../../test/support/app-world.js';
import type { World } from '../../test/support/app-world.js';

let world: World;
afterEach(() => world.close());

const UPDATES = 2000;
/** Updates between two looks at the memory. */
const SAMPLE = 200;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function openFiles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

describe('many updates', () => {
  it('leave one replica, a bounded list of revisions, bounded logs and flat memory', async () => {
    world = await createWorld({ programs: { hello: { output: 'hi\n' } } });
    const image = `${REGISTRY}/hello:v1`;
    world.registry.images.set(image, 'hello');
    const descriptors = openFiles();
    const heap: number[] = [];
    for (let number = 0; number < UPDATES; number++) {
      const input = appInput(template({ image, env: [{ name: 'N', value: `${number}` }] }));
      delete input.configuration.ingress;
      input.configuration.maxInactiveRevisions = 5;
      await world.service.putApp(input);
      const latest = world.latest();
      await world.clock.until(() => world.states(latest).startsWith('Provisioned/Healthy'));
      if (number % SAMPLE === SAMPLE - 1) heap.push(heapUsed());
    }
    await world.clock.until(() => world.runtime.sandboxes.size === 1);
    await world.clock.until(() => world.service.revisions(APP_KEY).length === 6);
    expect(world.runtime.created).toBe(UPDATES);
    expect(Math.max(...heap.slice(-3)) / Math.min(...heap.slice(0, 3))).toBeLessThan(1.2);
    expect(openFiles()).toBeLessThan(descriptors + 20);
    await world.service.close();
    const [app = ''] = readdirSync(join(world.directory, 'apps'));
    const folder = join(world.directory, 'apps', app);
    const revisions = readdirSync(folder, { withFileTypes: true }).filter((one) =>
      one.isDirectory(),
    );
    expect(revisions.length).toBeLessThanOrEqual(21);
    const replicas = revisions.flatMap(({ name }) => readdirSync(join(folder, name)));
    expect(replicas.length).toBeLessThanOrEqual(21);
  }, 120_000);
});
