import { afterEach, describe, expect, it } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  REGISTRY,
  template,
} from '../../test/support/app-world.js';
import type { World, WorldOptions } from '../../test/support/app-world.js';

const BAD = `${REGISTRY}/labacr:does-not-exist`;
const GOOD = `${REGISTRY}/labacr:v1`;
const PROGRAMS = { hello: { port: 8000 }, hello2: { port: 8000 } };

let world: World;
afterEach(() => world.close());

async function open(options: WorldOptions = {}): Promise<void> {
  world = await createWorld({ programs: PROGRAMS, ...options });
}

async function put(image: string): Promise<string> {
  await world.service.putApp(appInput(template({ image })));
  return world.latest();
}

it('has moved to a new revision when its write is done', async () => {
  await open();
  world.registry.images.set(GOOD, 'hello');
  const write = async (message: string): Promise<void> => {
    const env = [{ name: 'MESSAGE', value: message }];
    const { outcome } = await world.service.putApp(appInput(template({ image: GOOD, env })));
    let serving: string | undefined;
    void outcome.then(() => {
      serving = world.service.app(APP_KEY)?.latestReadyRevisionName ?? 'none';
    });
    await world.clock.until(() => serving !== undefined);
    expect(serving).toBe(world.latest());
  };
  await write('one');
  await write('two');
});

describe('an image whose tag does not exist', () => {
  it('fails with the rows and states of the lab, at the rhythm of the back-off', async () => {
    await open();
    const revision = await put(BAD);
    expect(revision).toMatch(/^ca--[0-9a-z]{7}$/);
    await world.clock.until(() => world.states(revision) === 'Failed/Unhealthy/Failed');
    expect(world.rows().map((row) => row.replace(/replica '[^']+'/i, 'Replica'))).toEqual([
      `RevisionCreation: Creating a new revision: ${revision}`,
      `KEDAScalersStarted: KEDA is starting a watch for revision '${revision}' to monitor scale operations for this revision`,
      'AssigningReplica: Replica has been scheduled to run on a node.',
      `PullingImage: Pulling image '${BAD}'`,
      'ImagePullFailed: Failed to pull image: manifest unknown: manifest tagged by "does-not-exist" is not found',
      "ContainerTerminated: Container 'app' was terminated with exit code '' and reason 'ImagePullFailure'",
      `BackOff: Back-off pulling image '${BAD}'`,
    ]);
    const status = world.service.revision(APP_KEY, revision)?.status;
    expect(status).toMatchObject({
      runningStateDetails: '1/1 Pending:ImagePullBackOff on legion',
      provisioningError: 'Pending:ImagePullBackOff on legion',
      replicas: 1,
    });

    const begun = world.clock.now().getTime();
    await world.clock.advance(400_000);
    const app = world.service.app(APP_KEY)!;
    const tries = world.service
      .systemLog(app)
      .rows()
      .filter(({ Reason }) => Reason === 'PullingImage');
    expect(tries.map(({ Count }) => Count)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const seconds = tries.map(({ TimeStamp }) =>
      Math.round((Date.parse(TimeStamp.replace(' +0000 UTC', 'Z')) - begun) / 1000),
    );
    expect(seconds).toEqual([0, 2, 7, 17, 37, 77, 157, 317]);
  });

  it('tells the cause, the closest tags and the command that helps', async () => {
    await open();
    world.registry.images.set(`${REGISTRY}/labacr:does-exist`, 'hello');
    world.registry.images.set(GOOD, 'hello');
    const revision = await put(BAD);
    await world.clock.until(
      () => world.service.revision(APP_KEY, revision)?.status.diagnosis !== undefined,
    );
    const { diagnosis } = world.service.revision(APP_KEY, revision)!.status;
    expect(diagnosis?.cause).toBe(
      `Repository 'labacr' of ${REGISTRY} has no tag 'does-not-exist'.`,
    );
    expect(diagnosis?.evidence).toContain('tags that exist: does-exist, v1');
    expect(diagnosis?.fix).toContain(
      'az acr build --registry acrlab --image labacr:does-not-exist .',
    );
  });

  it('recovers with a good image, fails again without it, and keeps serving meanwhile', async () => {
    await open();
    world.registry.images.set(GOOD, 'hello');
    const first = await put(BAD);
    await world.clock.until(() => world.states(first).startsWith('Failed'));

    const second = await put(GOOD);
    expect(second).toBe('ca--0000001');
    await world.clock.until(() => world.states(second) === 'Provisioned/Healthy/RunningAtMaxScale');
    await world.clock.until(() => world.states(first) === 'Provisioned/None/Stopped');
    expect(world.rows()).toContain(`RevisionReady: Successfully provisioned revision '${second}'`);
    expect(world.runtime.running()).toEqual(['hello']);

    const third = await put(BAD);
    await world.clock.until(() => world.states(third) === 'Failed/Unhealthy/Failed');
    expect(world.states(second)).toBe('Provisioned/Healthy/RunningAtMaxScale');
    expect(world.service.app(APP_KEY)?.latestReadyRevisionName).toBe(second);
    expect(world.runtime.running()).toEqual(['hello']);

    const fourth = await put(GOOD);
    await world.clock.until(() => world.states(fourth) === 'Provisioned/Healthy/RunningAtMaxScale');
    await world.clock.until(() => world.states(second) === 'Provisioned/None/Stopped');
    expect(world.runtime.running()).toEqual(['hello']);
  });

  it('heals by itself once the tag is pushed', async () => {
    await open();
    const revision = await put(BAD);
    await world.clock.until(() => world.states(revision).startsWith('Failed'));
    world.registry.images.set(BAD, 'hello');
    await world.clock.until(() => world.states(revision).startsWith('Provisioned/Healthy'));
    expect(world.service.revision(APP_KEY, revision)?.status.diagnosis).toBeUndefined();
  });
});

describe('revisions', () => {
  it('are made for a changed template only', async () => {
    await open();
    world.registry.images.set(GOOD, 'hello');
    const first = await put(GOOD);
    expect(await put(GOOD)).toBe(first);
    expect(world.rows()).toContain(
      `RevisionUpdate: Revision '${first}' updated. No new revision was provisioned.`,
    );
    await world.service.putApp(
      appInput(template({ image: GOOD, env: [{ name: 'A', value: '1' }] })),
    );
    expect(world.latest()).toBe('ca--0000001');
    await world.service.putApp(appInput({ ...template({ image: GOOD }), revisionSuffix: 'badv2' }));
    expect(world.latest()).toBe('ca--badv2');
  });

  it('come up again after a restart of the service, with nothing doubled', async () => {
    await open();
    world.registry.images.set(GOOD, 'hello');
    const revision = await put(GOOD);
    await world.clock.until(() => world.states(revision).startsWith('Provisioned/Healthy'));
    await world.again();
    expect(world.runtime.running()).toEqual([]);
    await world.clock.until(() => world.runtime.running().length === 1);
    await world.clock.until(() => world.states(revision).startsWith('Provisioned/Healthy'));
    expect(world.runtime.sandboxes.size).toBe(1);
  });

  it('leave nothing behind when the app is deleted', async () => {
    await open();
    world.registry.images.set(GOOD, 'hello');
    const revision = await put(GOOD);
    await world.clock.until(() => world.states(revision).startsWith('Provisioned/Healthy'));
    const deleted = world.service.deleteApp(APP_KEY);
    await world.clock.until(() => world.runtime.sandboxes.size === 0);
    await deleted;
    expect(world.service.app(APP_KEY)).toBeUndefined();
    expect(world.service.revisions(APP_KEY)).toEqual([]);
  });

  it('replace their replicas when restarted, the new one first', async () => {
    await open();
    world.registry.images.set(GOOD, 'hello');
    const revision = await put(GOOD);
    await world.clock.until(() => world.states(revision).startsWith('Provisioned/Healthy'));
    const key = `${APP_KEY}/revisions/${revision}`;
    const [before] = world.service.replicas(key);
    await world.service.revisionActions.restart(APP_KEY, revision);
    await world.clock.until(() => {
      const [only, ...others] = world.service.replicas(key);
      return others.length === 0 && only !== before && only?.ready === true;
    });
  });

  it('stop when deactivated and start when activated', async () => {
    await open();
    world.registry.images.set(GOOD, 'hello');
    const revision = await put(GOOD);
    await world.clock.until(() => world.states(revision).startsWith('Provisioned/Healthy'));
    await world.service.revisionActions.deactivate(APP_KEY, revision);
    await world.clock.until(() => world.states(revision) === 'Provisioned/None/Stopped');
    expect(world.runtime.sandboxes.size).toBe(0);
    await world.service.revisionActions.activate(APP_KEY, revision);
    await world.clock.until(() => world.states(revision).startsWith('Provisioned/Healthy'));
  });
});

describe('a program that fails', () => {
  it.each([
    [
      'exits',
      { exitCode: 3, output: 'cannot read config\n' },
      "ContainerTerminated: Container 'app' was terminated with exit code '3' and reason 'ProcessExited'",
      'The program of container',
    ],
    [
      'runs out of memory',
      { exitCode: 137, outOfMemory: true },
      "ContainerTerminated: Container 'app' was terminated with exit code '137' and reason 'ProcessExited'",
      'used more than its 1Gi of memory',
    ],
    [
      'is for another machine',
      { startError: { reason: 'ENOEXEC', message: 'exec format error' } as const },
      "ContainerTerminated: Container 'app' was terminated with exit code '1' and reason 'ContainerCreateFailure'. Status(StatusCode=\"Unknown\", Detail=\"failed to create shim task: OCI runtime create failed: exec format error\")",
      'its program is for another machine',
    ],
  ])('%s: crash loop with its row and its diagnosis', async (_name, program, row, cause) => {
    await open({ programs: { broken: program } });
    world.registry.images.set(GOOD, 'broken');
    const revision = await put(GOOD);
    await world.clock.until(() => world.states(revision) === 'Failed/Unhealthy/Failed');
    expect(world.rows()).toContain(row);
    const status = world.service.revision(APP_KEY, revision)!.status;
    expect(status.provisioningError).toBe('Container crashing: app');
    expect(status.diagnosis?.cause).toContain(cause);
    const begun = world.clock.now().getTime();
    await world.clock.until(() => world.rows().filter((one) => one === row).length === 4);
    expect(world.clock.now().getTime() - begun).toBe(70_000);
  });

  it('listens on another port: says which', async () => {
    await open({ programs: { other: { port: 8080 } } });
    world.registry.images.set(GOOD, 'other');
    const revision = await put(GOOD);
    const text = 'The TargetPort 8000 does not match the listening port 8080.';
    await world.clock.until(() => world.rows().includes(`Pending:PortMismatch: ${text}`));
    await world.clock.until(
      () => world.service.revision(APP_KEY, revision)?.status.runningStateDetails === text,
    );
    expect(world.states(revision)).toBe('Provisioned/Unhealthy/Activating');
    expect(world.rows()).toContain('ProbeFailed: Probe of StartUp failed with status code: 1');
    expect(world.service.revision(APP_KEY, revision)?.status.diagnosis?.fix).toBe(
      'az containerapp ingress update --name ca --resource-group rg --target-port 8080',
    );
    await world.clock.until(() =>
      world.rows().includes('ProbeFailed: Container app failed startup probe, will be restarted'),
    );
  });
});

describe('replicas that share the network of the machine', () => {
  it('hand the port to a newer revision and get it back when that fails', async () => {
    await open({ ownNetwork: false, programs: { hello: { port: 8000 }, broken: { exitCode: 1 } } });
    world.registry.images.set(GOOD, 'hello');
    world.registry.images.set(BAD, 'broken');
    const good = await put(GOOD);
    await world.clock.until(() => world.states(good).startsWith('Provisioned/Healthy'));
    const bad = await put(BAD);
    await world.clock.until(() => world.states(bad) === 'Failed/Unhealthy/Failed');
    await world.clock.until(() => world.states(good).startsWith('Provisioned/Healthy'));
    expect(world.runtime.running()).toEqual(['hello']);
    expect(world.rows().join('\n')).toContain('Stopping to let replica ca--0000001');
    await world.clock.advance(60_000);
    expect(world.runtime.running()).toEqual(['hello']);
  });

  it('roll over to a newer revision that works', async () => {
    await open({ ownNetwork: false });
    world.registry.images.set(GOOD, 'hello');
    world.registry.images.set(BAD, 'hello2');
    const first = await put(GOOD);
    await world.clock.until(() => world.states(first).startsWith('Provisioned/Healthy'));
    const second = await put(BAD);
    await world.clock.until(() => world.states(second).startsWith('Provisioned/Healthy'));
    await world.clock.until(() => world.states(first) === 'Provisioned/None/Stopped');
    expect(world.runtime.running()).toEqual(['hello2']);
  });
});
