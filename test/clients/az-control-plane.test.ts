import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findStockAz, startStockAz, type StockAz } from '../support/stock-az.js';

const executable = findStockAz();
if (executable === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

const TEMPLATE = `{ // as people write them
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "baseName": { "type": "string" } },
  "variables": { "acr": "[concat('acr', parameters('baseName'))]" },
  "resources": [
    {
      "type": "Microsoft.OperationalInsights/workspaces",
      "apiVersion": "2023-09-01",
      "name": "[concat('law-', parameters('baseName'))]",
      "location": "[resourceGroup().location]",
      "properties": { "sku": { "name": "PerGB2018" } }
    },
    {
      "type": "Microsoft.ContainerRegistry/registries",
      "apiVersion": "2023-07-01",
      "name": "[variables('acr')]",
      "location": "[resourceGroup().location]",
      "sku": { "name": "Basic" },
      "properties": { "adminUserEnabled": true }
    }
  ],
  "outputs": {
    "loginServer": { "type": "string", "value": "[reference(variables('acr')).loginServer]" }
  }
}`;

describe.skipIf(executable === undefined)('the stock az against the control plane', () => {
  let stock: StockAz;
  let template: string;
  beforeAll(async () => {
    stock = await startStockAz(executable!);
    template = join(stock.directory, 'main.json');
    writeFileSync(template, TEMPLATE);
    await stock.json('group', 'create', '--name', 'rg', '--location', 'koreacentral');
  });
  afterAll(() => stock.close());

  it('account show needs no login', async () => {
    expect(await stock.json('account', 'show')).toMatchObject({
      id: stock.world.principal.subscriptionId,
      state: 'Enabled',
    });
  });

  it('group create, show, exists, list, delete', async () => {
    const created = await stock.json('group', 'create', '-n', 'rg-two', '-l', 'East US');
    expect(created).toMatchObject({
      location: 'eastus',
      properties: { provisioningState: 'Succeeded' },
    });
    expect(await stock.json('group', 'exists', '-n', 'rg-two')).toBe(true);
    expect((await stock.az('group', 'list', '-o', 'tsv', '--query', '[].name')).stdout).toBe(
      'rg\nrg-two\n',
    );
    await stock.json('group', 'delete', '--name', 'rg-two', '--yes');
    expect(await stock.json('group', 'exists', '-n', 'rg-two')).toBe(false);
    const gone = await stock.az('group', 'show', '-n', 'rg-two');
    expect(gone.exitCode).toBe(3);
    expect(gone.stderr).toContain('(ResourceGroupNotFound) Resource group');
  });

  it('deployment group validate, create, show, operation list', async () => {
    const args = ['-g', 'rg', '-n', 'lab', '--template-file', template];
    const parameters = ['--parameters', 'baseName=labacr'];
    expect(
      await stock.json('deployment', 'group', 'validate', ...args, ...parameters),
    ).toMatchObject({ error: null, properties: { provisioningState: 'Succeeded' } });
    const created = await stock.json('deployment', 'group', 'create', ...args, ...parameters);
    expect(created).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
    const query = 'properties.outputs.loginServer.value';
    const shown = ['deployment', 'group', 'show', '-g', 'rg', '-n', 'lab', '--query', query];
    expect((await stock.az(...shown, '--output', 'tsv')).stdout).toBe('acrlabacr.azurecr.io\n');
    const list = ['deployment', 'operation', 'group', 'list', '-g', 'rg', '-n', 'lab'];
    expect(await stock.json(...list)).toHaveLength(2);
  });

  it('acr list, show, update, credential show and renew, check-name, delete', async () => {
    await stock.json('acr', 'create', '-g', 'rg', '-n', 'madeacr', '--sku', 'Basic');
    expect(await stock.json('acr', 'show', '-n', 'madeacr')).toMatchObject({
      loginServer: 'madeacr.azurecr.io',
      adminUserEnabled: false,
    });
    await stock.json('acr', 'update', '-n', 'madeacr', '--admin-enabled', 'true');
    const shown = await stock.json('acr', 'credential', 'show', '-n', 'madeacr');
    const renew = ['acr', 'credential', 'renew', '-n', 'madeacr', '--password-name', 'password'];
    const renewed = await stock.json(...renew);
    expect(renewed).toMatchObject({ username: 'madeacr' });
    expect(renewed).not.toEqual(shown);
    expect(await stock.json('acr', 'check-name', '-n', 'madeacr')).toMatchObject({
      nameAvailable: false,
    });
    await stock.json('acr', 'delete', '-n', 'madeacr', '--yes');
    const missing = await stock.az('acr', 'show', '-n', 'madeacr');
    expect(missing.stderr).toContain('could not be found in subscription');
  });

  it('monitor log-analytics workspace create, get-shared-keys', async () => {
    const base = ['monitor', 'log-analytics', 'workspace'];
    const created = await stock.json(...base, 'create', '-g', 'rg', '-n', 'work-space');
    expect(created).toMatchObject({ provisioningState: 'Succeeded', retentionInDays: 30 });
    const keys = await stock.json(...base, 'get-shared-keys', '-g', 'rg', '-n', 'work-space');
    expect(keys).toHaveProperty('primarySharedKey');
  });

  it('extension add --name containerapp --upgrade, without a network', async () => {
    const add = ['extension', 'add', '--name', 'containerapp', '--upgrade'];
    expect((await stock.az(...add)).exitCode).toBe(0);
    expect((await stock.az(...add)).stderr).toContain('already installed');
    expect(await stock.json('extension', 'list')).toMatchObject([{ name: 'containerapp' }]);
  });

  it('identity create; role assignment create, list, delete; activity-log list', async () => {
    await stock.json('acr', 'create', '-g', 'rg', '-n', 'roleacr', '--sku', 'Basic');
    const identity = (await stock.json('identity', 'create', '-g', 'rg', '-n', 'puller')) as {
      principalId: string;
      clientId: string;
    };
    const acr = (await stock.json('acr', 'show', '-n', 'roleacr', '--query', 'id')) as string;
    const scope = ['--scope', acr];
    const byObject = ['--assignee-object-id', identity.principalId];
    const kind = ['--assignee-principal-type', 'ServicePrincipal'];
    const create = ['role', 'assignment', 'create', ...scope];
    await stock.json(...create, '--role', 'AcrPull', ...byObject, ...kind);
    await stock.json(...create, '--role', 'AcrPush', '--assignee', identity.clientId);
    const roles = [
      'role',
      'assignment',
      'list',
      ...scope,
      '--query',
      'sort([].roleDefinitionName)',
    ];
    expect(await stock.json(...roles)).toEqual(['AcrPull', 'AcrPush']);
    const remove = ['role', 'assignment', 'delete', ...scope, '--role', 'AcrPush'];
    await stock.json(...remove, '--assignee', identity.clientId);
    expect(await stock.json(...roles)).toEqual(['AcrPull']);
    const log = ['monitor', 'activity-log', 'list', '-g', 'rg', '--query'];
    expect(await stock.json(...log, '[].operationName.value')).toContain(
      'Microsoft.Authorization/roleAssignments/write',
    );
  });

  it('tag, lock, resource, provider', async () => {
    const id = (await stock.json('acr', 'show', '-n', 'roleacr', '--query', 'id')) as string;
    await stock.json('tag', 'create', '--resource-id', id, '--tags', 'team=a');
    const tagged = ['resource', 'list', '--tag', 'team=a', '--query', '[].name'];
    expect(await stock.json(...tagged)).toEqual(['roleacr']);
    expect(await stock.json('resource', 'show', '--ids', id)).toMatchObject({ name: 'roleacr' });
    await stock.json('lock', 'create', '-n', 'keep', '--lock-type', 'CanNotDelete', '-g', 'rg');
    const locked = await stock.az('acr', 'delete', '-n', 'roleacr', '--yes');
    expect(locked.stderr).toContain('(ScopeLocked)');
    await stock.json('lock', 'delete', '-n', 'keep', '-g', 'rg');
    await stock.json('resource', 'delete', '--ids', id);
    const provider = ['provider', 'show', '-n', 'Microsoft.ContainerRegistry'];
    expect(await stock.json(...provider)).toMatchObject({ registrationState: 'Registered' });
  });

  it('acr token, scope-map, webhook, network-rule, show-usage', async () => {
    await stock.json('acr', 'create', '-g', 'rg', '-n', 'moreacr', '--sku', 'Premium');
    const registry = ['-r', 'moreacr'];
    const map = ['acr', 'scope-map', 'create', '-n', 'readers', ...registry];
    await stock.json(...map, '--repository', 'app', 'content/read');
    const token = ['acr', 'token', 'create', '-n', 'token1', ...registry];
    expect(await stock.json(...token, '--scope-map', 'readers')).toMatchObject({
      credentials: {
        username: 'token1',
        passwords: [{ name: 'password1' }, { name: 'password2' }],
      },
    });
    const hook = ['acr', 'webhook', 'create', '-n', 'hook01', ...registry, '--actions', 'push'];
    await stock.json(...hook, '--uri', 'http://localhost:1/hook');
    const rule = ['acr', 'network-rule', 'add', '-n', 'moreacr', '--ip-address', '203.0.113.7'];
    await stock.json(...rule);
    expect(stock.world.registries.get('moreacr')).toMatchObject({
      tokens: [{ name: 'token1', permissions: [{ repository: 'app', actions: ['content/read'] }] }],
      webhooks: [{ name: 'hook01', serviceUri: 'http://localhost:1/hook' }],
      networkRules: { allowed: ['203.0.113.7'] },
    });
    expect(await stock.json('acr', 'show-usage', '-n', 'moreacr')).toMatchObject({
      value: [{ name: 'Size' }],
    });
  });

  it('deployment group what-if, complete mode, delete', async () => {
    await stock.json('group', 'create', '-n', 'rg-mode', '-l', 'eastus');
    const from = ['-g', 'rg-mode', '-n', 'mode', '--template-file', template];
    const parameters = ['--parameters', 'baseName=modeacr'];
    const whatIf = await stock.az('deployment', 'group', 'what-if', ...from, ...parameters);
    expect(whatIf.stdout).toContain('Resource changes: 2 to create.');
    await stock.json('acr', 'create', '-g', 'rg-mode', '-n', 'dropacr', '--sku', 'Basic');
    const create = ['deployment', 'group', 'create', ...from, ...parameters];
    await stock.json(...create, '--mode', 'Complete');
    const left = ['resource', 'list', '-g', 'rg-mode', '--query', '[].name'];
    expect(await stock.json(...left)).not.toContain('dropacr');
    const deleted = await stock.az('deployment', 'group', 'delete', '-g', 'rg-mode', '-n', 'mode');
    expect(deleted.stderr).toBe('');
    expect(deleted.exitCode).toBe(0);
  });

  it('login with the service principal', async () => {
    const { clientId, clientSecret, tenantId } = stock.world.principal;
    const login = ['login', '--service-principal', '-u', clientId, '--tenant', tenantId, '-p'];
    expect(await stock.json(...login, clientSecret)).toMatchObject([{ state: 'Enabled' }]);
    // the CLI would use the token it has, without looking at the secret
    rmSync(join(stock.directory, 'azure', 'msal_token_cache.json'));
    const refused = await stock.az(...login, 'wrong');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('AADSTS7000215');
  });

  it('prints the failure of a deployment', async () => {
    const bad = TEMPLATE.replace('"name": "Basic"', '"name": "Gold"');
    writeFileSync(template, bad);
    const result = await stock.az(
      ...['deployment', 'group', 'create', '-g', 'rg', '-n', 'bad', '--template-file', template],
      ...['--parameters', 'baseName=badacr'],
    );
    expect(result.exitCode).toBe(1);
    const text = /ERROR: (\{.*\})/s.exec(result.stderr)?.[1] ?? '';
    expect(JSON.parse(text)).toMatchObject({
      status: 'Failed',
      error: { code: 'DeploymentFailed', details: [{ code: 'InvalidSku' }] },
    });
  });
});
