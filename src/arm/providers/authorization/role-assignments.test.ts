import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveArm, type Answer, type ServedArm } from '../../../../test/support/arm-world.js';
import type { JsonObject } from '../../provider.js';
import { createRoleChecker } from './role-assignments.js';

const PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const PUSH = '8311e382-0749-4cb8-b61a-304f252e45ec';

let arm: ServedArm;
let group: string;
let registry: string;
beforeAll(async () => {
  arm = await serveArm();
  group = `${arm.subscription}/resourceGroups/rg`;
  registry = `${group}/providers/Microsoft.ContainerRegistry/registries/roleacr`;
  await arm.call('PUT', group, { location: 'eastus' });
  await arm.call('PUT', registry, { location: 'eastus', sku: { name: 'Basic' } });
});
afterAll(() => arm.close());

function assign(
  scope: string,
  principalId: string,
  role: string,
  name: string = randomUUID(),
): Promise<Answer> {
  const roleDefinitionId = `${arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  return arm.call('PUT', `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`, {
    properties: { roleDefinitionId, principalId, principalType: 'ServicePrincipal' },
  });
}

const list = async (scope: string, filter = ''): Promise<JsonObject[]> => {
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=${filter}`;
  return (await arm.call('GET', path)).body['value'] as JsonObject[];
};

describe('role definitions', () => {
  it.each([
    ["roleName eq 'acrpull'", [PULL]],
    ["roleName eq 'Nonesuch'", []],
  ])('are found by %s', async (filter, ids) => {
    const path = `${registry}/providers/Microsoft.Authorization/roleDefinitions?$filter=${filter}`;
    const { body } = await arm.call('GET', path);
    expect((body['value'] as JsonObject[]).map(({ name }) => name)).toEqual(ids);
  });

  it('are shown by id', async () => {
    const path = `${arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/`;
    expect((await arm.call('GET', path + PULL)).body).toMatchObject({
      properties: { roleName: 'AcrPull', type: 'BuiltInRole' },
    });
    const missing = await arm.call('GET', path + randomUUID());
    expect(missing.body).toMatchObject({ error: { code: 'RoleDefinitionDoesNotExist' } });
  });
});

describe('role assignments', () => {
  it('reach everything in their scope', async () => {
    const principal = randomUUID();
    expect((await assign(group, principal, PULL)).status).toBe(201);
    expect((await assign(registry, principal, PUSH)).status).toBe(201);
    const checker = createRoleChecker({ metadata: arm.metadata });
    expect((await checker.rolesOf(principal, registry.toUpperCase())).toSorted()).toEqual([
      'AcrPull',
      'AcrPush',
    ]);
    expect(await checker.rolesOf(principal, group)).toEqual(['AcrPull']);
    expect(await checker.rolesOf(principal, `${group}-other`)).toEqual([]);
    expect(await checker.rolesOf(randomUUID(), registry)).toEqual([]);
  });

  it('have no effect before they have spread', async () => {
    const principal = randomUUID();
    await assign(registry, principal, PULL);
    let now = Date.now();
    const clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
    const slow = createRoleChecker({ metadata: arm.metadata, clock, propagationDelayMs: 60_000 });
    expect(await slow.rolesOf(principal, registry)).toEqual([]);
    now += 61_000;
    expect(await slow.rolesOf(principal, registry)).toEqual(['AcrPull']);
  });

  it('are listed at, above and below a scope', async () => {
    const principal = randomUUID();
    await assign(arm.subscription, principal, PULL);
    await assign(registry, principal, PULL);
    const mine = `principalId eq '${principal}'`;
    expect(await list(group, mine)).toHaveLength(2);
    expect(await list(group, `atScope() and assignedTo('${principal}')`)).toHaveLength(1);
    expect(await list(registry, `atScope() and assignedTo('${principal}')`)).toHaveLength(2);
  });

  it('are one for each principal, role and scope', async () => {
    const principal = randomUUID();
    const name = randomUUID();
    await assign(registry, principal, PULL, name);
    expect((await assign(registry, principal, PULL, name)).status).toBe(200);
    expect((await assign(registry, principal, PULL)).body).toEqual({
      error: {
        code: 'RoleAssignmentExists',
        message: `The role assignment already exists. The ID of the existing role assignment is ${name.replaceAll('-', '')}.`,
      },
    });
    const changed = await assign(registry, randomUUID(), PULL, name);
    expect(changed.body).toMatchObject({ error: { code: 'RoleAssignmentUpdateNotPermitted' } });
  });

  it('go with what they are attached to, and no others', async () => {
    const principal = randomUUID();
    const other = registry.replace('roleacr', 'gonerole');
    await arm.call('PUT', other, { location: 'eastus', sku: { name: 'Basic' } });
    await assign(other, principal, PULL);
    await assign(group, principal, PULL);
    await arm.call('DELETE', other);
    const left = await list(arm.subscription, `principalId eq '${principal}'`);
    expect(left.map(({ properties }) => (properties as JsonObject)['scope'])).toEqual([group]);
  });

  it('above a group outlive it', async () => {
    const principal = randomUUID();
    const gone = `${arm.subscription}/resourceGroups/rg-roles`;
    await arm.call('PUT', gone, { location: 'eastus' });
    await assign(arm.subscription, principal, PULL);
    await assign(gone, principal, PULL);
    await arm.settle(await arm.call('DELETE', gone));
    expect(await list(arm.subscription, `principalId eq '${principal}'`)).toHaveLength(1);
  });

  const refused: [string, string, string, string, string][] = [
    ['a name that is no GUID', 'abc', PULL, randomUUID(), 'InvalidRoleAssignmentId'],
    ['a role that is none', randomUUID(), 'Nonesuch', randomUUID(), 'RoleDefinitionDoesNotExist'],
    ['a principal that is no GUID', randomUUID(), PULL, 'me', 'InvalidPrincipalId'],
  ];
  it.each(refused)('refuse %s', async (_, name, role, principal, code) => {
    expect((await assign(group, principal, role, name)).body).toMatchObject({ error: { code } });
  });

  it('refuse a scope that is not there', async () => {
    const answer = await assign(`${registry}x`, randomUUID(), PULL);
    expect(answer.body).toMatchObject({ error: { code: 'ResourceNotFound' } });
  });
});

describe('user-assigned identities and the directory', () => {
  it('keep their ids, and are found in the directory', async () => {
    const path = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller`;
    const { status, body } = await arm.call('PUT', path, { location: 'eastus' });
    expect(status).toBe(201);
    const again = await arm.call('PUT', path, { location: 'eastus', tags: { a: 'b' } });
    expect(again.body['properties']).toEqual(body['properties']);
    const { clientId, principalId } = body['properties'] as Record<string, string>;
    const graph = '/graph/v1.0';
    const filter = `servicePrincipalNames/any(c:c eq '${clientId}')`;
    const found = await arm.call('GET', `${graph}/servicePrincipals?$filter=${filter}`);
    expect(found.body).toMatchObject({ value: [{ id: principalId, displayName: 'puller' }] });
    const ids = { ids: [principalId, randomUUID()], types: ['servicePrincipal'] };
    const byId = await arm.call('POST', `${graph}/directoryObjects/getByIds`, ids as JsonObject);
    expect(byId.body['value']).toHaveLength(1);
  });

  it.each([
    ['GET', "/graph/v1.0/users?$filter=userPrincipalName eq 'a@b'", undefined, 200],
    ['GET', '/graph/v1.0/servicePrincipals?$filter=nonsense', undefined, 400],
    ['GET', '/graph/v1.0/servicePrincipals/none', undefined, 404],
    ['POST', '/graph/v1.0/directoryObjects/getByIds', 'nonsense', 400],
    ['POST', '/graph/v1.0/directoryObjects/getByIds', '{"ids":[1]}', 400],
    ['POST', '/graph/v1.0/applications', '{}', 501],
  ])('%s %s %j answers %i', async (method, path, body, status) => {
    expect((await arm.call(method, path, body)).status).toBe(status);
  });

  it('tells nothing without a token', async () => {
    expect((await fetch(`${arm.origin}/graph/v1.0/servicePrincipals`)).status).toBe(401);
  });
});
