import { readdirSync } from 'node:fs';
import { join } from 'node:path';
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

describe('many updates', () => {
  it('leave one replica, a bounded list of revisions and bounded logs', async () => {
    world = await createWorld({ programs: { hello: { output: 'hi\n' } } });
    const image = `${REGISTRY}/hello:v1`;
    world.registry.images.set(image, 'hello');
    for (let number = 0; number < 60; number++) {
      const input = appInput(template({ image, env: [{ name: 'N', value: `${number}` }] }));
      delete input.configuration.ingress;
      input.configuration.maxInactiveRevisions = 5;
      await world.service.putApp(input);
      const latest = world.latest();
      await world.clock.until(() => world.states(latest).startsWith('Provisioned/Healthy'));
    }
    await world.clock.until(() => world.runtime.sandboxes.size === 1);
    await world.clock.until(() => world.service.revisions(APP_KEY).length === 6);
    expect(world.runtime.created).toBe(60);
    await world.service.close();
    const [app = ''] = readdirSync(join(world.directory, 'apps'));
    const folder = join(world.directory, 'apps', app);
    const revisions = readdirSync(folder, { withFileTypes: true }).filter((one) =>
      one.isDirectory(),
    );
    expect(revisions.length).toBeLessThanOrEqual(21);
    const replicas = revisions.flatMap(({ name }) => readdirSync(join(folder, name)));
    expect(replicas.length).toBeLessThanOrEqual(21);
  });
});
