import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveArm, type ServedArm } from '../../test/support/arm-world.js';
import type { Json, JsonObject, Resource, ResourceProvider, WriteResult } from './provider.js';
import type { ResourceId } from './resource-id.js';

interface Exchange {
  name: string;
  method: string;
  /** After `/subscriptions/{id}`, unless it starts with `//`. */
  path: string;
  body?: Json | string;
  headers?: Record<string, string>;
  status: number;
  /** Part of the body. */
  expect?: JsonObject;
  /** `error.code`. */
  code?: string;
}

const GROUP = '/resourceGroups/rg-main';
const REGISTRIES = `${GROUP}/providers/Microsoft.ContainerRegistry/registries`;
const WORKSPACES = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces`;

let arm: ServedArm;
beforeAll(async () => {
  arm = await serveArm();
  await arm.call('PUT', `${arm.subscription}${GROUP}`, { location: 'koreacentral' });
});
afterAll(() => arm.close());

function pathOf(path: string): string {
  return path.startsWith('//') ? path.slice(1) : `${arm.subscription}${path}`;
}

async function check(exchange: Exchange): Promise<void> {
  const { method, path, body, headers } = exchange;
  const answer = await arm.call(method, pathOf(path), body, headers);
  const seen = { status: answer.status, code: codeOf(answer.body) };
  expect(seen).toEqual({ status: exchange.status, code: exchange.code });
  if (exchange.expect !== undefined) expect(answer.body).toMatchObject(exchange.expect);
  expect(answer.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
}

function codeOf(body: JsonObject): unknown {
  return (body['error'] as JsonObject | undefined)?.['code'];
}

describe('the resource manager', () => {
  const exchanges: Exchange[] = [
    {
      name: 'lists the subscription',
      method: 'GET',
      path: '//subscriptions',
      status: 200,
      expect: { value: [{ state: 'Enabled' }] },
    },
    {
      name: 'shows the subscription',
      method: 'GET',
      path: '',
      status: 200,
      expect: { state: 'Enabled' },
    },
    {
      name: 'knows no other subscription',
      method: 'GET',
      path: '//subscriptions/00000000-0000-0000-0000-000000000001',
      status: 404,
      code: 'SubscriptionNotFound',
    },
    {
      name: 'knows no other subscription, below it',
      method: 'GET',
      path: '//subscriptions/x/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/abcde',
      status: 404,
      code: 'SubscriptionNotFound',
    },
    { name: 'lists locations', method: 'GET', path: '/locations', status: 200 },
    { name: 'lists tenants', method: 'GET', path: '//tenants', status: 200 },
    {
      name: 'shows a namespace in any letter case, registered',
      method: 'GET',
      path: '/providers/microsoft.operationalinsights',
      status: 200,
      expect: {
        namespace: 'Microsoft.OperationalInsights',
        registrationState: 'Registered',
        resourceTypes: [{ resourceType: 'workspaces' }],
      },
    },
    {
      name: 'registers what is registered',
      method: 'POST',
      path: '/providers/Microsoft.ContainerRegistry/register',
      status: 200,
      expect: { registrationState: 'Registered' },
    },
    {
      name: 'knows no other namespace',
      method: 'GET',
      path: '/providers/Microsoft.Nonesuch',
      status: 404,
      code: 'InvalidResourceNamespace',
    },
    { name: 'answers HEAD of a group with 204', method: 'HEAD', path: GROUP, status: 204 },
    {
      name: 'answers HEAD of no group with 404',
      method: 'HEAD',
      path: '/resourcegroups/none',
      status: 404,
    },
    {
      name: 'shows a group in any letter case',
      method: 'GET',
      path: '/resourcegroups/RG-MAIN',
      status: 200,
      expect: { name: 'rg-main', location: 'koreacentral' },
    },
    {
      name: 'refuses a group without a location',
      method: 'PUT',
      path: '/resourceGroups/other',
      body: {},
      status: 400,
      code: 'LocationRequired',
    },
    {
      name: 'refuses a group in a place that is none',
      method: 'PUT',
      path: '/resourceGroups/other',
      body: { location: 'atlantis' },
      status: 400,
      code: 'LocationNotAvailableForResourceGroup',
    },
    {
      name: 'refuses to move a group',
      method: 'PUT',
      path: GROUP,
      body: { location: 'eastus' },
      status: 409,
      code: 'InvalidResourceGroupLocation',
    },
    {
      name: 'refuses a group name that ends with a period',
      method: 'PUT',
      path: '/resourceGroups/rg.',
      body: { location: 'eastus' },
      status: 400,
      code: 'InvalidResourceGroup',
    },
    {
      name: 'refuses tags that are no texts',
      method: 'PUT',
      path: GROUP,
      body: { location: 'koreacentral', tags: { a: 1 } },
      status: 400,
      code: 'InvalidRequestContent',
    },
    {
      name: 'refuses malformed JSON, with the place',
      method: 'PUT',
      path: GROUP,
      body: '{"location": "eastus"',
      status: 400,
      code: 'InvalidRequestContent',
      expect: { error: { message: expect.stringContaining('line 1, position 22') as string } },
    },
    {
      name: 'refuses a body that is no object',
      method: 'PUT',
      path: GROUP,
      body: '[1]',
      status: 400,
      code: 'InvalidRequestContent',
    },
    {
      name: 'refuses a body nested too deeply',
      method: 'PUT',
      path: GROUP,
      body: '[{"a":'.repeat(50_000),
      status: 400,
      code: 'InvalidRequestContent',
    },
    {
      name: 'refuses a body that is too long',
      method: 'PUT',
      path: GROUP,
      body: `{"location":"${'x'.repeat(4 * 1024 * 1024)}"}`,
      status: 413,
      code: 'RequestContentTooLarge',
    },
    {
      name: 'refuses a missing api-version',
      method: 'GET',
      path: `${GROUP}?api-version=`,
      status: 400,
      code: 'MissingApiVersionParameter',
    },
    {
      name: 'refuses an api-version that is no date',
      method: 'GET',
      path: `${GROUP}?api-version=latest`,
      status: 400,
      code: 'InvalidApiVersionParameter',
    },
    {
      name: 'refuses an api-version older than the resource manager',
      method: 'GET',
      path: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces?api-version=1999-01-01`,
      status: 400,
      code: 'NoRegisteredProviderFound',
    },
    {
      name: 'knows no other path',
      method: 'GET',
      path: '/nonesuch',
      status: 404,
      code: 'NotFound',
    },
    {
      name: 'refuses methods a path has not',
      method: 'PUT',
      path: '/locations',
      status: 405,
      code: 'MethodNotAllowed',
    },
    {
      name: 'tells that a group is missing',
      method: 'GET',
      path: '/resourceGroups/none/providers/Microsoft.ContainerRegistry/registries/abcde',
      status: 404,
      code: 'ResourceGroupNotFound',
    },
    {
      name: 'tells that a resource is missing',
      method: 'GET',
      path: `${REGISTRIES}/abcde`,
      status: 404,
      code: 'ResourceNotFound',
      expect: {
        error: {
          message:
            "The Resource 'Microsoft.ContainerRegistry/registries/abcde' under resource group 'rg-main' was not found. " +
            'For more details please go to https://aka.ms/ARMResourceNotFoundFix',
        },
      },
    },
    {
      name: 'tells that a type is missing',
      method: 'GET',
      path: `${GROUP}/providers/Microsoft.ContainerRegistry/nonesuch/abcde`,
      status: 404,
      code: 'InvalidResourceType',
    },
    {
      name: 'tells that a namespace is missing',
      method: 'PUT',
      path: `${GROUP}/providers/Microsoft.Nonesuch/things/abcde`,
      body: { location: 'eastus' },
      status: 404,
      code: 'InvalidResourceNamespace',
    },
    {
      name: 'deletes what is not there',
      method: 'DELETE',
      path: `${REGISTRIES}/abcde`,
      status: 204,
    },
    {
      name: 'refuses a resource without a location',
      method: 'PUT',
      path: `${WORKSPACES}/work`,
      body: {},
      status: 400,
      code: 'LocationRequired',
    },
    {
      name: 'creates a workspace',
      method: 'PUT',
      path: `${WORKSPACES}/work`,
      body: { location: 'Korea Central', properties: {} },
      status: 201,
      expect: { location: 'koreacentral', properties: { provisioningState: 'Succeeded' } },
    },
    {
      name: 'refuses to move it',
      method: 'PUT',
      path: `${WORKSPACES}/work`,
      body: { location: 'eastus' },
      status: 409,
      code: 'InvalidResourceLocation',
    },
    {
      name: 'gives its keys',
      method: 'POST',
      path: `${WORKSPACES.toLowerCase()}/WORK/sharedkeys`,
      status: 200,
      expect: { primarySharedKey: expect.stringMatching(/^[A-Za-z0-9+/=]{88}$/) as string },
    },
    {
      name: 'names an action that is not there',
      method: 'POST',
      path: `${WORKSPACES}/work/purge`,
      status: 501,
      code: 'NotImplemented',
    },
    {
      name: 'patches its tags and keeps the rest',
      method: 'PATCH',
      path: `${WORKSPACES}/work`,
      body: { tags: { team: 'a' } },
      status: 200,
      expect: { tags: { team: 'a' }, location: 'koreacentral' },
    },
    {
      name: 'finds it by type and tag',
      method: 'GET',
      path:
        "/resources?$filter=resourceType eq 'microsoft.operationalinsights/WORKSPACES' " +
        "and tagName eq 'team' and tagValue eq 'a'",
      status: 200,
      expect: { value: [{ name: 'work', type: 'Microsoft.OperationalInsights/workspaces' }] },
    },
    {
      name: 'refuses a filter it can not read',
      method: 'GET',
      path: "/resources?$filter=startswith(name,'a')",
      status: 400,
      code: 'InvalidFilterInQueryString',
    },
    {
      name: 'names what it does not do with groups',
      method: 'POST',
      path: '/resourceGroups/rg/exportTemplate',
      body: { resources: ['*'] },
      status: 501,
      code: 'NotImplemented',
    },
    {
      name: 'knows no other operation',
      method: 'GET',
      path: '/providers/Microsoft.App/locations/local/operationStatuses/none',
      status: 404,
      code: 'OperationNotFound',
    },
  ];
  it.each(exchanges)('$name', check);

  it('answers with the correlation id it was given', async () => {
    const answer = await arm.call('GET', arm.subscription, undefined, {
      'x-ms-correlation-request-id': 'abc-123',
    });
    expect(answer.headers.get('x-ms-correlation-request-id')).toBe('abc-123');
  });

  it('leaves other paths to others', async () => {
    expect((await fetch(`${arm.origin}/v2/`)).status).toBe(404);
  });
});

describe('authentication', () => {
  const refused = [
    { name: 'no token', headers: { authorization: '' }, code: 'AuthenticationFailed' },
    {
      name: 'another scheme',
      headers: { authorization: 'Basic eDp5' },
      code: 'AuthenticationFailed',
    },
    {
      name: 'a token of another kind',
      headers: { authorization: 'Bearer opaque' },
      code: 'InvalidAuthenticationToken',
    },
    {
      name: 'a token without a signature',
      headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
      code: 'InvalidAuthenticationToken',
    },
  ];
  it.each(refused)('refuses $name', async ({ headers, code }) => {
    const answer = await arm.call('GET', arm.subscription, undefined, headers);
    expect(answer.status).toBe(401);
    expect(codeOf(answer.body)).toBe(code);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer authorization_uri=/);
  });

  it('refuses a token that was changed', async () => {
    const [header, , signature] = arm.token.split('.');
    const claims = Buffer.from('{"aud":"https://management.core.windows.net/"}');
    const forged = `${header}.${claims.toString('base64url')}.${signature}`;
    const answer = await arm.call('GET', arm.subscription, undefined, {
      authorization: `Bearer ${forged}`,
    });
    expect(answer.status).toBe(401);
  });
});

describe('deleting a group', () => {
  it('removes everything in it in the background', async () => {
    const group = `${arm.subscription}/resourceGroups/rg-gone`;
    await arm.call('PUT', group, { location: 'eastus' });
    const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/goneacr`;
    await arm.call('PUT', registry, { location: 'eastus', sku: { name: 'Basic' } });
    expect(arm.registries.has('goneacr')).toBe(true);
    const accepted = await arm.call('DELETE', group);
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('retry-after')).toBe('1');
    expect((await arm.settle(accepted)).status).toBe(200);
    expect((await arm.call('GET', group)).status).toBe(404);
    expect(arm.registries.has('goneacr')).toBe(false);
  });

  it('waits for a write that had begun, and refuses those that begin later', async () => {
    const things = new SlowThings();
    const slow = await serveArm({ providers: [things] });
    const group = `${slow.subscription}/resourceGroups/rg-busy`;
    await slow.call('PUT', group, { location: 'eastus' });
    const thing = `${group}/providers/Contoso.Slow/things`;
    const writing = slow.call('PUT', `${thing}/early`, { location: 'eastus' });
    await expect.poll(() => things.finish).toBeDefined();
    const deletion = await slow.call('DELETE', group);
    const late = await slow.call('PUT', `${thing}/late`, { location: 'eastus' });
    expect([late.status, codeOf(late.body)]).toEqual([409, 'ResourceGroupBeingDeleted']);
    things.finish?.();
    expect((await writing).status).toBe(201);
    expect((await slow.settle(deletion)).status).toBe(200);
    expect([...things.stored.keys()]).toEqual([]);
    await slow.close();
  });
});

/** A write is stored only when the test says so. */
class SlowThings implements ResourceProvider {
  readonly type = 'Contoso.Slow/things';
  readonly stored = new Map<string, Resource>();
  finish: (() => void) | undefined;

  get(id: ResourceId): Promise<Resource | undefined> {
    return Promise.resolve(this.stored.get(id.key));
  }

  list(): Promise<Resource[]> {
    return Promise.resolve([...this.stored.values()]);
  }

  async put(id: ResourceId): Promise<WriteResult> {
    await new Promise<void>((done) => (this.finish = done));
    const resource = { id: id.text, name: id.names[0] ?? '', type: this.type, properties: {} };
    this.stored.set(id.key, resource);
    return { created: true, resource };
  }

  delete(id: ResourceId): Promise<void> {
    this.stored.delete(id.key);
    return Promise.resolve();
  }
}
