import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveArm, type Answer, type ServedArm } from '../../../../test/support/arm-world.js';
import type { JsonObject } from '../../provider.js';
import { parsePermissions } from './scope-maps.js';

let arm: ServedArm;
let registry: string;
beforeAll(async () => {
  arm = await serveArm();
  const group = `${arm.subscription}/resourceGroups/rg`;
  registry = `${group}/providers/Microsoft.ContainerRegistry/registries/childacr`;
  await arm.call('PUT', group, { location: 'eastus' });
  await arm.call('PUT', registry, { location: 'eastus', sku: { name: 'Premium' } });
});
afterAll(() => arm.close());

const put = (path: string, properties: JsonObject): Promise<Answer> =>
  arm.call('PUT', `${registry}/${path}`, { location: 'eastus', properties });
const settings = () => arm.registries.get('childacr')!;

describe('tokens and scope maps', () => {
  it('give a registry users with the permissions of their map', async () => {
    const map = await put('scopeMaps/ci', {
      actions: ['repositories/app/content/read', 'repositories/app/metadata/read'],
    });
    expect(map.status).toBe(201);
    const token = await put('tokens/ci-pull', { scopeMapId: map.body['id'] as string });
    expect(token.body).toMatchObject({ properties: { status: 'enabled' } });
    expect(settings().tokens).toEqual([
      {
        name: 'ci-pull',
        enabled: true,
        passwords: [],
        permissions: [{ repository: 'app', actions: ['content/read', 'metadata/read'] }],
      },
    ]);
  });

  it('make passwords that are shown once, and renew them one by one', async () => {
    const generate = (more: JsonObject): Promise<Answer> =>
      arm.call('POST', `${registry}/generateCredentials`, {
        tokenId: `${registry}/tokens/ci-pull`,
        ...more,
      });
    const both = (await generate({})).body['passwords'] as JsonObject[];
    expect(both.map(({ name }) => name)).toEqual(['password1', 'password2']);
    const expiry = '2030-01-01T00:00:00Z';
    const one = (await generate({ name: 'password2', expiry })).body['passwords'] as JsonObject[];
    expect(one).toMatchObject([{ value: null }, { name: 'password2', expiry }]);
    expect(settings().tokens?.[0]?.passwords).toEqual([
      { value: both[0]!['value'] },
      { value: one[1]!['value'], expiry },
    ]);
    const shown = await arm.call('GET', `${registry}/tokens/ci-pull`);
    expect(JSON.stringify(shown.body)).not.toContain(both[0]!['value']);
    expect(shown.body).toMatchObject({
      properties: { credentials: { passwords: [{ name: 'password1' }, { name: 'password2' }] } },
    });
    expect((await generate({ name: 'password3' })).status).toBe(400);
    expect((await generate({ expiry: 'soon' })).status).toBe(400);
    expect((await generate({ tokenId: `${registry}/tokens/nonesuch` })).status).toBe(404);
    expect((await generate({ tokenId: 'x' })).status).toBe(400);
  });

  it('lose the passwords that a list leaves out, and no others', async () => {
    const token = `${registry}/tokens/ci-pull`;
    const patch = async (properties: JsonObject): Promise<Answer> =>
      await arm.call('PATCH', token, { properties });
    expect(settings().tokens?.[0]?.passwords).toHaveLength(2);
    await patch({ status: 'enabled' });
    expect(settings().tokens?.[0]?.passwords).toHaveLength(2);
    const left = await patch({
      credentials: { passwords: [{ name: 'password2' }, { name: 'x' }] },
    });
    expect(left.body).toMatchObject({
      properties: { credentials: { passwords: [{ name: 'password2' }] } },
    });
    expect(settings().tokens?.[0]?.passwords).toHaveLength(1);
  });

  it('follow a change of the map, and lose everything with it', async () => {
    await put('scopeMaps/ci', { actions: ['repositories/other*/content/write'] });
    expect(settings().tokens?.[0]?.permissions).toEqual([
      { repository: 'other*', actions: ['content/write'] },
    ]);
    await arm.call('DELETE', `${registry}/scopeMaps/ci`);
    expect(settings().tokens?.[0]?.permissions).toEqual([]);
    await arm.call('PATCH', `${registry}/tokens/ci-pull`, {
      properties: {
        status: 'disabled',
        scopeMapId: `${registry}/scopeMaps/_repositories_pull`,
      },
    });
    expect(settings().tokens).toMatchObject([
      { enabled: false, permissions: [{ repository: '*', actions: ['content/read'] }] },
    ]);
  });

  it('come with the maps of the system, which stay as they are', async () => {
    const { body } = await arm.call('GET', `${registry}/scopeMaps`);
    expect((body['value'] as JsonObject[]).map(({ name }) => name)).toContain('_repositories_push');
    const changed = await put('scopeMaps/_repositories_push', { actions: [] });
    expect(changed.body).toMatchObject({ error: { code: 'SystemScopeMapNotModifiable' } });
  });

  it.each([
    ['tokens/abc', { scopeMapId: 'x' }],
    ['tokens/good-name', { scopeMapId: 'x' }],
    ['tokens/good-name', {}],
    ['scopeMaps/bad', { actions: 'all' }],
    ['scopeMaps/bad', { actions: ['repositories/app/content/eat'] }],
    ['webhooks/hook', { serviceUri: 'http://h', actions: ['push'] }],
    ['webhooks/hook01', { actions: ['push'] }],
    ['webhooks/hook01', { serviceUri: 'file:///x', actions: ['push'] }],
    ['webhooks/hook01', { serviceUri: 'http://h', actions: ['pull'] }],
    ['webhooks/hook01', { serviceUri: 'http://h', actions: ['push'], customHeaders: { a: 1 } }],
  ] as [string, JsonObject][])('refuse %s with %j', async (path, properties) => {
    const answer = await put(path, properties);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code: 'InvalidParameter' } });
  });

  it('need their registry', async () => {
    const path = `${registry}x/scopeMaps/ci`;
    const answer = await arm.call('PUT', path, { properties: { actions: [] } });
    expect(answer.body).toMatchObject({ error: { code: 'ParentResourceNotFound' } });
  });

  it('read permissions of several repositories', () => {
    const actions = [
      'repositories/a/b/content/read',
      'repositories/c/content/delete',
      'gateway/x/y',
    ];
    expect(parsePermissions(actions)).toEqual([
      { repository: 'a/b', actions: ['content/read'] },
      { repository: 'c', actions: ['content/delete'] },
    ]);
  });
});

describe('webhooks', () => {
  it('are told to the registry, and keep their address to themselves', async () => {
    const created = await put('webhooks/hook01', {
      serviceUri: 'http://localhost:9/hook',
      customHeaders: { authorization: 'secret' },
      actions: ['push', 'chart_push'],
      scope: 'app:*',
    });
    expect(JSON.stringify(created.body)).not.toMatch(/secret|localhost/);
    expect(settings().webhooks).toEqual([
      {
        name: 'hook01',
        serviceUri: 'http://localhost:9/hook',
        customHeaders: { authorization: 'secret' },
        actions: ['push'],
        scope: 'app:*',
        enabled: true,
      },
    ]);
    await arm.call('PATCH', `${registry}/webhooks/hook01`, { properties: { status: 'disabled' } });
    expect(settings().webhooks).toMatchObject([
      { enabled: false, serviceUri: 'http://localhost:9/hook' },
    ]);
    const callback = await arm.call('POST', `${registry}/webhooks/hook01/getCallbackConfig`);
    expect(callback.body).toMatchObject({ serviceUri: 'http://localhost:9/hook' });
    const ping = await arm.call('POST', `${registry}/webhooks/hook01/ping`);
    expect(ping.body).toEqual({ id: 'ping-1' });
    const events = await arm.call('POST', `${registry}/webhooks/hook01/listEvents`);
    expect(events.body).toMatchObject({
      value: [
        {
          id: 'ping-1',
          eventRequestMessage: { content: { action: 'ping' }, method: 'POST' },
          eventResponseMessage: { statusCode: '200', reasonPhrase: 'OK' },
        },
      ],
    });
    for (const action of ['ping', 'listEvents']) {
      const answer = await arm.call('POST', `${registry}/webhooks/nope01/${action}`);
      expect(answer.status).toBe(404);
    }
    await arm.call('DELETE', `${registry}/webhooks/hook01`);
    expect(settings().webhooks).toEqual([]);
  });
});

describe('policies and network rules', () => {
  it('are put to work', async () => {
    await arm.call('PATCH', registry, {
      properties: {
        policies: {
          retentionPolicy: { days: 3, status: 'enabled' },
          softDeletePolicy: { retentionDays: 9, status: 'enabled' },
        },
        networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.0/24' }] },
      },
    });
    expect(settings()).toMatchObject({
      untaggedRetention: { enabled: true, days: 3 },
      softDelete: { enabled: true, retentionDays: 9 },
      networkRules: { defaultAction: 'Deny', allowed: ['203.0.113.0/24'] },
    });
    await arm.call('PATCH', registry, { properties: { publicNetworkAccess: 'Disabled' } });
    expect(settings().networkRules).toEqual({ defaultAction: 'Deny', allowed: [] });
  });
});

describe('the children of a registry', () => {
  it('go with it', async () => {
    await put('tokens/staying', { scopeMapId: `${registry}/scopeMaps/_repositories_pull` });
    await arm.call('DELETE', registry);
    await arm.call('PUT', registry, { location: 'eastus', sku: { name: 'Premium' } });
    expect((await arm.call('GET', `${registry}/tokens`)).body).toEqual({ value: [] });
  });
});
