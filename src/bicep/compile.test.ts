import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.js';
import { evaluateOutputs, evaluateResource, prepareDeployment } from '../template/deployment.js';
import type { DeploymentScope, TemplateRuntime } from '../template/deployment-plan.js';
import { compileBicep } from './compile.js';
import { compileParameters } from './compile-parameters.js';
import type { FileReader } from './semantics/symbols.js';

const files = (contents: Record<string, string>): FileReader => {
  return (path) => {
    const text = contents[path];
    return text === undefined ? undefined : new TextEncoder().encode(text);
  };
};

const scope: DeploymentScope = {
  kind: 'resourceGroup',
  tenantId: 't',
  subscriptionId: '11111111-1111-1111-1111-111111111111',
  resourceGroup: { name: 'rg', location: 'koreacentral' },
  deployment: { name: 'lab-acr' },
  now: new Date(0),
  newGuid: () => 'g',
};

/** A system in which every registry answers as Azure's do. */
const runtime: TemplateRuntime = {
  reference: async (id) => {
    const name = id.split('/').at(-1) ?? '';
    return { loginServer: `${name}.azurecr.io`, customerId: 'customer' };
  },
  list: async (name): Promise<Json> =>
    name === 'listKeys'
      ? { primarySharedKey: 'shared' }
      : { username: 'u', passwords: [{ value: 'secret' }] },
};

describe('the lab of a failing image pull', () => {
  const path = 'labs/acr-pull-failure/infra/main.bicep';
  const { template, diagnostics } = compileBicep(path, (name) =>
    existsSync(name) ? readFileSync(name) : undefined,
  );

  it('compiles without a diagnostic', () => {
    expect(diagnostics).toEqual([]);
  });

  it('plans four resources in order, and evaluates to the image that does not exist', async () => {
    const plan = prepareDeployment(template, { baseName: { value: 'labacr' } }, scope);
    expect(plan.validationErrors).toEqual([]);
    expect(plan.resources.map(({ type, dependsOn }) => [type, dependsOn.length])).toEqual([
      ['Microsoft.OperationalInsights/workspaces', 0],
      ['Microsoft.ContainerRegistry/registries', 0],
      ['Microsoft.App/managedEnvironments', 1],
      ['Microsoft.App/containerApps', 2],
    ]);
    const registry = plan.resources[1]?.name ?? '';
    expect(registry).toMatch(/^acrlabacr[a-z0-9]{13}$/);
    const app = await evaluateResource(plan, plan.resources[3]?.key ?? '', runtime);
    expect(app.body).toMatchObject({
      properties: {
        configuration: {
          secrets: [{ name: 'acr-password', value: 'secret' }],
          registries: [{ server: `${registry}.azurecr.io`, username: registry }],
        },
        template: {
          containers: [
            {
              image: `${registry}.azurecr.io/labacr:does-not-exist`,
              resources: { cpu: 0.25, memory: '0.5Gi' },
            },
          ],
        },
      },
    });
    expect(await evaluateOutputs(plan, runtime)).toMatchObject({
      containerRegistryName: { type: 'String', value: registry },
      containerRegistryLoginServer: { value: `${registry}.azurecr.io` },
      environmentName: { value: expect.stringMatching(/^cae-labacr-/) as string },
    });
  });
});

describe('compileBicep', () => {
  it('hands a module down as a nested deployment that the engine can prepare on its own', async () => {
    const { template } = compileBicep(
      'main.bicep',
      files({
        'main.bicep':
          "module m 'sub/m.bicep' = {\n  name: 'inner'\n  params: {\n    n: 'x'\n  }\n}\noutput o string = m.outputs.o\n",
        'sub/m.bicep': 'param n string\noutput o string = toUpper(n)\n',
      }),
    );
    const plan = prepareDeployment(template, {}, scope);
    const inner = await evaluateResource(plan, plan.resources[0]?.key ?? '', runtime);
    const properties = inner.body['properties'] as { [key: string]: Json };
    expect(properties['parameters']).toEqual({ n: { value: 'x' } });
    const nested = prepareDeployment(properties['template'], { n: { value: 'x' } }, scope);
    expect(await evaluateOutputs(nested, runtime)).toEqual({ o: { type: 'String', value: 'X' } });
  });

  it('says in which file of a module tree the error is', () => {
    const { template, diagnostics } = compileBicep(
      'infra/main.bicep',
      files({
        'infra/main.bicep': "module m '../lib/m.bicep' = {\n  name: 'm'\n}\n",
        'lib/m.bicep': 'output o string = nope\n',
      }),
    );
    expect(template).toBeUndefined();
    expect(
      diagnostics.map(({ code, file, line, column, length }) => ({
        code,
        file,
        line,
        column,
        length,
      })),
    ).toEqual([
      { code: 'BCP104', file: 'infra/main.bicep', line: 1, column: 10, length: 16 },
      { code: 'BCP057', file: 'lib/m.bicep', line: 1, column: 19, length: 4 },
    ]);
  });

  it('refuses files that include each other', () => {
    const { diagnostics } = compileBicep(
      'a.bicep',
      files({
        'a.bicep': "module b 'b.bicep' = {\n  name: 'b'\n}\n",
        'b.bicep': "module a 'a.bicep' = {\n  name: 'a'\n}\n",
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toContain('BCP095');
  });

  it.each([
    ['assert ok = 1 == 1\n', 'BCP349', 'assert'],
    ["output o string = roleDefinitions('AcrPull').id\n", 'LZB001', 'roleDefinitions()'],
    ["output o string = readEnvironmentVariable('HOME')\n", 'BCP057', 'readEnvironmentVariable'],
    ["output o string = az.getSecret('s', 'g', 'v', 'n')\n", 'BCP107', 'getSecret'],
    ["output o string = externalInput('x')\n", 'BCP057', 'externalInput'],
  ])('refuses %j with %s, and says of what', (text, code, name) => {
    const { template, diagnostics } = compileBicep('m.bicep', files({ 'm.bicep': text }));
    expect(template).toBeUndefined();
    expect(diagnostics.map((found) => found.code)).toEqual([code]);
    expect(diagnostics[0]?.message).toContain(name);
  });

  it.each([
    ['toLower(1)', 'Argument of type "1" is not assignable to parameter of type "string".'],
    ['sys.range(0, true)', 'Argument of type "true" is not assignable to parameter of type "int".'],
    [
      "twice(['a', 1])",
      'Argument of type "[\'a\', 1]" is not assignable to parameter of type "string".',
    ],
    ['first({ a: 1 })', 'Overload 2 of 2, "(string: string): string", gave the following error'],
    [
      "contains('a', [])",
      'Argument of type "<empty array>" is not assignable to parameter of type "string".',
    ],
    [
      'filter(range(0, 3), i => i)',
      'Argument of type "int => int" is not assignable to parameter of type "(any[, int]) => bool".',
    ],
    ["reduce(['a'], '', (all, one, at) => all, 1)", 'Expected 3 arguments, but got 4.'],
    [
      "map(['a', 'b'], () => 1)",
      'Argument of type "() => 1" is not assignable to parameter of type "(any[, int]) => any".',
    ],
    [
      'toObject([1], i => i)',
      'Argument of type "1 => 1" is not assignable to parameter of type "any => string".',
    ],
  ])('says of %s what is not taken', (text, message) => {
    const { diagnostics } = compileBicep(
      'm.bicep',
      files({
        'm.bicep': `func twice(t string) string => '\${t}\${t}'\noutput o object = { v: ${text} }\n`,
      }),
    );
    expect(diagnostics.filter(({ level }) => level === 'Error')).toHaveLength(1);
    expect(diagnostics[0]?.message).toContain(message);
  });

  it.each([
    ["output o string = ['a'][1]\n", 'BCP311', 'between 0 and 0'],
    ['output o int = [1, 2][-1]\n', 'BCP311', '"-1"'],
    ['var range = 1\noutput o array = range(0, range)\n', 'BCP265', '"sys.range"'],
    [
      'param subscription object\noutput o object = subscription()\n',
      'BCP265',
      '"az.subscription"',
    ],
    [
      "resource r 'Microsoft.App/jobs@2024-03-01' existing = [for i in range(0, 2): { name: 'j${i}' }]\noutput o array = map([0], at => r[at].properties)\n",
      'BCP247',
      '"at"',
    ],
    ["output o array = map(['x'], id => reference(id).y)\n", 'BCP248', '"id"'],
    ["output o array = map(['x'], id => listKeys(id, '2024-03-01').y)\n", 'BCP248', '"listKeys"'],
  ])('refuses %j with %s', (text, code, part) => {
    const { diagnostics } = compileBicep('m.bicep', files({ 'm.bicep': text }));
    const [first, ...others] = diagnostics.filter(({ level }) => level === 'Error');
    expect(others).toEqual([]);
    expect(first?.code).toBe(code);
    expect(first?.message).toContain(part);
  });

  it.each([
    'map([{ a: 1 }], (each, at) => each.a + at)',
    "filter(['a', 'b'], text => contains(text, 'a'))",
    'sort([2, 1], (a, b) => a < b)',
    'reduce([1, 2], 0, (sum, next) => sum + next)',
    "reduce([{ a: 'b' }], {}, (all, next) => union(all, next))",
    "toObject(['a'], name => name, name => { key: name })",
    "groupBy([{ k: 'a' }], each => each.k)",
    "map(items({ a: 1 }), entry => '${entry.key}=${entry.value}')",
    'union(p, { a: 1 }, p.?more ?? {})',
    "join([1, 'a', true], ',')",
    'max([1, 2])',
    '[1, 2][^2]',
    'first(p.list ?? [])',
    'any(1)',
  ])('takes %s', (text) => {
    const { diagnostics } = compileBicep(
      'm.bicep',
      files({ 'm.bicep': `param p object\noutput o object = { v: ${text}, p: p }\n` }),
    );
    expect(diagnostics.filter(({ level }) => level === 'Error')).toEqual([]);
  });

  it('reports a missing file instead of throwing', () => {
    expect(compileBicep('none.bicep', () => undefined).diagnostics[0]).toMatchObject({
      code: 'BCP091',
    });
  });

  it('hides a warning on the next line only where asked', () => {
    const codes = (text: string): string[] =>
      compileBicep('m.bicep', files({ 'm.bicep': text })).diagnostics.map(({ code }) => code);
    expect(codes('param a string\n')).toEqual(['no-unused-params']);
    expect(codes('#disable-next-line no-unused-params\nparam a string\n')).toEqual([]);
    expect(codes('#disable-next-line BCP057\nvar a = nope\noutput o string = a\n')).toEqual([
      'BCP057',
    ]);
  });

  it('compiles a thousand lines in well under the time node takes to start several times', () => {
    // As many as the language takes: 64 outputs, 256 parameters.
    const variables = Array.from(
      { length: 375 },
      (_, i) => `var v${i} = '\${p${i % 64}}-${i}'\n#disable-next-line x\n`,
    );
    const ends = Array.from(
      { length: 64 },
      (_, i) => `param p${i} string = 'x'\noutput o${i} string = v${i}\n#disable-next-line x\n`,
    );
    const text = [...variables, ...ends].join('');
    const start = performance.now();
    expect(compileBicep('m.bicep', files({ 'm.bicep': text })).template).toBeDefined();
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe('compileParameters', () => {
  const template =
    "param name string\nparam count int = 1\nparam list array = []\noutput o string = '${name}${count}${length(list)}'\n";

  it('evaluates values, takes overrides, reads the environment', () => {
    const reader = files({
      'main.bicep': template,
      'main.bicepparam':
        "using 'main.bicep'\nparam name = 'a${toUpper('b')}'\nparam count = 2\nparam list = [for i in range(0, 2): i]\n",
    });
    const { parameters, diagnostics } = compileParameters('main.bicepparam', reader, {
      overrides: { count: 5 },
    });
    expect(diagnostics).toEqual([]);
    expect(parameters).toMatchObject({
      parameters: { name: { value: 'aB' }, count: { value: 5 }, list: { value: [0, 1] } },
    });
  });

  it('takes what the file that it extends assigns, and what that one extends', () => {
    const reader = files({
      'main.bicep': template,
      'shared/all.bicepparam': 'using none\nparam count = 7\n',
      'shared/base.bicepparam':
        "using none\nextends 'all.bicepparam'\nvar who = 'base'\nparam name = who\nparam list = [1]\n",
      'main.bicepparam': "using 'main.bicep'\nextends 'shared/base.bicepparam'\nparam list = [2]\n",
    });
    const { parameters, diagnostics } = compileParameters('main.bicepparam', reader);
    expect(diagnostics).toEqual([]);
    expect(parameters).toMatchObject({
      parameters: { name: { value: 'base' }, count: { value: 7 }, list: { value: [2] } },
    });
  });

  it('reads variables and functions of other files, the environment, and what it inherits', () => {
    const reader = files({
      'main.bicep': template,
      'shared.bicep':
        "var suffix = 'z'\n@export()\nvar names = [for i in range(0, 2): 'n${i}${suffix}']\n@export()\nfunc twice(text string) string => '${text}${text}'\n",
      'shared.json':
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "metadata": {"__bicep_exported_variables!": [{"name": "two"}]}, "variables": {"two": "[add(1, 1)]"}, "resources": []}',
      'base.bicepparam': "using none\nparam name = 'base'\nparam list = [1]\n",
      'main.bicepparam':
        "using 'main.bicep'\nextends 'base.bicepparam'\nimport { names } from 'shared.bicep'\nimport * as all from 'shared.bicep'\nimport { two } from 'shared.json'\nvar where = toUpper(readEnvironmentVariable('WHERE', 'here'))\nparam name = all.twice('${base.name}-${names[1]}-${where}')\nparam list = concat(base.list, [count])\nparam count = two\n",
    });
    const read = (environment: Record<string, string>): object =>
      compileParameters('main.bicepparam', reader, { environment });
    const values = (where: string): object => ({
      diagnostics: [],
      parameters: {
        parameters: {
          name: { value: `base-n1z-${where}base-n1z-${where}` },
          list: { value: [1, 2] },
          count: { value: 2 },
        },
      },
    });
    expect(read({})).toMatchObject(values('HERE'));
    expect(read({ WHERE: 'there' })).toMatchObject(values('THERE'));
  });

  it('takes a secret of a key vault by reference', () => {
    const reader = files({
      'main.bicep':
        '@secure()\nparam password string\n#disable-next-line outputs-should-not-contain-secrets\noutput length int = length(password)\n',
      'main.bicepparam':
        "using 'main.bicep'\nparam password = az.getSecret('sub', 'rg', 'kv', 'pass${'word'}')\n",
    });
    const { parameters, diagnostics } = compileParameters('main.bicepparam', reader);
    expect(diagnostics).toEqual([]);
    const id = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv';
    expect(parameters).toMatchObject({
      parameters: { password: { reference: { keyVault: { id }, secretName: 'password' } } },
    });
  });

  it.each([
    ["using 'main.bicep'\nparam name = base.name\n", 'BCP437'],
    ["using 'main.bicep'\nextends 'b.bicepparam'\nparam name = base.nam\n", 'BCP083'],
    ["using 'main.bicep'\nextends 'b.bicepparam'\nvar base = 1\nparam name = 'x'\n", 'BCP438'],
    ["using 'main.bicep'\nvar base = 1\nextends 'b.bicepparam'\nparam name = 'x'\n", 'BCP438'],
    ["using 'main.bicep'\nparam name = name\n", 'BCP338'],
    ["using 'main.bicep'\nparam name = 1\n", 'BCP033'],
    ["using 'main.bicep'\nparam name = subscription().subscriptionId\n", 'BCP057'],
    ["using 'main.bicep'\nparam name = '${getSecret('s', 'g', 'v', 'n')}'\n", 'BCP351'],
    ["using 'main.bicep'\nparam name = getSecret('s', 'g')\n", 'BCP071'],
    ["using 'main.bicep'\nparam name = '${1 + 'x'}'\n", 'BCP045'],
    ["using 'main.bicep'\nparam name = readEnvironmentVariable(1)\n", 'BCP032'],
    ["using 'main.bicep'\n", 'BCP258'],
    ["using 'main.bicep'\nextends 'p.bicepparam'\nparam name = 'x'\n", 'BCP278'],
    ["using 'main.bicep'\nextends 'gone.bicepparam'\nparam name = 'x'\n", 'BCP091'],
    ["using 'main.bicep'\nextends ''\nparam name = 'x'\n", 'BCP050'],
    ["using 'main.bicep'\nextends\nparam name = 'x'\n", 'BCP257'],
    ["using 'main.bicep'\nparam name = externalInput('x')\n", 'LZB001'],
    ["using 'main.bicep'\nresource x\n", 'BCP337'],
    ["using 'main.bicep'\nparam name = 'x'\nparam other = 1\n", 'BCP259'],
    ["param name = 'x'\n", 'BCP261'],
    ["using 'main.bicep'\nparam name = 'x'\nparam name = 'y'\n", 'BCP250'],
    ["using 'main.bicep'\nparam name = readEnvironmentVariable('NOPE')\n", 'BCP338'],
    ["using 'main.bicep'\nparam name = zzz\n", 'BCP057'],
  ])('%j is %s', (text, code) => {
    const { parameters, diagnostics } = compileParameters(
      'p.bicepparam',
      files({
        'main.bicep': template,
        'p.bicepparam': text,
        'b.bicepparam': "using none\nparam name = 'base'\n",
      }),
    );
    expect(diagnostics.map((found) => found.code)).toContain(code);
    expect(parameters).toBeUndefined();
  });
});
