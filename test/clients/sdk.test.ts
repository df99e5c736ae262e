import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { ClientCertificateCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazurite } from '../support/lazurite-command.js';
import { all, startSdkWorld, type SdkWorld } from './sdk-world.js';

// Azure's SDKs for JavaScript against a Lazurite as it runs. `@azure/arm-resources` is at 6.1.0: later ones
// have no deployments, and the package that has them needs Node 22.

const LOCATION = 'koreacentral';
const QUICKSTART = 'mcr.microsoft.com/k8se/quickstart:latest';
const TEMPLATE = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: { name: { type: 'string' } },
  resources: [
    {
      type: 'Microsoft.ContainerRegistry/registries',
      apiVersion: '2023-07-01',
      name: "[parameters('name')]",
      location: '[resourceGroup().location]',
      sku: { name: 'Basic' },
      properties: {},
    },
    {
      type: 'Microsoft.OperationalInsights/workspaces',
      apiVersion: '2023-09-01',
      name: 'logs',
      location: '[resourceGroup().location]',
      properties: {},
    },
  ],
  outputs: {
    id: {
      type: 'string',
      value: "[resourceId('Microsoft.ContainerRegistry/registries', parameters('name'))]",
    },
  },
};

let world: SdkWorld;

beforeAll(async () => {
  world = await startSdkWorld();
  await world.resources.resourceGroups.createOrUpdate('rg', { location: LOCATION });
});
afterAll(() => world.close());

/** What `RestError` tells of a refusal. */
async function refusal(pending: Promise<unknown>): Promise<unknown> {
  const error: unknown = await pending.then(
    () => 'no refusal',
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) return error;
  const { name, code, statusCode } = error as Error & { code?: string; statusCode?: number };
  return { name, code, statusCode };
}

describe('@azure/identity', () => {
  it('signs in with a secret and keeps the token', async () => {
    const scope = 'https://management.azure.com/.default';
    const { credential } = world.signIn();
    const first = await credential.getToken(scope);
    expect(first.expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_000_000);
    expect((await credential.getToken(scope)).token).toBe(first.token);
  });

  it('signs in with a certificate', async () => {
    const made = await lazurite(['keys', 'certificate', '--home', world.home]);
    const { tenantId, clientId, gateway, ca } = world.connection;
    const credential = new ClientCertificateCredential(tenantId, clientId, made.stdout.trim(), {
      authorityHost: gateway,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: readFileSync(ca) },
    });
    const { token } = await credential.getToken('https://management.azure.com/.default');
    const groups = `${gateway}/subscriptions/${world.connection.subscriptionId}/resourcegroups`;
    const options = { headers: { authorization: `Bearer ${token}` }, ca: readFileSync(ca) };
    const [answer] = (await once(get(`${groups}?api-version=2021-04-01`, options), 'response')) as [
      IncomingMessage,
    ];
    answer.resume();
    expect(answer.statusCode).toBe(200);
  });

  it.each([
    ['a wrong secret', { secret: 'wrong' }, 'AADSTS7000215'],
    ['an unknown application', { clientId: crypto.randomUUID() }, 'AADSTS700016'],
  ])('is refused with %s', async (_name, overrides, code) => {
    const { credential } = world.signIn(overrides);
    const pending = credential.getToken('https://management.azure.com/.default');
    await expect(pending).rejects.toThrow(code);
  });
});

describe('@azure/arm-resources', () => {
  it('groups: create, get, exists, update, list by pages, delete', async () => {
    const { resourceGroups } = world.resources;
    for (const name of ['page-a', 'page-b', 'page-c']) {
      await resourceGroups.createOrUpdate(name, { location: LOCATION, tags: { kind: 'page' } });
    }
    const options = { filter: "tagName eq 'kind' and tagValue eq 'page'", top: 2 };
    const pages = await all(resourceGroups.list(options).byPage());
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([
      ['page-a', 'page-b'],
      ['page-c'],
    ]);
    const updated = await resourceGroups.update('page-a', { tags: { kind: 'changed' } });
    expect(updated.tags).toEqual({ kind: 'changed' });
    expect(await resourceGroups.get('PAGE-A')).toMatchObject({
      name: 'page-a',
      location: LOCATION,
    });
    expect(await resourceGroups.checkExistence('page-a')).toMatchObject({ body: true });
    await Promise.all(['a', 'b', 'c'].map((x) => resourceGroups.beginDeleteAndWait(`page-${x}`)));
    expect(await resourceGroups.checkExistence('page-a')).toMatchObject({ body: false });
  });

  it('deployments: validate, what-if, create, get, operations, export, list, delete', async () => {
    const { deployments, deploymentOperations } = world.resources;
    const properties = {
      template: TEMPLATE,
      parameters: { name: { value: 'acrsdkdeployed' } },
      mode: 'Incremental' as const,
    };
    const validated = await deployments.beginValidateAndWait('rg', 'd', { properties });
    expect(validated.properties?.provisioningState).toBe('Succeeded');
    const { changes } = await deployments.beginWhatIfAndWait('rg', 'd', { properties });
    expect(changes?.map(({ changeType }) => changeType)).toEqual(['Create', 'Create']);
    const created = await deployments.beginCreateOrUpdateAndWait('rg', 'd', { properties });
    expect(created.properties).toMatchObject({
      provisioningState: 'Succeeded',
      outputs: { id: { value: expect.stringMatching(/registries\/acrsdkdeployed$/) as string } },
    });
    expect((await deployments.get('rg', 'd')).properties?.duration).toMatch(/^PT/);
    const operations = await all(deploymentOperations.list('rg', 'd', { top: 1 }));
    expect(operations.map(({ properties: told }) => told?.provisioningOperation)).toEqual([
      'Create',
      'Create',
    ]);
    expect((await deployments.exportTemplate('rg', 'd')).template).toEqual(TEMPLATE);
    expect((await all(deployments.listByResourceGroup('rg'))).map(({ name }) => name)).toEqual([
      'd',
    ]);
    await deployments.beginDeleteAndWait('rg', 'd');
    expect(await deployments.checkExistence('rg', 'd')).toMatchObject({ body: false });
  });

  it('resources: list, get by id, update, delete; tags at a scope; providers', async () => {
    const { resources, tagsOperations, providers } = world.resources;
    const version = '2023-07-01';
    const [found] = await all(
      resources.list({
        filter: "resourceType eq 'Microsoft.ContainerRegistry/registries'",
        top: 1,
      }),
    );
    const id = found?.id ?? '';
    expect(await resources.getById(id, version)).toMatchObject({ name: 'acrsdkdeployed' });
    const patch = { tags: { owner: 'me' } };
    expect(await resources.beginUpdateByIdAndWait(id, version, patch)).toMatchObject(patch);
    await tagsOperations.beginUpdateAtScopeAndWait(id, {
      operation: 'Merge',
      properties: { tags: { stage: 'test' } },
    });
    const { properties } = await tagsOperations.getAtScope(id);
    expect(properties.tags).toEqual({ owner: 'me', stage: 'test' });
    await resources.beginDeleteByIdAndWait(id, version);
    expect(await resources.checkExistenceById(id, version)).toMatchObject({ body: false });
    expect(await providers.register('Microsoft.App')).toMatchObject({
      registrationState: 'Registered',
    });
  });
});

describe('@azure/arm-containerregistry', () => {
  it('registries: check name, create, get, update, credentials, list, import', async () => {
    const { registries } = world.registries;
    const check = { name: 'acrsdk', type: 'Microsoft.ContainerRegistry/registries' } as const;
    expect(await registries.checkNameAvailability(check)).toMatchObject({ nameAvailable: true });
    const made = await registries.create('rg', 'acrsdk', {
      location: LOCATION,
      sku: { name: 'Standard' },
    });
    expect(made).toMatchObject({ provisioningState: 'Succeeded', adminUserEnabled: false });
    expect(await registries.checkNameAvailability(check)).toMatchObject({
      nameAvailable: false,
      reason: 'AlreadyExists',
    });
    const changed = await registries.update('rg', 'acrsdk', {
      adminUserEnabled: true,
      tags: { a: 'b' },
    });
    expect(changed).toMatchObject({ adminUserEnabled: true, tags: { a: 'b' } });
    const before = await registries.listCredentials('rg', 'acrsdk');
    const after = await registries.regenerateCredential('rg', 'acrsdk', { name: 'password' });
    expect(after.passwords?.[0]?.value).not.toBe(before.passwords?.[0]?.value);
    expect(after.passwords?.[1]?.value).toBe(before.passwords?.[1]?.value);
    await registries.importImage('rg', 'acrsdk', {
      source: { registryUri: 'mcr.microsoft.com', sourceImage: 'k8se/quickstart:latest' },
      targetTags: ['quickstart:v1'],
    });
    expect((await registries.listUsages('rg', 'acrsdk')).value?.length).toBeGreaterThan(0);
    expect((await all(registries.listByResourceGroup('rg'))).map(({ name }) => name)).toEqual([
      'acrsdk',
    ]);
    expect((await all(registries.list())).map(({ name }) => name)).toEqual(['acrsdk']);
  });

  it('scope maps, tokens and webhooks: create, get, update, list, delete', async () => {
    const { scopeMaps, tokens, webhooks } = world.registries;
    const map = await scopeMaps.create('rg', 'acrsdk', 'readers', {
      actions: ['repositories/quickstart/content/read'],
    });
    expect(await scopeMaps.get('rg', 'acrsdk', 'readers')).toMatchObject({ actions: map.actions });
    expect((await all(scopeMaps.list('rg', 'acrsdk'))).map(({ name }) => name)).toContain(
      'readers',
    );
    const token = await tokens.create('rg', 'acrsdk', 'ci-token', { scopeMapId: map.id });
    expect(await tokens.update('rg', 'acrsdk', 'ci-token', { status: 'disabled' })).toMatchObject({
      status: 'disabled',
    });
    const { passwords } = await world.registries.registries.generateCredentials('rg', 'acrsdk', {
      tokenId: token.id,
    });
    expect(passwords?.map(({ value }) => typeof value)).toEqual(['string', 'string']);
    expect((await all(tokens.list('rg', 'acrsdk'))).map(({ name }) => name)).toEqual(['ci-token']);
    await tokens.delete('rg', 'acrsdk', 'ci-token');
    await scopeMaps.delete('rg', 'acrsdk', 'readers');
    await webhooks.create('rg', 'acrsdk', 'webhook', {
      location: LOCATION,
      serviceUri: 'http://127.0.0.1:9/hook',
      actions: ['push'],
    });
    await webhooks.update('rg', 'acrsdk', 'webhook', { status: 'disabled' });
    expect(await webhooks.get('rg', 'acrsdk', 'webhook')).toMatchObject({ status: 'disabled' });
    expect(await webhooks.getCallbackConfig('rg', 'acrsdk', 'webhook')).toMatchObject({
      serviceUri: 'http://127.0.0.1:9/hook',
    });
    await webhooks.delete('rg', 'acrsdk', 'webhook');
    expect(await all(webhooks.list('rg', 'acrsdk'))).toEqual([]);
  });

  it('registries: delete', async () => {
    const { registries } = world.registries;
    await registries.delete('rg', 'acrsdk');
    expect(await refusal(registries.get('rg', 'acrsdk'))).toMatchObject({ statusCode: 404 });
    const check = { name: 'acrsdk', type: 'Microsoft.ContainerRegistry/registries' } as const;
    expect(await registries.checkNameAvailability(check)).toMatchObject({ nameAvailable: true });
  });

  it('is refused with codes and statuses', async () => {
    const { registries } = world.registries;
    expect(await refusal(registries.get('rg', 'acrnone'))).toEqual({
      name: 'RestError',
      code: 'ResourceNotFound',
      statusCode: 404,
    });
    const bad = registries.create('rg', 'no-hyphens', {
      location: LOCATION,
      sku: { name: 'Basic' },
    });
    expect(await refusal(bad.then(() => undefined))).toMatchObject({
      name: 'RestError',
      statusCode: 400,
    });
    const nowhere = registries.create('gone', 'acrsdk2', {
      location: LOCATION,
      sku: { name: 'Basic' },
    });
    expect(await refusal(nowhere.then(() => undefined))).toEqual({
      name: 'RestError',
      code: 'ResourceGroupNotFound',
      statusCode: 404,
    });
  });
});

describe('@azure/arm-appcontainers', () => {
  const container = { name: 'web', image: QUICKSTART };

  it('environments: create, get, update, list', async () => {
    const { managedEnvironments } = world.apps;
    const made = await managedEnvironments.beginCreateOrUpdateAndWait('rg', 'env', {
      location: LOCATION,
    });
    expect(made).toMatchObject({ provisioningState: 'Succeeded', name: 'env' });
    await managedEnvironments.beginUpdateAndWait('rg', 'env', {
      location: LOCATION,
      tags: { a: 'b' },
    });
    expect(await managedEnvironments.get('rg', 'env')).toMatchObject({ tags: { a: 'b' } });
    expect(await all(managedEnvironments.listBySubscription())).toHaveLength(1);
  });

  it('apps: create, get, update, revisions, replicas, secrets, restart, list, delete', async () => {
    const { containerApps, containerAppsRevisions, containerAppsRevisionReplicas } = world.apps;
    const { id: environmentId } = await world.apps.managedEnvironments.get('rg', 'env');
    const made = await containerApps.beginCreateOrUpdateAndWait('rg', 'ca', {
      location: LOCATION,
      environmentId: environmentId!,
      configuration: {
        ingress: { external: true, targetPort: 80 },
        secrets: [{ name: 'key', value: 'hidden' }],
      },
      template: { containers: [container], scale: { minReplicas: 1, maxReplicas: 1 } },
    });
    expect(made).toMatchObject({
      provisioningState: 'Succeeded',
      latestRevisionName: expect.any(String) as string,
    });
    const shown = await containerApps.get('rg', 'ca');
    expect(shown.configuration?.secrets).toEqual([{ name: 'key' }]);
    expect(await containerApps.listSecrets('rg', 'ca')).toMatchObject({
      value: [{ name: 'key', value: 'hidden' }],
    });
    const revision = shown.latestRevisionName!;
    const health = async (): Promise<string | undefined> =>
      (await containerAppsRevisions.getRevision('rg', 'ca', revision)).healthState;
    await expect.poll(health, { timeout: 60_000, interval: 300 }).toBe('Healthy');
    const replicas = await containerAppsRevisionReplicas.listReplicas('rg', 'ca', revision);
    expect(replicas.value).toHaveLength(1);
    await containerAppsRevisions.restartRevision('rg', 'ca', revision);
    const env = [{ name: 'COLOUR', value: 'blue' }];
    await containerApps.beginUpdateAndWait('rg', 'ca', {
      location: LOCATION,
      template: { containers: [{ ...container, env }] },
    });
    const revisions = await all(containerAppsRevisions.listRevisions('rg', 'ca'));
    expect(revisions).toHaveLength(2);
    expect((await all(containerApps.listByResourceGroup('rg'))).map(({ name }) => name)).toEqual([
      'ca',
    ]);
    await containerApps.beginDeleteAndWait('rg', 'ca');
    expect(await refusal(containerApps.get('rg', 'ca'))).toMatchObject({ statusCode: 404 });
  });

  it('jobs: create, get, start, executions, update, list, delete', async () => {
    const { jobs, jobsExecutions } = world.apps;
    const { id: environmentId } = await world.apps.managedEnvironments.get('rg', 'env');
    const made = await jobs.beginCreateOrUpdateAndWait('rg', 'job', {
      location: LOCATION,
      environmentId: environmentId!,
      configuration: {
        triggerType: 'Manual',
        replicaTimeout: 60,
        secrets: [{ name: 'key', value: 'hidden' }],
      },
      template: { containers: [container] },
    });
    expect(made).toMatchObject({ provisioningState: 'Succeeded' });
    expect((await jobs.get('rg', 'job')).configuration?.secrets).toEqual([{ name: 'key' }]);
    const { name } = await jobs.beginStartAndWait('rg', 'job');
    const executions = await all(jobsExecutions.list('rg', 'job'));
    expect(executions.map((execution) => execution.name)).toEqual([name]);
    await jobs.beginStopExecutionAndWait('rg', 'job', name!);
    await jobs.beginUpdateAndWait('rg', 'job', { tags: { a: 'b' } });
    expect(await all(jobs.listByResourceGroup('rg'))).toMatchObject([
      { name: 'job', tags: { a: 'b' }, configuration: { replicaTimeout: 60 } },
    ]);
    await jobs.beginDeleteAndWait('rg', 'job');
    expect(await refusal(jobs.get('rg', 'job'))).toMatchObject({ statusCode: 404 });
  });

  it('is refused with codes and statuses', async () => {
    const { containerApps, managedEnvironments } = world.apps;
    const envelope = {
      location: LOCATION,
      environmentId: '/nowhere',
      template: { containers: [container] },
    };
    expect(
      await refusal(containerApps.beginCreateOrUpdateAndWait('rg', 'ca2', envelope)),
    ).toMatchObject({
      name: 'RestError',
      statusCode: 404,
    });
    await managedEnvironments.beginDeleteAndWait('rg', 'env');
    expect(await refusal(managedEnvironments.get('rg', 'env'))).toEqual({
      name: 'RestError',
      code: 'ResourceNotFound',
      statusCode: 404,
    });
  });
});
