import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  appInput,
  createWorld,
  ENVIRONMENT,
  REGISTRY,
  template,
} from '../../test/support/app-world.js';
import type { World } from '../../test/support/app-world.js';

const IMAGE = `${REGISTRY}/app:v1`;
const PROFILES = [
  { name: 'Consumption', workloadProfileType: 'Consumption' },
  { name: 'big', workloadProfileType: 'D4' },
  { name: 'arm', workloadProfileType: 'linux/arm64' },
];
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

let world: World;
beforeEach(async () => {
  world = await createWorld({ programs: { app: { port: 8000 } } });
  const resource = { properties: { workloadProfiles: PROFILES } };
  await world.service.putEnvironment({ ...ENVIRONMENT, resource });
});
afterEach(() => world.close());

it.each([
  ['Consumption', AMD64, true],
  ['Consumption', ARM64, false],
  ['big', AMD64, true],
  ['big', ARM64, false],
  ['ARM', AMD64, false],
  ['arm', ARM64, true],
])('on profile %s an image for %j is taken: %s', async (workloadProfileName, platform, taken) => {
  world.registry.images.set(IMAGE, { program: 'app', platforms: [platform], index: true });
  const put = world.service.putApp({
    ...appInput(template({ image: IMAGE })),
    resource: { workloadProfileName },
  });
  if (taken) {
    await put;
    await world.clock.until(() => world.states(world.latest()).includes('Healthy'));
  } else {
    await expect(put).rejects.toThrow(/no child with platform linux\/(amd64|arm64)/);
  }
});
