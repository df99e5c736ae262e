import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemplateLinkReader } from '../../src/arm/deployments/template-link.js';
import { HeldThings } from '../support/held-things.js';
import { findStockAz, startStockAz, type StockAz } from '../support/stock-az.js';

const executable = findStockAz();
if (executable === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
const DEPLOYMENTS = { type: 'Microsoft.Resources/deployments', apiVersion: '2022-09-01' };

function template(resources: readonly object[], more: object = {}): object {
  return { $schema: SCHEMA, contentVersion: '1.0.0.0', ...more, resources };
}

function workspace(name: string, more: object = {}): object {
  return {
    type: 'Microsoft.OperationalInsights/workspaces',
    apiVersion: '2023-09-01',
    name,
    location: '[resourceGroup().location]',
    properties: {},
    ...more,
  };
}

/** Made by a template at another address, with a parameter and an output. */
const LINKED = template([workspace("[parameters('name')]")], {
  parameters: { name: { type: 'string' } },
  outputs: { made: { type: 'string', value: "[parameters('name')]" } },
});

describe.skipIf(executable === undefined)('deployments of the stock az', () => {
  const things = new HeldThings();
  let stock: StockAz;
  let links: Server;
  let address: string;

  beforeAll(async () => {
    stock = await startStockAz(executable!, {
      providers: [things],
      readLink: createTemplateLinkReader(),
    });
    links = createServer((_request, response) => response.end(JSON.stringify(LINKED)));
    await new Promise<void>((listening) => links.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(links.address() as AddressInfo).port}/linked.json`;
    await stock.json('group', 'create', '--name', 'rg', '--location', 'koreacentral');
  });
  afterAll(async () => {
    links.close();
    await stock.close();
  });

  function file(name: string, content: object): string {
    const path = join(stock.directory, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  const create = (name: string, path: string, ...more: string[]): Promise<unknown> =>
    stock.json(
      ...['deployment', 'group', 'create', '-g', 'rg', '-n', name, '--template-file', path],
      ...more,
    );
  const names = (...args: string[]): Promise<unknown> =>
    stock.json('resource', 'list', ...args, '--query', 'sort([].name)');

  it('nested: inner scope, an output of the inner one, its operations', async () => {
    const nested = {
      ...DEPLOYMENTS,
      name: 'inner',
      properties: {
        mode: 'Incremental',
        expressionEvaluationOptions: { scope: 'inner' },
        parameters: { name: { value: 'nested-logs' } },
        template: LINKED,
      },
    };
    const outputs = {
      made: { type: 'string', value: "[reference('inner').outputs.made.value]" },
    };
    const path = file('nested.json', template([nested], { outputs }));
    expect(await create('outer', path, '--query', 'properties.outputs.made.value')).toBe(
      'nested-logs',
    );
    const operations = ['deployment', 'operation', 'group', 'list', '-g', 'rg', '-n'];
    const targets = ['--query', '[].properties.targetResource.resourceName'];
    expect(await stock.json(...operations, 'outer', ...targets)).toEqual(['inner']);
    expect(await stock.json(...operations, 'inner', ...targets)).toEqual(['nested-logs']);
  });

  it('linked: by --template-uri, and from a template', async () => {
    const byUri = ['deployment', 'group', 'create', '-g', 'rg', '-n', 'linked'];
    const query = ['--query', 'properties.outputs.made.value'];
    const made = ['--template-uri', address, '--parameters', 'name=linked-logs', ...query];
    expect(await stock.json(...byUri, ...made)).toBe('linked-logs');
    const inside = {
      ...DEPLOYMENTS,
      name: 'inside',
      properties: {
        mode: 'Incremental',
        templateLink: { uri: address, contentVersion: '1.0.0.0' },
        parameters: { name: { value: 'inside-logs' } },
      },
    };
    await create('with-link', file('with-link.json', template([inside])));
    expect(await names('-g', 'rg')).toEqual(['inside-logs', 'linked-logs', 'nested-logs']);
  });

  describe('from a .bicepparam file', () => {
    const at = (name: string): string => join(stock.directory, name);
    const deployment = (verb: string, ...more: string[]): string[] => [
      ...['deployment', 'group', verb, '-g', 'rg', '-n', 'params', ...more],
    ];
    const made = ['--query', 'properties.outputs.made.value'];

    beforeAll(() => {
      const resource = `resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '\${name}-\${suffix}'
  location: resourceGroup().location
}`;
      const parameters = "param name string\nparam suffix string = 'logs'";
      writeFileSync(
        at('main.bicep'),
        `${parameters}\n${resource}\noutput made string = logs.name\n`,
      );
      writeFileSync(at('main.bicepparam'), "using 'main.bicep'\nparam name = 'file'\n");
      writeFileSync(at('none.bicepparam'), "using none\nparam name = 'none'\n");
      writeFileSync(at('bad.bicepparam'), "using 'main.bicep'\nparam nme = 'x'\n");
    });

    it.each([
      ['alone', ['main.bicepparam'], 'file-logs'],
      ['with pairs that win', ['main.bicepparam', 'suffix=pair'], 'file-pair'],
      [
        'with a template that it does not name',
        ['none.bicepparam', '-f', 'main.bicep'],
        'none-logs',
      ],
    ])('%s', async (_how, words, name) => {
      const paths = words.map((word) => (word.includes('.') ? at(word) : word));
      const create = deployment('create', '--parameters', ...paths);
      expect(await stock.json(...create, ...made)).toBe(name);
    });

    it('is looked at before', async () => {
      const whatIf = deployment('what-if', '--parameters', at('main.bicepparam'), 'suffix=new');
      const { exitCode, stdout } = await stock.az(...whatIf);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('+ Microsoft.OperationalInsights/workspaces/file-new [2023-09-01]');
    });

    it('changes nothing of what is deployed', async () => {
      const again = deployment('what-if', '--parameters', at('main.bicepparam'));
      const { exitCode, stdout } = await stock.az(...again);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('= Microsoft.OperationalInsights/workspaces/file-logs');
      expect(stdout).toMatch(/Resource changes: 1 no change/);
    });

    it('shows its errors where they are', async () => {
      const { exitCode, stderr } = await stock.az(
        ...deployment('validate', '--parameters', at('bad.bicepparam')),
      );
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/bad\.bicepparam\(2,1\) : Error BCP259: /);
      expect(stderr).toMatch(/bad\.bicepparam\(1,7\) : Error BCP258: .*"name"/);
    });
  });

  it('of a subscription, with what-if before', async () => {
    const group = {
      type: 'Microsoft.Resources/resourceGroups',
      apiVersion: '2022-09-01',
      name: 'rg-by-sub',
      location: 'eastus',
    };
    const path = file('sub.json', {
      ...template([group]),
      $schema: SCHEMA.replace('2019-04-01/d', '2018-05-01/subscriptionD'),
    });
    const at = ['-l', 'eastus', '-n', 'sub', '--template-file', path];
    const whatIf = await stock.az('deployment', 'sub', 'what-if', ...at);
    expect(whatIf.stdout).toContain('Resource changes: 1 to create.');
    const state = ['--query', 'properties.provisioningState'];
    expect(await stock.json('deployment', 'sub', 'create', ...at, ...state)).toBe('Succeeded');
    expect(await stock.json('group', 'exists', '-n', 'rg-by-sub')).toBe(true);
  });

  it('are canceled, and leave what was accepted', async () => {
    const held = { type: things.type, apiVersion: '2024-01-01', name: 'held', location: 'eastus' };
    const path = file('held.json', template([held, workspace('after', { dependsOn: ['held'] })]));
    await create('held', path, '--no-wait');
    await expect.poll(() => things.stored.size).toBe(1);
    await stock.json('deployment', 'group', 'cancel', '-g', 'rg', '-n', 'held');
    const state = ['--query', 'properties.provisioningState'];
    const show = ['deployment', 'group', 'show', '-g', 'rg', '-n', 'held', ...state];
    expect(await stock.json(...show)).toBe('Canceled');
    things.release();
    expect(await names('-g', 'rg')).not.toContain('after');
    const again = await stock.az('deployment', 'group', 'cancel', '-g', 'rg', '-n', 'held');
    expect([again.exitCode, again.stderr]).toEqual([
      1,
      expect.stringContaining('DeploymentCannotBeCancelled') as string,
    ]);
  });

  it('group delete --no-wait returns at once; group wait --deleted sees the end', async () => {
    await stock.json('group', 'create', '-n', 'rg-gone', '-l', 'eastus');
    const path = file('gone.json', template([workspace('gone-logs')]));
    const into = ['deployment', 'group', 'create', '-g', 'rg-gone', '-n', 'd'];
    await stock.json(...into, '--template-file', path);
    const started = await stock.az('group', 'delete', '-n', 'rg-gone', '--yes', '--no-wait');
    expect([started.exitCode, started.stderr]).toEqual([0, '']);
    expect((await stock.az('group', 'wait', '-n', 'rg-gone', '--deleted')).exitCode).toBe(0);
    expect(await stock.json('group', 'exists', '-n', 'rg-gone')).toBe(false);
    expect(await names()).not.toContain('gone-logs');
  });

  it.each([
    ['a missing parameter', () => LINKED, 'Missing input parameters: name'],
    [
      'a circle',
      () =>
        template([
          workspace('one', { dependsOn: ['two'] }),
          workspace('two', { dependsOn: ['one'] }),
        ]),
      'InvalidTemplate',
    ],
    [
      'an unknown type',
      () => template([{ ...DEPLOYMENTS, type: 'No.Such/x', name: 'x' }]),
      'No.Such',
    ],
    ['a name that breaks the rules', () => template([workspace('-')]), 'Invalid'],
    [
      'an old api-version',
      () => template([workspace('old-logs', { apiVersion: '1999-01-01' })]),
      'NoRegisteredProviderFound',
    ],
  ])('with %s fail, with the code and without a trace', async (_what, content, text) => {
    const path = file('bad.json', content());
    const args = ['deployment', 'group', 'create', '-g', 'rg', '-n', 'bad', '--no-prompt', 'true'];
    const { exitCode, stderr } = await stock.az(...args, '--template-file', path);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(text) as string]);
    expect(stderr).not.toMatch(/Traceback|InternalServerError/);
  });
});
