import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.js';
import type { JsonObject } from '../base/json.js';
import { digestOf } from '../oci/digest.js';
import type { TaskDefinition } from './definitions/task-definition.js';
import type { Run } from './runs/run-record.js';
import { TaskError } from './task-error.js';
import { createTaskService, type TaskService } from './task-service.js';
import { RunWorld } from './testing/run-world.js';
import { hookPath } from './triggers/commit-plane.js';

const STEP: JsonObject = {
  type: 'EncodedTask',
  encodedTaskContent: Buffer.from('steps: [{cmd: "docker buildx ls"}]').toString('base64'),
  values: [{ name: 'a', value: '1' }],
};

const definition = (change: Partial<TaskDefinition> = {}): TaskDefinition => ({
  registry: 'labacr',
  name: 'nightly',
  enabled: true,
  step: STEP,
  platform: { os: 'linux', architecture: 'amd64' },
  agentConfiguration: { cpu: 2 },
  timeout: 3600,
  timers: [],
  sources: [],
  ...change,
});

let world: RunWorld;
let clock: FakeClock;
let tasks: TaskService;

beforeEach(async () => {
  clock = new FakeClock('2026-06-20T20:59:30.000Z');
  world = await RunWorld.open();
  tasks = await createTaskService({ metadata: world.metadata, runs: world.runs, clock });
});
afterEach(async () => {
  await tasks.close();
  await world.close();
});

async function finishedRuns(): Promise<Run[]> {
  await tasks.idle();
  await world.runs.idle();
  return (await world.runs.listRuns('labacr')).reverse();
}

describe('a timer', () => {
  it('starts a run each time that it is due', async () => {
    const timers = [{ name: 't1', schedule: '0 21 * * *', enabled: true }];
    await tasks.putTask(definition({ timers }));
    await clock.advance(29_000);
    expect(await finishedRuns()).toEqual([]);
    await clock.advance(1_000);
    const trigger = { timer: { name: 't1', occurrence: '2026-06-20T21:00:00.000Z' } };
    const expected = { task: 'nightly', status: 'Succeeded', runType: 'AutoRun', trigger };
    expect(await finishedRuns()).toMatchObject([expected]);
    await clock.advance(24 * 3600_000);
    expect(await finishedRuns()).toHaveLength(2);
  });

  it.each([
    ['that is disabled', { timers: [{ name: 't', schedule: '* * * * *', enabled: false }] }],
    [
      'of a disabled task',
      { enabled: false, timers: [{ name: 't', schedule: '* * * * *', enabled: true }] },
    ],
  ])('%s starts none', async (_name, change) => {
    await tasks.putTask(definition(change));
    await clock.advance(600_000);
    expect(await finishedRuns()).toEqual([]);
  });

  it('ends with its task, and is taken up by the next process', async () => {
    const timers = [{ name: 't', schedule: '*/10 * * * *', enabled: true }];
    await tasks.putTask(definition({ timers }));
    await tasks.close();
    tasks = await createTaskService({ metadata: world.metadata, runs: world.runs, clock });
    await clock.advance(60_000);
    expect(await finishedRuns()).toHaveLength(1);
    await tasks.removeTask('labacr', 'nightly');
    await clock.advance(3600_000);
    expect(await finishedRuns()).toHaveLength(1);
  });
});

describe('a base image', () => {
  const push = (digest: string, tag = '1'): void => {
    tasks.imagePushed({
      registries: ['localhost:5001', 'labacr.azurecr.io'],
      repository: 'base',
      tag,
      digest: digestOf(digest),
    });
  };

  /** Builds the base, then the task's image on it. */
  async function buildOn(): Promise<void> {
    const sourceLocation = await world.uploadSource([
      { name: 'Dockerfile', content: 'FROM scratch\n' },
    ]);
    const image = { type: 'DockerBuildRequest', imageNames: ['base:1'], sourceLocation };
    await world.finish(image);
    const text = 'version: v1.1.0\nsteps: [{build: "-t $Registry/app:1 ."}]\n';
    const encodedTaskContent = Buffer.from(text).toString('base64');
    const step = { type: 'EncodedTask', encodedTaskContent };
    const baseImage = { name: 'base', type: 'Runtime' as const, enabled: true };
    await tasks.putTask(definition({ step, baseImage }));
    const contextPath = await world.uploadSource([
      { name: 'Dockerfile', content: 'FROM localhost:5001/base:1\nLABEL a=b\n' },
    ]);
    const overrides = { contextPath };
    await tasks.runTask('LabACR', {
      taskId: '/x/tasks/nightly',
      overrideTaskStepProperties: overrides,
    });
    await world.runs.idle();
  }

  it('that a run was built on starts one when its tag moves', async () => {
    await buildOn();
    const before = (await finishedRuns()).length;
    const base = (await finishedRuns())[0]?.outputImages[0]?.digest ?? '';
    tasks.imagePushed({
      registries: ['localhost:5001'],
      repository: 'base',
      tag: '1',
      digest: base,
    });
    push('other', '2');
    expect(await finishedRuns()).toHaveLength(before);
    push('other');
    const [run] = (await finishedRuns()).slice(before);
    expect(run?.trigger?.imageUpdate?.images).toEqual([
      { repository: 'base', tag: '1', digest: digestOf('other') },
    ]);
  });
});

describe('a commit', () => {
  const source = {
    name: 'default',
    enabled: true,
    repositoryUrl: 'x',
    branch: 'main',
    events: ['commit' as const],
    key: 'k3y',
  };
  const COMMIT = 'a'.repeat(40);
  const payload = (branch = 'main'): JsonObject => ({
    ref: `refs/heads/${branch}`,
    after: COMMIT,
    repository: { clone_url: 'file:///nowhere.git' },
  });
  let server: Server;
  beforeEach(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      void tasks.commitPlane.handle(request, response, url).then((taken) => {
        if (!taken) response.writeHead(418).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());

  const send = async (
    path: string,
    body: unknown,
    event = 'push',
  ): Promise<[number, JsonObject]> => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const headers = { 'x-github-event': event };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(base + path, { method: 'POST', headers, body: text });
    return [answer.status, (await answer.json()) as JsonObject];
  };

  it('starts a run of its source at that commit', async () => {
    const task = definition({ sources: [source] });
    await tasks.putTask(task);
    expect(await send(hookPath(task, source), payload())).toEqual([202, { runId: 'ca1' }]);
    const [run] = await finishedRuns();
    expect(run).toMatchObject({
      status: 'Failed',
      trigger: { source: { type: 'commit', commit: COMMIT, branch: 'main', provider: 'Github' } },
    });
    expect(run?.runErrorMessage).toMatch(/git fetch failed/);
  });

  it.each([
    ['of another branch', payload('dev'), 'push', 200],
    ['that is a ping', {}, 'ping', 200],
    ['of a branch that was deleted', { ...payload(), after: '0'.repeat(40) }, 'push', 200],
    ['that is no JSON', '{', 'push', 400],
  ])('%s starts none', async (_name, body, event, status) => {
    const task = definition({ sources: [source] });
    await tasks.putTask(task);
    expect((await send(hookPath(task, source), body, event))[0]).toBe(status);
    expect(await finishedRuns()).toEqual([]);
  });

  it('needs the key of the trigger', async () => {
    const task = definition({ sources: [source] });
    await tasks.putTask(task);
    const path = hookPath(task, { ...source, key: 'wrong' });
    expect((await send(path, payload()))[0]).toBe(404);
    expect((await send('/tasks/hooks/a/b/c', payload()))[0]).toBe(404);
  });
});

describe('a run of a task', () => {
  it('is one of it, and needs it', async () => {
    await tasks.putTask(definition());
    await tasks.runTask('labacr', { taskId: '/x/tasks/Nightly' });
    expect(await finishedRuns()).toMatchObject([{ task: 'nightly', runType: 'QuickRun' }]);
    const refused = async (): Promise<unknown> =>
      tasks.runTask('labacr', { taskId: '/x/tasks/gone' }).catch((error: unknown) => error);
    expect(await refused()).toMatchObject({ code: 'TaskNotFound' });
    expect(await refused()).toBeInstanceOf(TaskError);
    await tasks.removeRegistry('LabACR');
    expect(await tasks.runTask('labacr', { taskId: 'nightly' }).catch(() => 'gone')).toBe('gone');
  });
});
