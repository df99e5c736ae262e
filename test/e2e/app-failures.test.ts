import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  describeRuntimesTogether,
  embeddedRuntime,
  ENGINE_RUNTIMES,
} from '../support/app-runtimes.js';
import { APP_KEY } from '../support/app-world.js';
import { openFailureWorld, type FailureWorld } from '../support/failure-world.js';

// States of a revision, each reached by making it happen: a registry that listens, programs that run.

const FAILED = 'Failed/Unhealthy/Failed';
const PATIENCE = { timeout: 30_000 };
const HEALTHY = 'Provisioned/Healthy/RunningAtMaxScale';

describeRuntimesTogether('on', [embeddedRuntime(), ...ENGINE_RUNTIMES], (runtime) => {
  let world: FailureWorld;
  beforeAll(async () => {
    world = await openFailureWorld(runtime);
    for (const tag of ['v1', 'v2', 'deleted']) await world.push(tag);
  });
  afterAll(() => world.close());

  const eventually = (check: () => void): Promise<void> => vi.waitFor(check, PATIENCE);
  const waitFor = (revision: string, states: string): Promise<void> =>
    eventually(() => expect(world.states(revision)).toBe(states));
  const waitForRow = (row: string, from = 0): Promise<void> =>
    eventually(() => expect(world.rows().slice(from).join('\n')).toContain(row));

  describe('a pull', () => {
    it('with a wrong password', async () => {
      const revision = await world.put({ image: world.image('v1') }, 'another password');
      await waitFor(revision, FAILED);
      await waitForRow(
        'ImagePullUnauthorized: Container pull image failed with unauthorized error.',
      );
    });

    it('of a tag that there is not', async () => {
      await waitFor(await world.put({ image: world.image('nope') }), FAILED);
      await waitForRow('ImagePullFailed: Failed to pull image: manifest unknown');
    });

    it('from a host that has no name', async () => {
      await waitFor(await world.put({ image: 'registry.invalid/app:v1' }), FAILED);
      await waitForRow(
        "failed to resolve registry 'registry.invalid': lookup registry.invalid: no such host",
      );
    });

    it('from a registry that has had enough requests', async () => {
      const body = JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] });
      const busy = createServer((_request, response) => {
        response.writeHead(429, { 'content-type': 'application/json' }).end(body);
      });
      await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
      try {
        const image = `127.0.0.1:${(busy.address() as AddressInfo).port}/app:v1`;
        await waitFor(await world.put({ image }), FAILED);
        await waitForRow(
          `Image pull for ${image} failed due to registry rate limiting (HTTP 429).`,
        );
      } finally {
        busy.close();
      }
    });

    it('from a registry that is down, and back', async () => {
      await world.registryDown();
      let revision: string;
      try {
        revision = await world.put({ image: world.image('v2') });
        await waitFor(revision, FAILED);
        await waitForRow('ImagePullFailed: Failed to pull image: cannot reach http://127.0.0.1');
      } finally {
        await world.registryUp();
      }
      await waitFor(revision, HEALTHY);
    });
  });

  describe('a program', () => {
    it('that is no file of the image', async () => {
      const revision = await world.put({ image: world.image('v1'), command: ['/nope'] });
      await waitFor(revision, FAILED);
      await waitForRow("exit code '1' and reason 'ContainerCreateFailure'");
      const { diagnosis } = world.service.revision(APP_KEY, revision)!.status;
      expect(diagnosis?.evidence.join()).toContain('/nope');
    });

    it('that crashes later', async () => {
      const variables = world.env({ EXIT_AFTER: '2', EXIT_CODE: '9' });
      const revision = await world.put({ image: world.image('v1'), ...variables });
      await waitFor(revision, HEALTHY);
      await waitFor(revision, FAILED);
      await waitForRow(
        "Container 'app' was terminated with exit code '9' and reason 'ProcessExited'",
      );
    });

    it('that takes more memory than it may', async (context) => {
      const { limits } = world.runtime.info;
      if (!limits.memory) context.skip(`no memory limit: ${limits.reason}`);
      const resources = { cpu: 0.5, memory: '32Mi', ephemeralStorage: '2Gi' };
      const variables = world.env({ ALLOCATE_MIB: '128' });
      const revision = await world.put({ image: world.image('v1'), resources, ...variables });
      await waitFor(revision, FAILED);
      await waitForRow("Container 'app' was terminated with exit code '137'");
      if (!runtime.tellsOutOfMemory) return;
      await waitForRow("OOMKilled: Container 'app' was killed: memory limit reached");
    });

    it('that is slow to listen', async () => {
      const before = world.rows().length;
      const revision = await world.put({
        image: world.image('v1'),
        ...world.env({ LISTEN_AFTER_MS: '4000' }),
      });
      await waitFor(revision, HEALTHY);
      expect(world.rows().slice(before).join('\n')).toContain(
        'ProbeFailed: Probe of StartUp failed',
      );
    });

    it('whose liveness probe begins to fail', async () => {
      const before = world.rows().length;
      const httpGet = { port: 8000, path: '/healthz', scheme: 'HTTP' as const };
      const probe = { httpGet, periodSeconds: 1, failureThreshold: 2 };
      await world.put({
        image: world.image('v1'),
        ...world.env({ HEALTHZ_FAIL_AFTER: '2' }),
        probes: [{ type: 'Liveness', ...probe }],
      });
      await waitForRow("was terminated with exit code '' and reason 'ProbeFailure'", before);
    });
  });

  it('a restart whose tag was deleted meanwhile fails, while the old replica serves', async () => {
    const revision = await world.put({ image: world.image('deleted') });
    await waitFor(revision, HEALTHY);
    await world.deleteTag('deleted');
    const before = world.rows().length;
    await world.service.revisionActions.restart(APP_KEY, revision);
    await waitForRow('ImagePullFailed: Failed to pull image: manifest unknown', before);
    const replicas = world.service.replicas(`${APP_KEY}/revisions/${revision}`);
    expect(replicas.map(({ ready }) => ready)).toContain(true);
  });
});
