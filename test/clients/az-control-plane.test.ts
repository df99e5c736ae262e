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
