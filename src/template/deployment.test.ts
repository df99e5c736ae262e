import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.js';
import { evaluateOutputs, evaluateResource, prepareDeployment } from './deployment.js';
import type { DeploymentScope, ParameterValues, TemplateRuntime } from './deployment-plan.js';

const GROUP = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg';
const scope: DeploymentScope = {
  kind: 'resourceGroup',
  tenantId: '22222222-2222-2222-2222-222222222222',
  subscriptionId: '11111111-1111-1111-1111-111111111111',
  resourceGroup: { name: 'rg', location: 'koreacentral' },
  deployment: { name: 'main' },
  now: new Date('2026-01-02T03:04:05Z'),
  newGuid: () => '33333333-3333-3333-3333-333333333333',
};

const template = (sections: Record<string, Json>): Json => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources: [],
  ...sections,
});

const prepare = (sections: Record<string, Json>, parameters: ParameterValues = {}) =>
  prepareDeployment(template(sections), parameters, scope);

const noRuntime: TemplateRuntime = {
  reference: async (id) => Promise.reject(new Error(`reference ${id}`)),
  list: async (name, id) => Promise.reject(new Error(`${name} ${id}`)),
};

const resource = (name: string, more: Record<string, Json> = {}): { [key: string]: Json } => ({
  type: 'Contoso.Test/things',
  apiVersion: '2024-01-01',
  name,
  ...more,
});

const ID = (name: string): string => `${GROUP}/providers/Contoso.Test/things/${name}`;

describe('prepareDeployment', () => {
  it('computes ids, names and explicit dependencies by id, by name and by type and name', () => {
    const plan = prepare({
      resources: [
        resource('a'),
        resource('b', { dependsOn: ["[resourceId('Contoso.Test/things', 'a')]"] }),
        resource('c', { dependsOn: ['b', 'Contoso.Test/things/a'] }),
      ],
    });
    expect(plan.validationErrors).toEqual([]);
    expect(plan.resources.map((r) => r.id)).toEqual([ID('a'), ID('b'), ID('c')]);
    expect(plan.resources.map((r) => r.dependsOn)).toEqual([
      [],
      [ID('a').toLowerCase()],
      [ID('b').toLowerCase(), ID('a').toLowerCase()],
    ]);
  });

  it('finds dependencies in reference() by name, and in a symbolic template by symbol', () => {
    const plan = prepare({
      resources: [resource('a'), resource('b', { properties: { x: "[reference('a').y]" } })],
    });
    expect(plan.resources[1]?.dependsOn).toEqual([ID('a').toLowerCase()]);
    const symbolic = prepare({
      languageVersion: '2.0',
      resources: {
        first: resource('a'),
        second: resource('b', { properties: { x: "[listKeys('first', '2024-01-01').k]" } }),
      },
    });
    expect(symbolic.resources.map((r) => [r.key, r.dependsOn])).toEqual([
      ['first', []],
      ['second', ['first']],
    ]);
  });

  it('unrolls copy loops, and chains the batches of a serial one', () => {
    const plan = prepare({
      resources: [
        resource("[format('n{0}', copyIndex())]", {
          copy: { name: 'loop', count: 5, mode: 'serial', batchSize: 2 },
        }),
        resource('after', { dependsOn: ['loop'] }),
      ],
    });
    expect(plan.validationErrors).toEqual([]);
    expect(plan.resources.map((r) => r.name)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'after']);
    expect(plan.resources[4]?.dependsOn).toEqual(
      [ID('n2'), ID('n3')].map((id) => id.toLowerCase()),
    );
    expect(plan.resources[5]?.dependsOn).toHaveLength(5);
  });

  it('nests children under their parent and makes them wait for it', () => {
    const plan = prepare({
      resources: [
        resource('p', { resources: [{ type: 'parts', name: 'c', apiVersion: '2024-01-01' }] }),
      ],
    });
    expect(plan.resources[1]).toMatchObject({
      id: `${ID('p')}/parts/c`,
      type: 'Contoso.Test/things/parts',
      name: 'p/c',
      dependsOn: [ID('p').toLowerCase()],
    });
  });

  it.each([
    [true, true],
    ['False', false],
    ['[equals(1, 1)]', true],
    ['maybe', 'InvalidTemplate'],
    [1, 'InvalidTemplate'],
    [null, 'InvalidTemplate'],
  ])('takes the condition %j for %j', (condition, expected) => {
    const plan = prepare({ resources: [resource('a', { condition })] });
    const [error] = plan.validationErrors;
    expect(error ? error.code : plan.resources[0]?.condition).toBe(expected);
  });

  it('reads conditions, extension scopes and subscription-level resources', () => {
    const plan = prepare({
      resources: [
        resource('a', { condition: '[equals(1, 2)]' }),
        resource('lock', { scope: "[format('Contoso.Test/things/{0}', 'a')]" }),
        {
          type: 'Microsoft.Resources/deployments',
          apiVersion: '2025-04-01',
          name: 'n',
          resourceGroup: 'other',
          properties: {},
        },
      ],
    });
    expect(plan.validationErrors).toEqual([]);
    expect(plan.resources[0]?.condition).toBe(false);
    expect(plan.resources[1]?.id).toBe(`${ID('a')}/providers/Contoso.Test/things/lock`);
    expect(plan.resources[2]).toMatchObject({
      id: `${GROUP.replace('/rg', '/other')}/providers/Microsoft.Resources/deployments/n`,
      targetScope: { resourceGroup: 'other' },
      nested: { expressionScope: 'outer' },
    });
  });

  const refusals: [string, Record<string, Json>, ParameterValues, RegExp][] = [
    [
      'a missing parameter',
      { parameters: { p: { type: 'string' } } },
      {},
      /The value for the template parameter 'p' is not provided/,
    ],
    [
      'an unknown parameter',
      { parameters: { p: { type: 'string', defaultValue: '' } } },
      { q: { value: 1 } },
      /do not correspond to any parameters defined in the template: 'q'/,
    ],
    [
      'a wrong type',
      { parameters: { p: { type: 'string' } } },
      { p: { value: 1 } },
      /Expected 'String, Uri'\. Actual 'Integer'/,
    ],
    [
      'a value that is not allowed',
      { parameters: { p: { type: 'string', allowedValues: ['a', 'b'] } } },
      { p: { value: 'c' } },
      /The value 'c' is not part of the allowed value\(s\): 'a,b'/,
    ],
    [
      'a short string',
      { parameters: { p: { type: 'string', minLength: 3 } } },
      { p: { value: 'ab' } },
      /Length of the value should be greater than or equal to '3'/,
    ],
    [
      'a large number',
      { parameters: { p: { type: 'int', maxValue: 3 } } },
      { p: { value: 4 } },
      /should be less than or equal to '3'/,
    ],
    [
      'a default that refers to itself',
      { parameters: { p: { type: 'string', defaultValue: "[parameters('p')]" } } },
      {},
      /refers to itself/,
    ],
    ['an unknown section', { resource: [] }, {}, /Could not find member 'resource'/],
    [
      'a dependency on nothing',
      { resources: [resource('a', { dependsOn: ['zzz'] })] },
      {},
      /The resource 'zzz' is not defined in the template/,
    ],
    [
      'a cycle',
      { resources: [resource('a', { dependsOn: ['b'] }), resource('b', { dependsOn: ['a'] })] },
      {},
      /Circular dependency detected on resource: '\/subscriptions/,
    ],
    [
      'a resource that depends on itself',
      { resources: [resource('a', { dependsOn: ['a'] })] },
      {},
      /Circular dependency detected on resource: '\/subscriptions/,
    ],
    ['resources that are a number', { resources: 5 }, {}, /'resources' must be an array or an obj/],
    [
      'the same resource twice',
      { resources: [resource('a'), resource('A')] },
      {},
      /is defined multiple times/,
    ],
    [
      'a name of the wrong length',
      { resources: [resource('a/b')] },
      {},
      /has incorrect segment lengths/,
    ],
    [
      'an unknown variable',
      { resources: [resource("[variables('v')]")] },
      {},
      /The template variable 'v' is not found/,
    ],
    [
      'an unknown function',
      { resources: [resource('[nope()]')] },
      {},
      /The template function 'nope' is not valid/,
    ],
    [
      'a syntax error',
      { resources: [resource('[concat(]')] },
      {},
      /Unable to parse language expression 'concat\('/,
    ],
    [
      'reference() in a name',
      { resources: [resource("[reference('x')]")] },
      {},
      /'reference' is not expected at this location/,
    ],
    [
      'a negative loop',
      { resources: [resource('a', { copy: { name: 'l', count: -1 } })] },
      {},
      /copy count of 'l'/,
    ],
  ];
  it.each(refusals)('refuses %s', (_, sections, parameters, message) => {
    const plan = prepare(sections, parameters);
    expect(plan.validationErrors[0]?.message).toMatch(message);
    expect(plan.validationErrors[0]?.code).toBe('InvalidTemplate');
  });

  it.each([undefined, null, 1, 'x', [], { resources: 3 }, { resources: [1] }])(
    'answers errors, not an exception, for %j',
    (bad) => {
      expect(prepareDeployment(bad, {}, scope).validationErrors.length).toBeGreaterThan(0);
    },
  );

  it('hides secure parameters and reports the others with their types', () => {
    const plan = prepare(
      { parameters: { p: { type: 'securestring' }, q: { type: 'int', defaultValue: 3 } } },
      { p: { value: 'x' } },
    );
    expect(plan.parameters).toEqual({ p: { type: 'SecureString' }, q: { type: 'Int', value: 3 } });
  });

  it('plans 500 resources that depend on each other in a fraction of a second', () => {
    const resources = Array.from({ length: 500 }, (_, i) =>
      resource(
        `n${i}`,
        i > 0 ? { dependsOn: [`[resourceId('Contoso.Test/things', 'n${i - 1}')]`] } : {},
      ),
    );
    const start = performance.now();
    expect(prepare({ resources }).validationErrors).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('evaluateResource', () => {
  it('fetches everything an evaluation needs in parallel, each once', async () => {
    const plan = prepare({
      resources: [
        resource('a'),
        resource('b', {
          properties: {
            x: `[reference('${ID('a')}', '2024-01-01').deep.value]`,
            y: `[reference('${ID('a')}', '2024-01-01', 'full').location]`,
            z: `[concat(listKeys('${ID('a')}', '2024-01-01').key, reference('a').deep.value)]`,
          },
        }),
      ],
    });
    const calls: string[] = [];
    let open = 0;
    let most = 0;
    const waiting = async (what: string, value: Json): Promise<Json> => {
      calls.push(what);
      most = Math.max(most, (open += 1));
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return value;
    };
    const body = await evaluateResource(plan, ID('b').toLowerCase(), {
      reference: async (id, version, full) =>
        waiting(
          `${id} ${String(version)} ${String(full)}`,
          full ? { location: 'here' } : { deep: { value: 'v' } },
        ),
      list: async (name, id) => waiting(`${name} ${id}`, { key: 'k' }),
    });
    expect(body).toMatchObject({ name: 'b', body: { properties: { x: 'v', y: 'here', z: 'kv' } } });
    expect(calls).toHaveLength(3);
    expect(most).toBe(3);
  });

  it('leaves an inner-scoped nested template alone and fills an outer-scoped one', async () => {
    const nested = (options: Json): { [key: string]: Json } => ({
      type: 'Microsoft.Resources/deployments',
      apiVersion: '2025-04-01',
      name: 'n',
      properties: {
        expressionEvaluationOptions: options,
        parameters: { p: { value: "[variables('v')]" } },
        template: { outputs: { o: { type: 'string', value: "[variables('v')]" } } },
      },
    });
    const run = async (options: Json): Promise<Json> => {
      const plan = prepare({ variables: { v: 'outer' }, resources: [nested(options)] });
      return (await evaluateResource(plan, plan.resources[0]?.key ?? '', noRuntime)).body;
    };
    expect(await run({ scope: 'inner' })).toMatchObject({
      properties: {
        parameters: { p: { value: 'outer' } },
        template: { outputs: { o: { value: "[variables('v')]" } } },
      },
    });
    expect(await run(null)).toMatchObject({
      properties: { template: { outputs: { o: { value: 'outer' } } } },
    });
  });

  it('unrolls property loops and drops what steers the engine', async () => {
    const plan = prepare({
      resources: [
        resource('a', {
          dependsOn: [],
          properties: { copy: [{ name: 'list', count: 2, input: { i: "[copyIndex('list')]" } }] },
        }),
      ],
    });
    const { body } = await evaluateResource(plan, ID('a').toLowerCase(), noRuntime);
    expect(body).toEqual({ properties: { list: [{ i: 0 }, { i: 1 }] } });
  });

  it('names the resource when an expression fails', async () => {
    const plan = prepare({
      resources: [resource('a', { properties: { x: "[createObject('a', 1).b]" } })],
    });
    await expect(evaluateResource(plan, ID('a').toLowerCase(), noRuntime)).rejects.toThrow(
      /resource '.*things\/a'\. 'The language expression property 'b' doesn't exist, available properties are 'a'\./,
    );
  });
});

describe('evaluateOutputs', () => {
  it('answers types as GET does, hides secure values, skips unmet conditions, unrolls loops', async () => {
    const plan = prepare({
      outputs: {
        s: { type: 'string', value: '[resourceGroup().location]' },
        n: { type: 'int', value: 3 },
        secret: { type: 'securestring', value: 'x' },
        skipped: { type: 'string', condition: false, value: '[div(1, 0)]' },
        list: { type: 'array', copy: { count: 2, input: '[copyIndex()]' } },
      },
    });
    expect(await evaluateOutputs(plan, noRuntime)).toEqual({
      s: { type: 'String', value: 'koreacentral' },
      n: { type: 'Int', value: 3 },
      secret: { type: 'SecureString' },
      list: { type: 'Array', value: [0, 1] },
    });
  });

  it('fails with the code of outputs', async () => {
    const plan = prepare({ outputs: { s: { type: 'string', value: 3 } } });
    await expect(evaluateOutputs(plan, noRuntime)).rejects.toMatchObject({
      code: 'DeploymentOutputEvaluationFailed',
    });
  });
});
