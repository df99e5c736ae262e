import { afterEach, describe, expect, it } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  REGISTRY,
  template,
} from '../../test/support/app-world.js';
import type { World, WorldOptions } from '../../test/support/app-world.js';
import type { FakeProgram } from '../../test/support/fake-runtime.js';
import { RemoteError } from '../remote/registry-client.js';
import type { RemoteErrorKind } from '../remote/registry-client.js';
import type { AppContainer, Template } from './template.js';

// Each way a revision fails is reached by making it happen.

const IMAGE = `${REGISTRY}/labacr:v1`;
let world: World;
afterEach(() => world.close());

async function open(options: WorldOptions = {}): Promise<void> {
  world = await createWorld({ programs: { hello: { port: 8000 } }, ...options });
  world.registry.images.set(IMAGE, 'hello');
}

async function put(of: Template = template({ image: IMAGE })): Promise<string> {
  await world.service.putApp(appInput(of));
  return world.latest();
}

function remote(kind: RemoteErrorKind, registryMessage: string, status?: number): RemoteError {
  const answer = { registryMessage, ...(status !== undefined && { status }) };
  return new RemoteError(kind, `${kind}: ${registryMessage}`, answer);
}

const healthy = (revision: string) => () =>
  world.states(revision).startsWith('Provisioned/Healthy');
const failed = (revision: string) => () => world.states(revision) === 'Failed/Unhealthy/Failed';

describe('a pull that fails', () => {
  it.each<[string, RemoteError, string, string]>([
    [
      'wrong credentials',
      remote('unauthorized', 'authentication required', 401),
      'ImagePullUnauthorized: Container pull image failed with unauthorized error.',
      'az containerapp registry set',
    ],
    [
      'a rule of the network',
      remote('denied', "client with IP '10.0.0.1' is not allowed access", 403),
      "ImagePullFailed: Failed to pull image: denied: client with IP '10.0.0.1' is not allowed access",
      'az acr network-rule add',
    ],
    [
      'too many requests',
      remote('rate-limited', 'slow down', 429),
      `ImagePullFailed: Image pull for ${IMAGE} failed due to registry rate limiting (HTTP 429).`,
      'az acr import',
    ],
    [
      'no such repository',
      remote('name-unknown', 'repository name not known to registry', 404),
      'ImagePullFailed: Failed to pull image: name unknown: repository name not known to registry',
      'az acr build',
    ],
    [
      'no such host',
      remote('unknown-host', 'no such host'),
      'ImagePullFailed: Failed to pull image: unknown-host: no such host',
      'az containerapp update',
    ],
    [
      'no answer',
      remote('unreachable', 'connection refused'),
      'ImagePullFailed: Failed to pull image: unreachable: connection refused',
      'az containerapp update',
    ],
  ])('%s', async (_name, error, row, fix) => {
    await open();
    world.registry.images.set(IMAGE, error);
    const revision = await put();
    await world.clock.until(failed(revision));
    expect(world.rows()).toContain(row);
    expect(world.service.revision(APP_KEY, revision)?.status.diagnosis?.fix).toContain(fix);
  });

  it('recovers when the registry is back', async () => {
    await open();
    world.registry.images.set(IMAGE, remote('unreachable', 'connection refused'));
    const revision = await put();
    await world.clock.until(failed(revision));
    expect(world.runtime.sandboxes.size, 'nothing is set up before there is an image').toBe(0);
    world.registry.images.set(IMAGE, 'hello');
    await world.clock.until(healthy(revision));
  });

  it('comes up at a restart whose tag was deleted meanwhile, while the old replica serves', async () => {
    await open();
    const revision = await put();
    await world.clock.until(healthy(revision));
    world.registry.images.delete(IMAGE);
    await world.service.revisionActions.restart(APP_KEY, revision);
    await world.clock.until(() => world.rows().some((row) => row.startsWith('ImagePullFailed')));
    expect(world.states(revision)).toMatch(/^Provisioned\/Healthy/);
    expect(world.runtime.running()).toEqual(['hello']);
  });

  it('ends with the revision: nothing is tried for a revision that was replaced', async () => {
    await open();
    const first = await put(template({ image: `${REGISTRY}/labacr:gone` }));
    await world.clock.until(failed(first));
    const second = await put();
    await world.clock.until(healthy(second));
    await world.clock.until(() => world.states(first) === 'Provisioned/None/Stopped');
    const before = world.registry.requests.length;
    await world.clock.advance(1_000_000);
    expect(world.registry.requests).toHaveLength(before);
  });
});

describe('probes that were asked for', () => {
  const status = { code: 200 };
  const programs: Record<string, FakeProgram> = {
    hello: {
      port: 8000,
      answer: (_request, response) => {
        response.statusCode = status.code;
        response.end();
      },
    },
  };
  const httpGet = { path: '/healthz', port: 8000 };
  const probe = (type: 'Startup' | 'Liveness' | 'Readiness') =>
    template({ image: IMAGE, probes: [{ type, httpGet, periodSeconds: 5, failureThreshold: 3 }] });

  it('startup: three failures restart the container, at the rhythm of crashes', async () => {
    status.code = 404;
    await open({ programs });
    const revision = await put(probe('Startup'));
    await world.clock.until(failed(revision));
    expect(world.rows().filter((row) => row.startsWith('ProbeFailed'))).toEqual([
      'ProbeFailed: Probe of StartUp failed with status code: 404',
      'ProbeFailed: Probe of StartUp failed with status code: 404',
      'ProbeFailed: Probe of StartUp failed with status code: 404',
      'ProbeFailed: Container app failed startup probe, will be restarted',
    ]);
    expect(world.rows()).toContain(
      "ContainerTerminated: Container 'app' was terminated with exit code '' and reason 'ProbeFailure'",
    );
    status.code = 200;
    await world.clock.until(healthy(revision));
  });

  it('liveness: restarts a container that was healthy', async () => {
    status.code = 200;
    await open({ programs });
    const revision = await put(probe('Liveness'));
    await world.clock.until(healthy(revision));
    status.code = 500;
    await world.clock.until(failed(revision));
    expect(world.rows()).toContain(
      'ProbeFailed: Container app failed liveness probe, will be restarted',
    );
  });

  it('readiness: takes the replica out without a restart', async () => {
    status.code = 200;
    await open({ programs });
    const revision = await put(probe('Readiness'));
    await world.clock.until(healthy(revision));
    status.code = 500;
    await world.clock.until(() => world.states(revision) === 'Provisioned/Unhealthy/Degraded');
    expect(world.rows()).toContain(
      'ProbeFailed: Readiness Probe of Readiness reached failure threshold 3, changing status to Failure.',
    );
    expect(world.runtime.running()).toEqual(['hello']);
    status.code = 200;
    await world.clock.until(healthy(revision));
  });
});

describe('more than one container', () => {
  const programs: Record<string, FakeProgram> = {
    hello: { port: 8000 },
    sidecar: {},
    init: { exitCode: 0 },
    badInit: { exitCode: 5 },
  };
  const resources = { cpu: 0.25, memory: '0.5Gi', ephemeralStorage: '1Gi' };
  const container = (name: string): AppContainer => ({
    name: name.toLowerCase(),
    image: `${REGISTRY}/${name.toLowerCase()}:v1`,
    env: [],
    resources,
    probes: [],
  });
  const open2 = async (): Promise<void> => {
    await open({ programs });
    for (const name of Object.keys(programs)) {
      world.registry.images.set(`${REGISTRY}/${name.toLowerCase()}:v1`, name);
    }
  };

  it('runs init containers to their end, then all others', async () => {
    await open2();
    const revision = await put(
      template(
        { image: IMAGE },
        {
          containers: [container('hello'), container('sidecar')],
          initContainers: [container('init')],
        },
      ),
    );
    await world.clock.until(healthy(revision));
    expect(world.runtime.running().sort()).toEqual(['hello', 'sidecar']);
    const started = world.rows().filter((row) => row.startsWith('ContainerStarted'));
    expect(started[0]).toBe("ContainerStarted: Started container 'init'");
  });

  it('does not start the others while an init container fails', async () => {
    await open2();
    const revision = await put(
      template({ image: IMAGE }, { initContainers: [container('badInit')] }),
    );
    await world.clock.until(failed(revision));
    expect(world.runtime.running()).toEqual([]);
    expect(world.service.revision(APP_KEY, revision)?.status.provisioningError).toBe(
      'Container crashing: badinit',
    );
  });
});

describe('time', () => {
  it('calls a revision that never listens Degraded after its progress deadline', async () => {
    await open({ programs: { silent: {} } });
    world.registry.images.set(IMAGE, 'silent');
    const probes = template({
      image: IMAGE,
      probes: [{ type: 'Startup', tcpSocket: { port: 8000 }, failureThreshold: 1000 }],
    });
    const revision = await put(probes);
    await world.clock.advance(599_000);
    expect(world.states(revision)).toBe('Provisioned/None/Activating');
    await world.clock.advance(11_000);
    expect(world.states(revision)).toBe('Provisioned/Unhealthy/Degraded');
    expect(world.service.revision(APP_KEY, revision)?.status.runningStateDetails).toBe(
      'Deployment Progress Deadline Exceeded. 0/1 replicas ready.',
    );
  });

  it('prunes inactive revisions beyond what is kept', async () => {
    await open();
    for (let number = 0; number < 5; number++) {
      const input = appInput(template({ image: IMAGE, env: [{ name: 'N', value: `${number}` }] }));
      input.configuration.maxInactiveRevisions = 2;
      await world.service.putApp(input);
      await world.clock.until(healthy(world.latest()));
    }
    await world.clock.until(() => world.service.revisions(APP_KEY).length === 3);
    expect(world.runtime.sandboxes.size).toBe(1);
  });
});

describe('a port that is not given', () => {
  it('is the one the program listens on', async () => {
    await open({ programs: { other: { port: 9321 } } });
    world.registry.images.set(IMAGE, 'other');
    const input = appInput(template({ image: IMAGE }));
    input.configuration.ingress = { ...input.configuration.ingress!, targetPort: 0 };
    await world.service.putApp(input);
    const revision = world.latest();
    await world.clock.until(healthy(revision));
    const [replica] = world.service.replicas(`${APP_KEY}/revisions/${revision}`);
    const socket = await replica!.dial(0);
    socket.destroy();
  });
});
