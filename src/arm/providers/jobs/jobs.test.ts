import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createWorld,
  ENVIRONMENT,
  plainTokens,
  REGISTRY,
  SUBSCRIPTION,
} from '../../../../test/support/app-world.js';
import type { World } from '../../../../test/support/app-world.js';
import type { JsonObject } from '../../../base/json.js';
import type { RequestContext, ResourceProvider } from '../../provider.js';
import { parseResourceId } from '../../resource-id.js';
import type { ResourceId } from '../../resource-id.js';
import { createJobProviders } from './jobs.js';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.App`;
const IMAGE = `${REGISTRY}/good:v1`;
const context: RequestContext = {
  caller: 'user@example.com',
  correlationId: '',
  apiVersion: '2025-01-01',
  baseUrl: 'https://localhost:7443',
};

let world: World;
let jobs: ResourceProvider;
let executions: ResourceProvider;
let replicas: ResourceProvider;

beforeEach(async () => {
  world = await createWorld({ programs: { good: { exitCode: 0 }, forever: {} } });
  world.registry.images.set(IMAGE, 'good');
  const { service, clock } = world;
  const all = createJobProviders({ service, tokens: plainTokens, clock });
  [jobs, executions, replicas] = all as [ResourceProvider, ResourceProvider, ResourceProvider];
});
afterEach(() => world.close());

function id(path = 'jobs/nightly'): ResourceId {
  return parseResourceId(`${GROUP}/${path}`)!;
}

function body(configuration: JsonObject = {}, template: JsonObject = {}): JsonObject {
  return {
    location: 'Korea Central',
    properties: {
      environmentId: ENVIRONMENT.key,
      configuration: { triggerType: 'Manual', replicaTimeout: 60, ...configuration },
      template: {
        containers: [{ name: 'app', image: IMAGE, env: [{ name: 'A', value: '1' }] }],
        ...template,
      },
    },
  };
}

describe('a job', () => {
  it('shows what was asked for, with defaults and without secrets', async () => {
    const secrets = [{ name: 's', value: 'hunter2' }];
    await jobs.put!(id(), body({ secrets, triggerType: 'manual' }), context);
    const shown = await jobs.get(id(), context);
    expect(shown).toMatchObject({
      type: 'Microsoft.App/jobs',
      location: 'Korea Central',
      properties: {
        provisioningState: 'Succeeded',
        configuration: {
          triggerType: 'Manual',
          replicaTimeout: 60,
          replicaRetryLimit: 0,
          manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 },
          scheduleTriggerConfig: null,
          secrets: [{ name: 's' }],
        },
        template: { containers: [{ name: 'app', image: IMAGE }] },
      },
    });
    expect(JSON.stringify(shown)).not.toContain('hunter2');
  });

  it('keeps its secrets when a patch changes something else', async () => {
    await jobs.put!(id(), body({ secrets: [{ name: 's', value: 'hunter2' }] }), context);
    const patch = { properties: { configuration: { replicaRetryLimit: 4 } } };
    await jobs.patch!(id(), patch, context);
    const { configuration } = world.service.jobs.job(id().key)!;
    expect(configuration).toMatchObject({
      replicaRetryLimit: 4,
      secrets: [{ name: 's', value: 'hunter2' }],
    });
  });

  it('is started with another template, listed, shown with its replicas, and stopped', async () => {
    await jobs.put!(id(), body(), context);
    world.registry.images.set(`${REGISTRY}/forever:v1`, 'forever');
    const containers = [{ name: 'app', image: `${REGISTRY}/forever:v1` }];
    const { body: started } = await jobs.actions!['start']!(id(), { containers }, context);
    const { name } = started as { name: string };
    expect(started).toMatchObject({ id: `${GROUP}/jobs/nightly/executions/${name}` });
    await world.clock.until(() => world.runtime.running().length === 1);
    const [listed] = await executions.list(id(), context);
    expect(listed).toMatchObject({
      type: 'Microsoft.App/jobs/executions',
      properties: { status: 'Running', startTime: expect.any(String), template: { containers } },
    });
    const one = id(`jobs/nightly/executions/${name}`);
    expect(await executions.get(one, context)).toEqual(listed);
    const [replica] = await replicas.list(one, context);
    expect(replica).toMatchObject({
      properties: {
        containers: [
          {
            runningState: 'Running',
            logStreamEndpoint: expect.stringContaining(
              `/jobs/nightly/executions/${name}/replicas/`,
            ),
          },
        ],
      },
    });
    await jobs.actions!['stop']!(id(), { jobExecutionName: name }, context);
    expect(await executions.get(one, context)).toMatchObject({ properties: { status: 'Stopped' } });
  });

  it('takes the image of its own where a start names none', async () => {
    await jobs.put!(id(), body(), context);
    await jobs.actions!['start']!(id(), { containers: [{ name: 'app', image: null }] }, context);
    const [execution] = world.service.jobs.executions(id().key);
    expect(execution?.template.containers).toMatchObject([{ image: IMAGE, env: [] }]);
  });

  it.each<[string, JsonObject, string, string]>([
    ['an event', body({ triggerType: 'Event' }), 'NotImplemented', "triggerType 'Event'"],
    ['an unknown trigger', body({ triggerType: 'Moon' }), 'ContainerAppInvalidValue', "'Moon'"],
    [
      'a schedule without times',
      body({ triggerType: 'Schedule' }),
      'ContainerAppInvalidValue',
      'scheduleTriggerConfig.cronExpression',
    ],
    [
      'six fields of a schedule',
      body({
        triggerType: 'Schedule',
        scheduleTriggerConfig: { cronExpression: '0 */5 * * * *' },
      }),
      'ContainerAppInvalidValue',
      'no cron expression of five fields',
    ],
    ['no time', body({ replicaTimeout: 0 }), 'ContainerAppInvalidValue', 'replicaTimeout'],
    ['less than no retry', body({ replicaRetryLimit: -1 }), 'ContainerAppInvalidValue', '-1'],
    [
      'no replica',
      body({ manualTriggerConfig: { parallelism: 0 } }),
      'ContainerAppInvalidValue',
      'manualTriggerConfig.parallelism',
    ],
    [
      'no container',
      body({}, { containers: [] }),
      'ContainerAppContainersRequired',
      'at least one',
    ],
    [
      'a secret there is not',
      body({ registries: [{ server: 'x', username: 'u', passwordSecretRef: 'nope' }] }),
      'ContainerAppSecretRefNotFound',
      "'nope'",
    ],
  ])('with %s is refused', async (_name, of, code, text) => {
    const refusal = jobs.put!(id(), of, context);
    await expect(refusal).rejects.toMatchObject({ code });
    await expect(refusal).rejects.toThrow(text);
    expect(await jobs.get(id(), context)).toBeUndefined();
  });

  it('refuses a bad name, and an execution there is none of', async () => {
    await expect(jobs.put!(id('jobs/Bad--Name'), body(), context)).rejects.toMatchObject({
      code: 'ContainerAppsJobInvalidName',
    });
    await jobs.put!(id(), body(), context);
    const stop = jobs.actions!['stop']!(id(), { jobExecutionName: 'nope' }, context);
    await expect(stop).rejects.toMatchObject({ code: 'JobExecutionNotFound' });
  });
});
