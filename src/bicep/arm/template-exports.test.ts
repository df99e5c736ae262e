import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../base/json.js';
import { evaluateOutputs, prepareDeployment } from '../../template/deployment.js';
import { compileBicep, type CompileResult } from '../compile.js';

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
const EXPORT = { metadata: { '__bicep_export!': true } };

/** Compiles a file that imports from `mod.json`. */
function compile(text: string, template: JsonObject | string): CompileResult {
  const json =
    typeof template === 'string'
      ? template
      : JSON.stringify({ $schema: SCHEMA, contentVersion: '1.0.0.0', resources: [], ...template });
  const files: Record<string, string> = { 'main.bicep': text, 'mod.json': json };
  return compileBicep('main.bicep', (path) => {
    const found = files[path];
    return found === undefined ? undefined : new TextEncoder().encode(found);
  });
}

function exportsVariable(name: string, variables: JsonObject): JsonObject {
  return { metadata: { '__bicep_exported_variables!': [{ name }] }, variables };
}

function exportsFunction(namespace: string, name: string, value: Json): JsonObject {
  const parameters = [{ type: 'string', name: 'who' }];
  const members = { [name]: { parameters, output: { type: 'string', value }, ...EXPORT } };
  return { functions: [{ namespace, members }] };
}

/** What a template's output is after a deployment of it. */
async function outputOf(result: CompileResult): Promise<Json> {
  const plan = prepareDeployment(
    result.template,
    {},
    {
      ...{ kind: 'resourceGroup', tenantId: 't', subscriptionId: 's', deployment: { name: 'd' } },
      resourceGroup: { name: 'rg', location: 'koreacentral' },
      ...{ now: new Date(0), newGuid: () => 'g' },
    },
  );
  const unused = async (): Promise<never> => Promise.reject(new Error('nothing is deployed'));
  const outputs = await evaluateOutputs(plan, { reference: unused, list: unused });
  return outputs;
}

describe('imports from an ARM template', () => {
  const ref = { $ref: '#/definitions/bar' };
  const imported = (more: JsonObject = {}): JsonObject => ({
    metadata: { '__bicep_imported_from!': { sourceTemplate: 'mod.json', ...more } },
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'an array',
      { type: 'array', items: ref },
      { type: 'array', items: { $ref: '#/definitions/_1.bar' } },
    ],
    [
      'a text',
      { type: 'string', minLength: 1, maxLength: 9 },
      { type: 'string', minLength: 1, maxLength: 9 },
    ],
    ['a secret', { type: 'secureString' }, { type: 'securestring' }],
    ['a number', { type: 'int', minValue: 1 }, { type: 'int', minValue: 1 }],
    [
      'values',
      { type: 'string', allowedValues: ['foo', 'bar'] },
      { type: 'string', allowedValues: ['bar', 'foo'] },
    ],
    [
      'some values',
      { type: 'array', allowedValues: ['foo', 'bar'] },
      { type: 'array', allowedValues: ['bar', 'foo'] },
    ],
    [
      'a tuple',
      { type: 'array', prefixItems: [ref], items: false },
      { type: 'array', prefixItems: [{ $ref: '#/definitions/_1.bar' }], items: false },
    ],
    [
      'nothing more',
      {
        type: 'object',
        properties: { a: { type: 'int', nullable: true } },
        additionalProperties: false,
      },
      {
        type: 'object',
        properties: { a: { type: 'int', nullable: true } },
        additionalProperties: false,
      },
    ],
    [
      'any names',
      { type: 'object', additionalProperties: { type: 'bool' } },
      { type: 'object', properties: {}, additionalProperties: { type: 'bool' } },
    ],
    ['a part', { $ref: '#/definitions/bar/items' }, { $ref: '#/definitions/_1.bar/items' }],
  ])('takes a type: %s', (_, schema, expected) => {
    const definitions = { foo: { ...schema, ...EXPORT }, bar: { type: 'string' } };
    const { template, diagnostics } = compile(
      "import { foo } from 'mod.json'\n#disable-next-line no-unused-params\nparam p foo\n",
      { definitions },
    );
    expect(diagnostics).toEqual([]);
    expect((template?.['definitions'] as JsonObject)['foo']).toEqual({
      ...expected,
      ...imported(),
    });
  });

  it('takes a union of objects that a property tells apart', () => {
    const kind = (name: string): JsonObject => ({
      type: 'object',
      properties: { kind: { type: 'string', allowedValues: [name] } },
    });
    const mapping = { a: { $ref: '#/definitions/a' }, b: { $ref: '#/definitions/b' } };
    const definitions = {
      a: kind('a'),
      b: kind('b'),
      both: { type: 'object', discriminator: { propertyName: 'kind', mapping }, ...EXPORT },
    };
    const { template } = compile("import { both as c } from 'mod.json'\n", { definitions });
    expect((template?.['definitions'] as JsonObject)['c']).toEqual({
      type: 'object',
      discriminator: {
        propertyName: 'kind',
        mapping: { a: { $ref: '#/definitions/_1.a' }, b: { $ref: '#/definitions/_1.b' } },
      },
      ...imported({ originalIdentifier: 'both' }),
    });
  });

  it.each<[string, JsonObject, Json]>([
    ['what another says', { bar: "[variables('foo')]", foo: [1, 'x'] }, [1, 'x']],
    [
      'a copy loop',
      {
        bar: "[variables('foo')[3]]",
        n: '[add(2, 3)]',
        copy: [{ name: 'foo', count: "[variables('n')]", input: "[copyIndex('foo', 1)]" }],
      },
      4,
    ],
    [
      'a copy loop in an object',
      { bar: { copy: [{ name: 'list', count: 2, input: { at: "[copyIndex('list')]" } }] } },
      { list: [{ at: 0 }, { at: 1 }] },
    ],
    ['brackets', { bar: '[[plain]' }, '[plain]'],
    ['a fraction', { bar: 0.5 }, 0.5],
    ['a name that is computed', { bar: { "[toUpper('a')]": true, b: null } }, { A: true, b: null }],
    [
      'a lambda',
      { bar: "[map(createArray(1, 2), lambda('x', add(lambdaVariables('x'), 1)))]" },
      [2, 3],
    ],
    ['parts', { bar: "[variables('foo').a[0]['b c']]", foo: { a: [{ 'b c': 'deep' }] } }, 'deep'],
  ])('takes a variable: %s', async (_, variables, expected) => {
    const result = compile(
      "import { bar } from 'mod.json'\n#disable-next-line use-safe-access\noutput o object = { v: bar }\n",
      exportsVariable('bar', variables),
    );
    expect(result.diagnostics).toEqual([]);
    expect(await outputOf(result)).toMatchObject({ o: { value: { v: expected } } });
  });

  it.each([
    ['__bicep', "import { greet } from 'mod.json'\noutput o string = greet('you')\n"],
    ['__bicep', "import * as mod from 'mod.json'\noutput o string = mod.greet('you')\n"],
    ['ns', "import { 'ns.greet' as hi } from 'mod.json'\noutput o string = hi('you')\n"],
  ])('takes a function of the namespace %s', async (namespace, text) => {
    const template = exportsFunction(namespace, 'greet', "[format('Hi, {0}!', parameters('who'))]");
    const result = compile(text, template);
    expect(result.diagnostics).toEqual([]);
    expect(await outputOf(result)).toEqual({ o: { type: 'String', value: 'Hi, you!' } });
  });

  it('gives functions that come along a namespace of their own', async () => {
    const result = compile("import { greet } from 'mod.json'\noutput o string = greet('you')\n", {
      functions: [
        ...(exportsFunction('__bicep', 'greet', "[ns.Echo(parameters('WHO'))]")[
          'functions'
        ] as Json[]),
        ...(exportsFunction('ns', 'echo', "[parameters('who')]")['functions'] as Json[]),
      ],
    });
    expect(result.template?.['functions']).toMatchObject([
      {
        namespace: '_1',
        members: {
          _2: { metadata: { '__bicep_imported_from!': { originalIdentifier: 'ns.echo' } } },
        },
      },
      {
        namespace: '__bicep',
        members: { greet: { output: { value: "[_1._2(parameters('who'))]" } } },
      },
    ]);
    expect(await outputOf(result)).toMatchObject({ o: { value: 'you' } });
  });

  it.each<[string, string, JsonObject | string]>([
    ['BCP360', 'import { private } from', { definitions: { private: { type: 'string' } } }],
    ['BCP360', 'import { bar } from', exportsVariable('bar', {})],
    [
      'BCP373',
      'import { bar } from',
      { ...exportsVariable('bar', { bar: 1 }), definitions: { bar: { type: 'int', ...EXPORT } } },
    ],
    [
      'BCP374',
      'import * as mod from',
      { ...exportsVariable('bar', { bar: 1 }), definitions: { bar: { type: 'int', ...EXPORT } } },
    ],
    ['BCP188', 'import { bar } from', exportsVariable('bar', { bar: "[variables('gone')]" })],
    ['BCP188', 'import { bar } from', exportsVariable('bar', { bar: '[concat(]' })],
    ['BCP188', 'import { bar } from', exportsVariable('bar', { copy: [{ name: 'bar' }] })],
    ['BCP188', 'import { t } from', { definitions: { t: { type: 'colour', ...EXPORT } } }],
    ['BCP188', 'import { t } from', { definitions: { t: { $ref: 'https://x/y', ...EXPORT } } }],
    [
      'BCP188',
      'import { t } from',
      { definitions: { t: { $ref: '#/definitions/gone', ...EXPORT } } },
    ],
    ['BCP188', 'import { f } from', exportsFunction('__bicep', 'f', "[parameters('gone')]")],
    ['BCP188', 'import { f } from', exportsFunction('__bicep', 'f', '[ns.gone()]')],
    ['BCP186', 'import { f } from', 'no JSON'],
  ])('says %s of %s', (code, text, template) => {
    const { diagnostics } = compile(`${text} 'mod.json'\n`, template);
    expect(diagnostics.map((found) => found.code)).toContain(code);
  });
});
