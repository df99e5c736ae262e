import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createWorld,
  ENVIRONMENT,
  REGISTRY,
  SUBSCRIPTION,
  template,
} from '../../../test/support/app-world.js';
import type { World } from '../../../test/support/app-world.js';
import { RemoteError } from '../../remote/registry-client.js';
import type { ExecutionDocument, JobConfiguration, JobTrigger } from './job-documents.js';
import type { JobInput } from './job-service.js';

const KEY = ENVIRONMENT.key.replace('managedenvironments/cae', 'jobs/nightly');
const MANUAL: JobTrigger = { kind: 'Manual', parallelism: 1, replicaCompletionCount: 1 };

let world: World;

beforeEach(async () => {
  world = await createWorld({
    programs: {
      good: { exitCode: 0, output: 'done\n' },
      bad: { exitCode: 3 },
      forever: {},
      broken: { startError: { reason: 'ENOENT', message: 'exec: "broken": no such file' } },
    },
  });
  for (const name of ['good', 'bad', 'forever', 'broken']) {
    world.registry.images.set(`${REGISTRY}/${name}:v1`, name);
  }
});
afterEach(() => world.close());

function input(program: string, configuration: Partial<JobConfiguration> = {}): JobInput {
  const { containers, initContainers } = template({ image: `${REGISTRY}/${program}:v1` });
  return {
    key: KEY,
    subscriptionId: SUBSCRIPTION,
    resourceGroup: 'rg',
    name: 'nightly',
    environmentKey: ENVIRONMENT.key,
    configuration: {
      registries: [],
      secrets: [],
      trigger: MANUAL,
      replicaTimeout: 1800,
      replicaRetryLimit: 0,
      ...configuration,
    },
    template: { containers, initContainers },
    resource: {},
  };
}

async function start(of: JobInput): Promise<string> {
  await world.service.jobs.put(of);
  return (await world.service.jobs.start(KEY))!.key;
}

function execution(key: string): ExecutionDocument {
  return world.service.jobs.executions(KEY).find((one) => one.key === key)!;
}

const outcomes = (key: string): string[] =>
  execution(key).replicas.map(({ outcome }) => outcome ?? 'running');
const ended = (key: string) => () => execution(key).status !== 'Running';

function rows(): string[] {
  const log = world.service.systemLog(world.service.jobs.job(KEY)!);
  return log.rows().map(({ Reason, Msg }) => `${Reason}: ${Msg}`);
}

describe('an execution', () => {
  it('succeeds when enough replicas have, no more than allowed side by side', async () => {
    const trigger = { ...MANUAL, parallelism: 2, replicaCompletionCount: 3 };
    const key = await start(input('good', { trigger }));
    await world.clock.until(ended(key));
    expect(execution(key)).toMatchObject({ status: 'Succeeded', endTime: expect.any(String) });
    expect(outcomes(key)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(rows()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^SuccessfulCreate: Created pod: nightly-\w{7}-\w{5}$/),
        "ContainerTerminated: Container 'app' was terminated with exit code '0' and reason 'Completed'",
        'Completed: Job completed',
      ]),
    );
    await world.clock.until(() => world.service.jobs.replicas(key).length === 0);
    expect(world.runtime.sandboxes.size).toBe(0);
  });

  it('fails when a replica has failed more often than allowed, ever longer apart', async () => {
    const begun = world.clock.now().getTime();
    const key = await start(input('bad', { replicaRetryLimit: 2 }));
    await world.clock.until(ended(key));
    expect(execution(key).status).toBe('Failed');
    expect(outcomes(key)).toEqual(['failed', 'failed', 'failed']);
    expect(world.clock.now().getTime() - begun).toBe(30_000);
    expect(rows()).toContain('BackoffLimitExceeded: Job has reached the specified backoff limit');
  });

  it('fails when a program cannot be started', async () => {
    const key = await start(input('broken'));
    await world.clock.until(ended(key));
    expect(execution(key).status).toBe('Failed');
    expect(rows().join('\n')).toContain("reason 'ContainerCreateFailure'");
  });

  it('fails when it takes too long, and its programs end', async () => {
    const key = await start(input('forever', { replicaTimeout: 60 }));
    await world.clock.until(() => world.runtime.running().length === 1);
    await world.clock.advance(59_000);
    expect(execution(key).status).toBe('Running');
    await world.clock.until(ended(key));
    expect(execution(key).status).toBe('Failed');
    expect(outcomes(key)).toEqual(['stopped']);
    expect(rows()).toContain('DeadlineExceeded: Job was active longer than specified deadline');
    await world.clock.until(() => world.runtime.sandboxes.size === 0);
  });

  it('can be stopped, by its name or with all others', async () => {
    const first = await start(input('forever'));
    const second = (await world.service.jobs.start(KEY))!;
    await world.clock.until(() => world.runtime.running().length === 2);
    const stopped = await world.service.jobs.stop(KEY, second.name);
    expect(stopped?.map(({ status }) => status)).toEqual(['Stopped']);
    expect(execution(first).status).toBe('Running');
    expect(await world.service.jobs.stop(KEY, 'nope')).toBeUndefined();
    expect(await world.service.jobs.stop(KEY)).toHaveLength(1);
    await world.clock.until(() => world.runtime.sandboxes.size === 0);
    expect(await world.service.jobs.stop(KEY)).toEqual([]);
  });

  it('waits for an image that cannot be pulled, as an app does', async () => {
    const image = `${REGISTRY}/good:v1`;
    world.registry.images.set(
      image,
      new RemoteError('manifest-unknown', 'gone', { registryMessage: 'manifest is not found' }),
    );
    const key = await start(input('good'));
    await world.clock.until(() => rows().some((row) => row.startsWith('BackOff')));
    expect(rows().join('\n')).toMatch(/ImagePullFailed: .*manifest is not found/);
    expect(execution(key).status).toBe('Running');
    world.registry.images.set(image, 'good');
    await world.clock.until(ended(key));
    expect(execution(key).status).toBe('Succeeded');
  });

  it('runs what its start was given, with its own names in the variables', async () => {
    const of = input('good');
    await world.service.jobs.put(of);
    const containers = template({ image: `${REGISTRY}/forever:v1` }).containers;
    const started = await world.service.jobs.start(KEY, { containers, initContainers: [] });
    await world.clock.until(() => world.runtime.running().includes('forever'));
    const [sandbox] = world.runtime.sandboxes.values();
    expect([...sandbox!.containers.values()][0]!.spec.env).toEqual(
      expect.arrayContaining([
        'CONTAINER_APP_JOB_NAME=nightly',
        `CONTAINER_APP_JOB_EXECUTION_NAME=${started!.name}`,
      ]),
    );
    expect(world.service.jobs.job(KEY)?.template).toEqual(of.template);
  });

  it('goes on with new replicas after a restart', async () => {
    const key = await start(input('forever'));
    await world.clock.until(() => world.runtime.running().length === 1);
    await world.again();
    await world.clock.until(() => world.runtime.running().length === 1);
    expect(outcomes(key)).toEqual(['lost', 'running']);
    expect(execution(key).status).toBe('Running');
  });

  it('can be read about after it ended, and after a restart', async () => {
    const key = await start(input('good'));
    await world.clock.until(ended(key));
    await world.clock.until(() => world.service.jobs.replicas(key).length === 0);
    await world.again();
    const { name, replicas } = execution(key);
    const replica = { revisionName: name, name: replicas[0]!.name };
    expect(world.service.hasContainer(KEY, replica, 'app')).toBe(true);
    expect(world.service.hasContainer(KEY, replica, 'other')).toBe(false);
    const job = world.service.jobs.job(KEY)!;
    const lines = world.service.consoleLog(job, replica, 'app').tail(10);
    expect(lines.map(({ text }) => text)).toEqual(['done']);
  });
});

describe('a schedule', () => {
  const every = (cronExpression: string): Partial<JobConfiguration> => ({
    trigger: { ...MANUAL, kind: 'Schedule', cronExpression },
  });
  const times = (): string[] =>
    world.service.jobs
      .executions(KEY)
      .map(({ startTime }) => startTime.slice(11, 16))
      .reverse();

  it('starts executions at its times, and at other ones once it is changed', async () => {
    await world.service.jobs.put(input('good', every('*/5 * * * *'))); // it is 13:34:59
    await world.clock.advance(11 * 60_000);
    expect(times()).toEqual(['13:35', '13:40', '13:45']);
    await world.service.jobs.put(input('good', every('0 * * * *')));
    await world.clock.advance(60 * 60_000);
    expect(times().slice(3)).toEqual(['14:00']);
    await world.service.jobs.put(input('good'));
    await world.clock.advance(60 * 60_000);
    expect(times()).toHaveLength(4);
  });

  it('lets go of times at which nothing ran', async () => {
    await world.service.jobs.put(input('good', every('0 * * * *')));
    await world.again();
    await world.clock.advance(30 * 60_000);
    expect(times()).toEqual(['14:00']);
  });
});

it('leaves nothing when its job is deleted', async () => {
  await start(input('forever'));
  await world.clock.until(() => world.runtime.running().length === 1);
  const gone = world.service.jobs.delete(KEY);
  await world.clock.until(() => world.runtime.sandboxes.size === 0);
  await gone;
  expect(world.service.jobs.executions(KEY)).toEqual([]);
  expect(await world.metadata.list('apps-executions')).toEqual([]);
});
