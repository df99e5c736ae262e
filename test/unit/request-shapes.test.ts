import { afterAll, beforeAll, describe, it } from 'vitest';
import type { RepositoryName } from '../../src/oci/reference.js';
import { createRegistryClient } from '../../src/remote/client.js';
import { pushHello } from '../support/hello-image.js';
import { checkShape } from '../support/request-shapes/check-shape.js';
import { containerAppChanges } from '../support/request-shapes/container-app-changes.js';
import { containerApps } from '../support/request-shapes/container-apps.js';
import { deployments } from '../support/request-shapes/deployments.js';
import { environments } from '../support/request-shapes/environments.js';
import { groups } from '../support/request-shapes/groups.js';
import { imports } from '../support/request-shapes/imports.js';
import { jobs } from '../support/request-shapes/jobs.js';
import { monitor } from '../support/request-shapes/monitor.js';
import { principals } from '../support/request-shapes/principals.js';
import { registries } from '../support/request-shapes/registries.js';
import { registryChildren } from '../support/request-shapes/registry-children.js';
import { registryContent } from '../support/request-shapes/registry-content.js';
import { registryTokens } from '../support/request-shapes/registry-tokens.js';
import type { ShapeTable } from '../support/request-shapes/request-shape.js';
import { removals } from '../support/request-shapes/removals.js';
import { revisionsAndLogs } from '../support/request-shapes/revisions.js';
import { runs } from '../support/request-shapes/runs.js';
import { openShapeWorld, type ShapeWorld } from '../support/request-shapes/shape-world.js';
import { signIn } from '../support/request-shapes/sign-in.js';
import { tasks } from '../support/request-shapes/tasks.js';

// Every request that the stock az sends, in the shape it sends it, to one Lazurite. The tables are in the order they
// need each other, so the test runs as a whole.

let world: ShapeWorld;

beforeAll(async () => {
  world = await openShapeWorld();
}, 60_000);
afterAll(() => world.close());

check(signIn);
check(groups);
check(deployments);
check(registries);
check(registryChildren);
check(registryTokens, pushImages);
check(registryContent);
check(imports);
check(runs);
check(tasks);
check(principals);
check(environments);
check(containerApps);
check(containerAppChanges);
check(revisionsAndLogs);
check(jobs);
check(monitor);
check(removals);

function check({ plane, shapes }: ShapeTable, prepare?: () => Promise<void>): void {
  describe(plane, () => {
    if (prepare) beforeAll(prepare);
    for (const shape of shapes) {
      for (const version of shape.versions ?? [undefined]) {
        const name = [shape.command, shape.method, version].filter(Boolean).join(', ');
        it(`${name}: ${shape.path}`, () => checkShape(world, shape, version));
      }
    }
  });
}

/** `app:old` and `app:v1`, in this order. */
async function pushImages(): Promise<void> {
  const { places } = world;
  const server = places.get('loginServer') ?? '';
  const client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: `http://${server}` }) });
  const credentials = { username: 'acrshapes', password: places.get('password') ?? '' };
  const repository = client.repository(server, 'app' as RepositoryName, credentials);
  places.set('oldDigest', await pushHello(repository, 'old'));
  places.set('digest', await pushHello(repository, 'v1'));
}
