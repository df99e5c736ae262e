import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveArm, type Answer, type ServedArm } from '../../../../test/support/arm-world.js';
import { createMemoryMetadataStore } from '../../../storage/memory-metadata-store.js';
import type { JsonObject } from '../../provider.js';

const metadata = createMemoryMetadataStore();
let arm: ServedArm;
let base: string;
beforeAll(async () => {
  arm = await serveArm({ metadata });
  for (const group of ['rg', 'rg2']) {
    await arm.call('PUT', `${arm.subscription}/resourceGroups/${group}`, { location: 'eastus' });
  }
  base = `${arm.subscription}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries`;
});
afterAll(() => arm.close());

const create = (name: string, properties: JsonObject = {}, sku = 'Basic'): Promise<Answer> =>
  arm.call('PUT', `${base}/${name}`, { location: 'eastus', sku: { name: sku }, properties });

describe('container registries', () => {
  it('are created with everything clients read without asking', async () => {
    const answer = await create('labacr', { adminUserEnabled: true });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      type: 'Microsoft.ContainerRegistry/registries',
      sku: { name: 'Basic', tier: 'Basic' },
      properties: {
        loginServer: 'labacr.azurecr.io',
        provisioningState: 'Succeeded',
        adminUserEnabled: true,
        policies: {
          azureADAuthenticationAsArmPolicy: { status: 'enabled' },
          retentionPolicy: { days: 7, status: 'disabled' },
        },
      },
    });
    expect(JSON.stringify(answer.body)).not.toContain('password');
  });

  it('configure the registry that serves images', async () => {
    await create('servedacr', { adminUserEnabled: true, anonymousPullEnabled: true });
    const { body } = await arm.call('POST', `${base}/servedacr/listCredentials`);
    const passwords = (body['passwords'] as JsonObject[]).map(({ value }) => value);
    expect(body['username']).toBe('servedacr');
    expect(arm.registries.get('servedacr')).toMatchObject({
      name: 'servedacr',
      loginServer: 'servedacr.azurecr.io',
      admin: { enabled: true, username: 'servedacr', passwords },
      anonymousPull: true,
    });
  });

  it('limit anonymous pulls by a tag, and refuse one that is no limit', async () => {
    await create('limitedacr', { anonymousPullEnabled: true });
    const path = `${base}/limitedacr`;
    const tagged = (limit: string) =>
      arm.call('PATCH', path, { tags: { 'lazurite-anonymous-pull-limit': limit } });
    expect((await tagged('3/60')).status).toBe(200);
    const limit = { pulls: 3, seconds: 60 };
    expect(arm.registries.get('limitedacr')?.anonymousPullLimit).toEqual(limit);
    const refused = await tagged('often');
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain('must be PULLS/SECONDS, e.g. 100/21600');
    expect(arm.registries.get('limitedacr')?.anonymousPullLimit).toEqual(limit);
  });

  it('renew one password and keep the other', async () => {
    await create('renewacr', { adminUserEnabled: true });
    const before = arm.registries.get('renewacr')!.admin.passwords;
    const path = `${base}/renewacr/regenerateCredential`;
    expect((await arm.call('POST', path, { name: 'password2' })).status).toBe(200);
    const after = arm.registries.get('renewacr')!.admin.passwords;
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    const refused = await arm.call('POST', path, { name: 'password3' });
    expect(refused.body).toMatchObject({ error: { code: 'InvalidPasswordName' } });
  });

  it('keep their policies and settings when one of them is patched', async () => {
    await create('patchacr', { policies: { retentionPolicy: { days: 30, status: 'enabled' } } });
    const path = `${base}/patchacr`;
    const { body, status } = await arm.call('PATCH', path, {
      sku: { name: 'premium' },
      tags: { a: 'b' },
      properties: { adminUserEnabled: true },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      sku: { name: 'Premium' },
      tags: { a: 'b' },
      properties: {
        adminUserEnabled: true,
        policies: { retentionPolicy: { days: 30 }, exportPolicy: { status: 'enabled' } },
      },
    });
    const refused = await arm.call('PATCH', `${base}/nonesuch`, {});
    expect(refused.body).toMatchObject({ error: { code: 'ResourceNotFound' } });
  });

  it('give no credentials while the admin user is off', async () => {
    await create('closedacr');
    for (const action of ['listCredentials', 'regenerateCredential']) {
      const answer = await arm.call('POST', `${base}/closedacr/${action}`, { name: 'password' });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ error: { code: 'UnAuthorizedForCredentialOperations' } });
    }
  });

  it('are deleted with what they hold', async () => {
    await create('deadacr');
    expect((await arm.call('DELETE', `${base}/deadacr`)).status).toBe(200);
    expect(arm.registries.has('deadacr')).toBe(false);
    expect((await arm.call('GET', `${base}/deadacr`)).status).toBe(404);
  });

  it('are back after a restart, with the same passwords', async () => {
    await create('backacr', { adminUserEnabled: true });
    const again = await serveArm({ metadata });
    await again.recover();
    expect(again.registries.get('backacr')).toEqual(arm.registries.get('backacr'));
    await again.close();
  });

  it('tell their use to those who GET it', async () => {
    await create('usedacr');
    expect((await arm.call('GET', `${base}/usedacr/listUsages`)).body).toEqual({
      value: [{ name: 'Size', limit: 10 * 1024 ** 3, currentValue: 0, unit: 'Bytes' }],
    });
  });

  const refused: { name: string; registry?: string; body: JsonObject; code: string }[] = [
    ...[-1, 366, 1.5, '7'].map((days) => ({
      name: `a retention of ${days} days`,
      body: { properties: { policies: { retentionPolicy: { days } } } },
      code: 'InvalidParameter',
    })),
    ...[0, 91].map((retentionDays) => ({
      name: `a soft delete of ${retentionDays} days`,
      body: { properties: { policies: { softDeletePolicy: { retentionDays } } } },
      code: 'InvalidParameter',
    })),
    { name: 'a short name', registry: 'abc', body: {}, code: 'InvalidResourceName' },
    { name: 'a name with a dash', registry: 'lab-acr', body: {}, code: 'InvalidResourceName' },
    { name: 'no SKU', body: { sku: null }, code: 'InvalidRequestContent' },
    { name: 'another SKU', body: { sku: { name: 'Gold' } }, code: 'InvalidSku' },
    {
      name: 'a switch that is no switch',
      body: { properties: { adminUserEnabled: 'yes' } },
      code: 'InvalidParameter',
    },
    {
      name: 'a choice that is none',
      body: { properties: { publicNetworkAccess: 'Sometimes' } },
      code: 'InvalidParameter',
    },
    { name: 'properties that are none', body: { properties: 7 }, code: 'InvalidRequestContent' },
  ];
  it.each(refused)('refuse $name', async ({ registry, body, code }) => {
    const full = { location: 'eastus', sku: { name: 'Basic' }, ...body };
    const answer = await arm.call('PUT', `${base}/${registry ?? 'badacr'}`, full);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code } });
  });

  it('refuse a name that another group uses', async () => {
    await create('takenacr');
    const path = base.replace('/rg/', '/rg2/');
    const body = { location: 'eastus', sku: { name: 'Basic' } };
    const answer = await arm.call('PUT', `${path}/TakenAcr`, body);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ error: { code: 'AlreadyInUse' } });
  });

  const names = [
    { name: 'freeacr', answer: { nameAvailable: true } },
    { name: 'LabAcr', answer: { nameAvailable: false, reason: 'AlreadyExists' } },
    { name: 'a-b', answer: { nameAvailable: false, reason: 'Invalid' } },
  ];
  it.each(names)('tell whether $name is free', async ({ name, answer }) => {
    const path = `${arm.subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability`;
    expect((await arm.call('POST', path, { name })).body).toMatchObject(answer);
  });
});
