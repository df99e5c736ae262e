import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.js';
import { compileBicep } from '../../src/bicep/compile.js';
import { everyResource } from '../support/every-resource.js';
import { openShapeWorld, type ShapeWorld } from '../support/request-shapes/shape-world.js';

// What-if of a template that was just deployed: nothing would change, and where something would, no stored secret
// is told.

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
let world: ShapeWorld;

beforeAll(async () => {
  world = await openShapeWorld();
}, 60_000);
afterAll(() => world.close());

async function call(method: string, path: string, body?: object): Promise<JsonObject> {
  const { places } = world;
  const url = path.startsWith('https:')
    ? path
    : `${places.get('gateway') ?? ''}${path}?api-version=2025-01-01`;
  const answer = await world.send({
    ...{ method, url },
    headers: { authorization: `Bearer ${places.get('token') ?? ''}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  const location = answer.headers['location'];
  if (answer.status === 202 && location) return call('GET', location);
  return answer.json as JsonObject;
}

/** A group of its own, with the template deployed in it. */
async function deploy(
  name: string,
  make: (group: string) => JsonObject,
): Promise<{ whatIf(template: JsonObject): Promise<JsonObject[]>; template: JsonObject }> {
  const group = `${world.places.get('sub') ?? ''}/resourceGroups/rg-${name}`;
  await call('PUT', group, { location: 'koreacentral' });
  const template = make(group);
  const path = `${group}/providers/Microsoft.Resources/deployments/again`;
  const properties = { mode: 'Incremental', template };
  await call('PUT', path, { properties });
  const state = async (): Promise<unknown> =>
    ((await call('GET', path))['properties'] as JsonObject)['provisioningState'];
  await expect.poll(state, { timeout: 20_000 }).toBe('Succeeded');
  return {
    template,
    whatIf: async (next) => {
      const body = { properties: { mode: 'Incremental', template: next } };
      const answer = await call('POST', `${path}/whatIf`, body);
      return (answer['properties'] as JsonObject)['changes'] as JsonObject[];
    },
  };
}

/** `/…/providers/Microsoft.App/jobs/job` as a template has it. */
function resourceOf(path: string, body: object): JsonObject {
  const [namespace = '', ...segments] = path.split('/providers/')[1]?.split('/') ?? [];
  const pick = (offset: number): string => segments.filter((_, at) => at % 2 === offset).join('/');
  return {
    type: `${namespace}/${pick(0)}`,
    apiVersion: '2025-01-01',
    name: pick(1),
    location: 'koreacentral',
    ...body,
  };
}

/** In the order they need each other; nested deployments have a what-if of their own. */
function everyType(group: string, secret: (place: string) => string): JsonObject {
  const resources = Object.entries(everyResource(group, secret))
    .filter(([path]) => !path.includes('Microsoft.Resources'))
    .map(([path, body]) => resourceOf(path, body));
  const ids = resources.map(({ type, name }) => {
    const [namespace = '', ...types] = (type as string).split('/');
    const names = (name as string).split('/');
    return `${group}/providers/${namespace}/${types.map((one, at) => `${one}/${names[at] ?? ''}`).join('/')}`;
  });
  return {
    $schema: SCHEMA,
    contentVersion: '1.0.0.0',
    resources: resources.map((resource, at) => ({ ...resource, dependsOn: ids.slice(0, at) })),
  };
}

const changed = (changes: JsonObject[]): unknown[] =>
  changes
    .filter(({ changeType }) => changeType !== 'NoChange' && changeType !== 'Ignore')
    .map(({ resourceId, changeType, delta }) => ({ resourceId, changeType, delta }));

describe('what-if of what is deployed', () => {
  it.each(['acr-pull-failure', 'common'])('changes nothing of the template of %s', async (lab) => {
    const compiled = compileBicep(`labs/${lab}/infra/main.bicep`, (file) =>
      existsSync(file) ? readFileSync(file) : undefined,
    );
    const given = { environmentName: { value: `cae-${lab}` } };
    const outer = (): JsonObject => ({
      $schema: SCHEMA,
      contentVersion: '1.0.0.0',
      resources: [
        {
          type: 'Microsoft.Resources/deployments',
          apiVersion: '2022-09-01',
          name: 'lab',
          properties: {
            mode: 'Incremental',
            expressionEvaluationOptions: { scope: 'inner' },
            parameters: lab === 'common' ? given : {},
            template: compiled.template!,
          },
        },
      ],
    });
    const { whatIf, template } = await deploy(lab, outer);
    const changes = await whatIf(template);
    expect(changes.length).toBeGreaterThan(2);
    expect(changed(changes)).toEqual([]);
  });

  it('changes nothing of any type but what gets another secret, and tells none that is stored', async () => {
    let group = '';
    const { whatIf, template } = await deploy('every', (own) => {
      group = own;
      return everyType(own, (place) => `stored-${place}`);
    });
    const same = await whatIf(template);
    expect(same.length).toBe((template['resources'] as unknown[]).length);
    expect(changed(same)).toEqual([]);

    const changes = await whatIf(everyType(group, (place) => `given-${place}`));
    const types = changes
      .filter(({ changeType }) => changeType === 'Modify')
      .map(({ resourceId }) => (resourceId as string).split('/').at(-2));
    expect(types).toEqual(['webhooks', 'tasks', 'taskRuns', 'containerApps', 'jobs']);
    expect(JSON.stringify(changes)).not.toContain('stored-');
  });
});
