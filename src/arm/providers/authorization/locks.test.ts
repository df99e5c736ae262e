import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../provider.js';
import { serveArm, type Answer, type ServedArm } from '../../../../test/support/arm-world.js';

let arm: ServedArm;
let group: string;
let registry: string;
beforeAll(async () => {
  arm = await serveArm();
  group = `${arm.subscription}/resourceGroups/rg-locked`;
  registry = `${group}/providers/Microsoft.ContainerRegistry/registries/lockacr`;
  await arm.call('PUT', group, { location: 'eastus', tags: { kept: 'yes' } });
  await arm.call('PUT', registry, body);
});
afterAll(() => arm.close());

const body = { location: 'eastus', sku: { name: 'Basic' } };
const lockPath = (scope: string): string => `${scope}/providers/Microsoft.Authorization/locks/l1`;
const lock = (scope: string, level: string): Promise<Answer> =>
  arm.call('PUT', lockPath(scope), { properties: { level } });

describe('locks', () => {
  it('on a resource keep it, and the group it is in', async () => {
    expect((await lock(registry, 'CanNotDelete')).status).toBe(201);
    for (const path of [registry, group]) {
      const answer = await arm.call('DELETE', path);
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ error: { code: 'ScopeLocked' } });
    }
    expect((await arm.call('PUT', registry, body)).status).toBe(200);
    expect((await arm.call('DELETE', lockPath(registry))).status).toBe(200);
    expect((await arm.call('DELETE', registry)).status).toBe(200);
    await arm.call('PUT', registry, body);
  });

  it('on a group forbid changes in it when they are read-only', async () => {
    await lock(group, 'ReadOnly');
    expect((await arm.call('PUT', registry, body)).body).toMatchObject({
      error: { code: 'ScopeLocked' },
    });
    expect((await arm.call('GET', registry)).status).toBe(200);
    await arm.call('DELETE', lockPath(group));
    expect((await arm.call('PUT', registry, body)).status).toBe(200);
  });

  it('have a level', async () => {
    expect((await lock(group, 'Sometimes')).status).toBe(400);
  });
});

describe('tags', () => {
  const path = (scope: string): string => `${scope}/providers/Microsoft.Resources/tags/default`;
  const tags = (values: Record<string, string>, operation?: string): JsonObject =>
    operation === undefined
      ? { properties: { tags: values } }
      : { operation, properties: { tags: values } };

  it('of a resource are replaced, merged and dropped', async () => {
    const steps = [
      ['PUT', tags({ a: '1', b: '2' }), { a: '1', b: '2' }],
      ['PATCH', tags({ b: '3', c: '4' }, 'Merge'), { a: '1', b: '3', c: '4' }],
      ['PATCH', tags({ b: '3', c: 'other' }, 'Delete'), { a: '1', c: '4' }],
      ['PATCH', tags({ z: '9' }, 'Replace'), { z: '9' }],
    ] as const;
    for (const [method, content, expected] of steps) {
      const { body: answer } = await arm.call(method, path(registry), content);
      expect(answer['properties']).toEqual({ tags: expected });
      expect((await arm.call('GET', registry)).body['tags']).toEqual(expected);
    }
    await arm.call('DELETE', path(registry));
    expect((await arm.call('GET', registry)).body['tags']).toEqual({});
  });

  it('of a group are its tags', async () => {
    const { body: before } = await arm.call('GET', path(group));
    expect(before).toMatchObject({ properties: { tags: { kept: 'yes' } } });
    await arm.call('PATCH', path(group), tags({ more: 'yes' }, 'Merge'));
    expect((await arm.call('GET', group)).body['tags']).toEqual({ kept: 'yes', more: 'yes' });
  });

  it.each([
    ['PATCH', { operation: 'Shuffle', properties: { tags: {} } }, 400],
    ['PUT', { properties: { tags: { a: 1 } } }, 400],
    ['PUT', {}, 400],
  ] as const)('refuse %s %j', async (method, content, status) => {
    expect((await arm.call(method, path(registry), content)).status).toBe(status);
  });

  it('of a subscription are not implemented, and say so', async () => {
    expect((await arm.call('GET', path(arm.subscription))).status).toBe(501);
  });
});
