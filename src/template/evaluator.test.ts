import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.js';
import type { EvaluationContext } from './evaluation-context.js';
import { evaluateString } from './evaluator.js';
import type { Expression } from './expression/ast.js';
import { parseExpression } from './expression/parser.js';
import { printExpression } from './expression/printer.js';
import { templateHash } from './template-hash.js';
import { TemplateError } from './template-error.js';

const context: EvaluationContext = {
  scope: {
    kind: 'resourceGroup',
    tenantId: 't',
    subscriptionId: '11111111-1111-1111-1111-111111111111',
    resourceGroup: { name: 'rg', location: 'westeurope' },
    deployment: { name: 'd' },
    now: new Date('2026-01-02T03:04:05.678Z'),
    newGuid: () => 'g',
  },
  template: {},
  parameter: (name) => ({ o: { Key: [1, { deep: 'x' }] }, list: [3, 1, 2] })[name] ?? null,
  variable: (name) => name,
  copyIndex: () => 4,
  userFunction: () => undefined,
};

const run = (text: string): Json => evaluateString(`[${text}]`, context);

/** Expected values are those of the function reference's examples, or worked out by hand from its text. */
const CASES: [string, Json][] = [
  ["uniqueString('tyeth')", 'zcztcwvu6iyg6'],
  ["uniqueString('hello', 'world')", 'a7wkljktk6wne'],
  // Python's uuid.uuid5(UUID('11fb06fb-712d-4ddd-98c7-e71bbd588830'), 'a-b-c')
  ["guid('a', 'b', 'c')", 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8'],
  ["base64('one, two, three')", 'b25lLCB0d28sIHRocmVl'],
  ["base64ToString('b25lLCB0d28sIHRocmVl')", 'one, two, three'],
  ["dataUri('Hello')", 'data:text/plain;charset=utf8;base64,SGVsbG8='],
  ["dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", 'Hello, World!'],
  ["concat('a', 1, true())", 'a1True'],
  ['concat(createArray(1), createArray(2))', [1, 2]],
  ["format('{0}, {1}. {0:D3} {2,5}|{2,-5}|{{}}', 7, true(), 'ab')", '7, True. 007    ab|ab   |{}'],
  ["format('{0:N0}', 8175133)", '8,175,133'],
  ["replace('123-123-1234', '-', '')", '1231231234'],
  ["split('one;two,three', createArray(',', ';'))", ['one', 'two', 'three']],
  ["substring('one two three', 4, 3)", 'two'],
  ["padLeft('123', 10, '0')", '0000000123'],
  ["indexOf('test', 'T')", 0],
  ["lastIndexOf('test', 't')", 3],
  ["indexOf(createArray('one', 'two'), 'Two')", -1],
  ["startsWith('abcdef', 'AB')", true],
  ["endsWith('abcdef', 'EF')", true],
  ["contains('OneTwo', 'two')", false],
  ["contains(createObject('One', 1), 'one')", true],
  ["empty('')", true],
  ["first('One Two')", 'O'],
  ["last(createArray('a', 'b'))", 'b'],
  ["take('abc', 10)", 'abc'],
  ['skip(createArray(1, 2, 3), 2)', [3]],
  ['range(5, 3)', [5, 6, 7]],
  [
    "union(createObject('a', createObject('x', 1)), createObject('a', createObject('y', 2)))",
    { a: { x: 1, y: 2 } },
  ],
  ['union(createArray(1, 2), createArray(2, 3))', [1, 2, 3]],
  ['intersection(createArray(1, 2, 3), createArray(3, 2))', [2, 3]],
  ["intersection(createObject('a', 1, 'b', 2), createObject('a', 1, 'b', 3))", { a: 1 }],
  [
    "items(createObject('b', 1, 'a', 2))",
    [
      { key: 'a', value: 2 },
      { key: 'b', value: 1 },
    ],
  ],
  ["shallowMerge(createArray(createObject('a', 1), createObject('a', 2)))", { a: 2 }],
  ['flatten(createArray(createArray(1), createArray(2, 3)))', [1, 2, 3]],
  ["tryGet(parameters('o'), 'key', 1, 'deep')", 'x'],
  ["tryGet(parameters('o'), 'nope', 1)", null],
  ['indexFromEnd(createArray(1, 2, 3), 1)', 3],
  ["filter(parameters('list'), lambda('x', greater(lambdaVariables('x'), 1)))", [3, 2]],
  [
    "map(parameters('list'), lambda('x', 'i', add(lambdaVariables('x'), lambdaVariables('i'))))",
    [3, 2, 4],
  ],
  [
    "sort(parameters('list'), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
    [1, 2, 3],
  ],
  [
    "reduce(parameters('list'), 0, lambda('t', 'x', add(lambdaVariables('t'), lambdaVariables('x'))))",
    6,
  ],
  ["toObject(parameters('list'), lambda('x', string(lambdaVariables('x'))))", { 1: 1, 2: 2, 3: 3 }],
  [
    "groupBy(parameters('list'), lambda('x', if(equals(mod(lambdaVariables('x'), 2), 0), 'even', 'odd')))",
    { odd: [3, 1], even: [2] },
  ],
  ["mapValues(createObject('a', 1), lambda('v', mul(lambdaVariables('v'), 10)))", { a: 10 }],
  ['div(7, 2)', 3],
  ['mod(7, 3)', 1],
  ["int('4')", 4],
  ['min(createArray(3, 2))', 2],
  ["coalesce(null(), 'x', div(1, 0))", 'x'],
  ["if(true(), 'y', div(1, 0))", 'y'],
  ['or(true(), equals(div(1, 0), 1))', true],
  ['and(false(), equals(div(1, 0), 1))', false],
  ["bool('TRUE')", true],
  ["equals(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 1))", true],
  ["less('A', 'a')", true],
  ["string(createObject('a', true()))", '{"a":true}'],
  ["json('[1,2.5,null]')", [1, 2.5, null]],
  ['utcNow()', '20260102T030405Z'],
  ["utcNow('yyyy-MM-dd HH:mm:ss.fff')", '2026-01-02 03:04:05.678'],
  ["utcNow('d')", '1/2/2026'],
  ["dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')", '4/7/2023 2:53:14 PM'],
  ["dateTimeAdd('2020-04-07 14:53:14Z', '-P9D')", '3/29/2020 2:53:14 PM'],
  ["dateTimeAdd('2020-01-31T00:00:00Z', 'P1M', 'u')", '2020-02-29 00:00:00Z'],
  ['dateTimeFromEpoch(1683040573)', '2023-05-02T15:16:13Z'],
  ["dateTimeToEpoch('2023-05-02T15:16:13Z')", 1683040573],
  ["cidrSubnet('10.144.0.0/20', 24, 1)", '10.144.1.0/24'],
  ["cidrHost('10.144.3.0/24', 0)", '10.144.3.1'],
  ["parseCidr('10.144.0.0/20').lastUsable", '10.144.15.254'],
  ["cidrSubnet('fdad:3236:5555::/48', 64, 1)", 'fdad:3236:5555:1::/64'],
  [
    "resourceId('A.B/c/d', 'x', 'y')",
    '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/A.B/c/x/d/y',
  ],
  [
    "resourceId('other', 'A.B/c', 'x')",
    '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/other/providers/A.B/c/x',
  ],
  [
    "subscriptionResourceId('A.B/c', 'x')",
    '/subscriptions/11111111-1111-1111-1111-111111111111/providers/A.B/c/x',
  ],
  ["extensionResourceId('/subscriptions/s', 'A.B/c', 'x')", '/subscriptions/s/providers/A.B/c/x'],
  ['resourceGroup().location', 'westeurope'],
  ["parameters('o').key[1]['DEEP']", 'x'],
  ['copyIndex(10)', 14],
  ["copyIndex('loop', 1)", 5],
  [
    "uri('http://contoso.org/firstpath/', 'myscript.sh')",
    'http://contoso.org/firstpath/myscript.sh',
  ],
  ["uriComponent('http://contoso.com/a b')", 'http%3A%2F%2Fcontoso.com%2Fa%20b'],
  [
    "parseUri('http://mysite.com:8080/home?active=true')",
    { scheme: 'http', host: 'mysite.com', port: 8080, path: '/home', query: '?active=true' },
  ],
  ["parseUri('https://mysite.com/home')", { scheme: 'https', host: 'mysite.com', path: '/home' }],
  [
    "buildUri(createObject('scheme', 'http', 'host', 'mysite.com', 'port', 8080, 'path', 'home', 'query', '?a=1'))",
    'http://mysite.com:8080/home?a=1',
  ],
  ["like('OneTwoThree', 'one*three')", true],
  ["like('OneTwoThree', '*two*e*')", true],
  ["like('one', 'one*one')", false],
  ["like('one', 'on')", false],
  ["distinct(createArray('a', 'b', 'a'))", ['a', 'b']],
  ["toPhysicalZone('s', 'East US', '1')", 'eastus-az1'],
  ["toPhysicalZones('s', 'eastus', createArray('1', '3'))", ['eastus-az1', 'eastus-az3']],
  ["toLogicalZone('s', 'eastus', 'eastus-az2')", '2'],
  ["toLogicalZones('s', 'eastus', createArray())", []],
  ["base64ToJson('eyJhIjoxfQ==')", { a: 1 }],
  ['tryIndexFromEnd(createArray(1, 2), 3)', null],
  ["objectKeys(createObject('b', 1, 'a', 2))", ['a', 'b']],
  ["float('1.5')", 1.5],
  ['max(1, 3, 2)', 3],
  ["tenantResourceId('A.B/c', 'x')", '/providers/A.B/c/x'],
  [
    "managementGroupResourceId('mg', 'A.B/c', 'x')",
    '/providers/Microsoft.Management/managementGroups/mg/providers/A.B/c/x',
  ],
  ['subscription().subscriptionId', '11111111-1111-1111-1111-111111111111'],
  ['environment().suffixes.acrLoginServer', '.azurecr.io'],
  ['deployment().name', 'd'],
  ['deployer().tenantId', 't'],
  ['newGuid()', 'g'],
  ["pickZones('A.B', 'c', 'westeurope')", []],
  ["toLower('It''s')", "it's"],
  ['-3', -3],
];

/**
 * Every function of the reference, chapter by chapter.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
 */
const DOCUMENTED = {
  array:
    'array concat contains createArray empty first indexFromEnd indexOf intersection last lastIndexOf length max min range skip take tryGet tryIndexFromEnd union',
  cidr: 'parseCidr cidrSubnet cidrHost',
  comparison: 'coalesce equals less lessOrEquals greater greaterOrEquals',
  date: 'dateTimeAdd dateTimeFromEpoch dateTimeToEpoch utcNow',
  deployment: 'deployer deployment environment parameters variables',
  lambda: 'filter groupBy map mapValues reduce sort toObject',
  logical: 'and bool false if not or true',
  numeric: 'add copyIndex div float int max min mod mul sub',
  object:
    'contains createObject empty intersection items json length null objectKeys shallowMerge tryGet union',
  resource:
    'extensionResourceId listAccountSas listKeys listSecrets managementGroupResourceId pickZones providers reference references resourceId subscriptionResourceId tenantResourceId toLogicalZone toLogicalZones toPhysicalZone toPhysicalZones',
  scope: 'managementGroup resourceGroup subscription tenant',
  string:
    'base64 base64ToJson base64ToString concat contains dataUri dataUriToString empty endsWith first format guid indexOf join json last lastIndexOf length newGuid padLeft replace skip split startsWith string substring take toLower toUpper trim uniqueString uri uriComponent uriComponentToString',
  'of Bicep too': 'buildUri distinct fail flatten like parseUri',
};

describe.each(Object.entries(DOCUMENTED))('functions: %s', (_chapter, names) => {
  it.each(names.split(' '))('%s is there', (name) => {
    const failure = (): string => {
      try {
        run(`${name}()`);
        return '';
      } catch (error) {
        return String(error);
      }
    };
    expect(failure()).not.toContain(`The template function '${name}' is not valid`);
  });
});

it('knows no other function', () => {
  expect(() => run('nonsense()')).toThrow(/The template function 'nonsense' is not valid/);
});

describe('expressions', () => {
  it.each(CASES)('%s', (text, expected) => {
    expect(run(text)).toEqual(expected);
  });

  it('makes version 5 GUIDs in the namespace of Resource Manager', () => {
    expect(run("guid('a', 'b')")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(run("guid('a', 'b')")).toBe(run("guid('a-b')"));
  });

  it.each([
    ['[[x]', '[x]'],
    ['[x', '[x'],
    ['plain', 'plain'],
    ['', ''],
  ])('reads %j as the text %j', (text, expected) => {
    expect(evaluateString(text, context)).toBe(expected);
  });

  it.each([
    ["concat('a'", /expected token 'RightParenthesis' and actual 'EndOfData'/],
    ["'a", /not terminated/],
    ['', /actual 'EndOfData'/],
    ['a', /expected token 'LeftParenthesis'/],
    ['concat(1) 2', /expected token 'EndOfData'/],
    ['#', /character '#'/],
    ["substring('abc', 2, 5)", /must refer to a location within the string/],
    ["base64ToJson('eyc=')", /is not valid JSON/],
    ['div(1, 0)', /divisor must not be zero/],
    ['createArray(1)[3]', /index '3' is out of bounds/],
    ["createObject('a', 1).b", /property 'b' doesn't exist, available properties are 'a'/],
    ['toLower()', /requires '1' argument\(s\) while '0' were provided/],
    ["if('x', 1, 2)", /must be 'Boolean'/],
    ["resourceId('A.B/c', 'x', 'y')", /requires '1' resource name argument\(s\), but '2'/],
    ["cidrSubnet('10.0.0.0/33', 24, 1)", /not an address range/],
    ["format('{3}', 1)", /argument 3/],
    ["providers('A.B')", /deprecated/],
    ['managementGroup()', /to no management group/],
    ["toPhysicalZone('s', 'eastus', '4')", /no logical zone/],
    ["toLogicalZone('s', 'eastus', 'westus-az1')", /no physical zone/],
    ["parseUri('nowhere')", /is not a URI/],
    ["buildUri(createObject('host', 'x'))", /must have a 'scheme'/],
    ["uri('nowhere', 'x')", /do not make a URI/],
    ["listKeys('a', 'b')", /'listKeys' is not expected at this location/],
    [`${'concat('.repeat(400)}${')'.repeat(400)}`, /nest deeper/],
  ])('%s fails', (text, message) => {
    expect(() => run(text)).toThrow(message);
    expect(() => run(text)).toThrow(TemplateError);
  });
});

describe('an expression that asks for more than there is', () => {
  const doubled = (start: string, twice: string): string =>
    `reduce(range(0, 64), ${start}, lambda('s', 'i', ${twice}))`;
  const inLoop = (body: string): string => `map(range(0, 10000), lambda('i', ${body}))`;

  it.each([
    ['a text that doubles', doubled("'a'", "concat(lambdaVariables('s'), lambdaVariables('s'))")],
    [
      'a list that doubles',
      doubled('createArray(1)', "concat(lambdaVariables('s'), lambdaVariables('s'))"),
    ],
    [
      'a list of lists',
      doubled('createArray(1)', "createArray(lambdaVariables('s'), lambdaVariables('s'))"),
    ],
    ['loops in loops', inLoop(inLoop("add(lambdaVariables('i'), 1)"))],
    ['a replacement', "replace(padLeft('', 100000, 'a'), 'a', padLeft('', 100000, 'b'))"],
    [
      'a format',
      "format(replace(padLeft('', 1000, 'a'), 'a', '{0}{0}{0}{0}'), padLeft('', 1000000, 'b'))",
    ],
    ['many long texts', inLoop("concat(padLeft('', 100000, 'a'), string(lambdaVariables('i')))")],
    ['a width', "padLeft('a', 1000000000)"],
    ['a range', 'range(0, 100000000)'],
  ])('is refused: %s', (_what, text) => {
    expect(() => run(text)).toThrow(TemplateError);
  });

  it('may ask for much', () => {
    expect(run(`length(${inLoop("string(add(lambdaVariables('i'), 1))")})`)).toBe(10_000);
  });
});

const expressions = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc
      .oneof(fc.string(), fc.integer({ min: 0 }))
      .map((value): Expression => ({ kind: 'literal', value })),
    fc
      .tuple(
        fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,6}(\.[a-z]{1,3})?$/),
        fc.array(tie('expression'), { maxLength: 3 }),
      )
      .map(([name, args]): Expression => ({ kind: 'call', name, args })),
    fc
      .tuple(fc.array(tie('expression'), { maxLength: 2 }), tie('expression'))
      .map(([args, property]): Expression => ({
        kind: 'access',
        base: { kind: 'call', name: 'f', args },
        property,
      })),
  ),
})).expression;

describe('the expression parser', () => {
  it('reads what the printer writes', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(parseExpression(printExpression(expression))).toEqual(expression);
      }),
    );
  });

  it('throws nothing but TemplateError', () => {
    const tokens = fc.array(
      fc.constantFrom('a', '(', ')', '[', ']', ',', '.', "'", "'b'", '1', ' ', '-', '$'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tokens.map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            parseExpression(text);
          } catch (error) {
            expect(error).toBeInstanceOf(TemplateError);
          }
        },
      ),
    );
  });
});

describe('templateHash', () => {
  it('equals the published hash of the REST reference, and ignores its own place', () => {
    const template = {
      $schema:
        'http://schemas.management.azure.com/deploymentTemplate?api-version=2014-04-01-preview',
      contentVersion: '1.0.0.0',
      parameters: { string: { type: 'string' } },
      variables: {
        string: 'string',
        int: 42,
        bool: true,
        array: [1, 2, 3, 4],
        object: { object: { vmSize: 'Large', location: 'West US' } },
      },
      resources: [],
      outputs: { string: { type: 'string', value: 'myvalue' } },
    };
    expect(templateHash(template)).toBe('695440707931307747');
  });

  it('covers the generator but not its hash', () => {
    const empty = (generator: Json): string =>
      templateHash({
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        metadata: { _generator: generator },
        resources: [],
      });
    expect(empty({ name: 'bicep', version: 'dev' })).toBe('12740863314443779634');
    expect(empty({ name: 'bicep', version: 'dev', templateHash: 'x' })).toBe(
      '12740863314443779634',
    );
  });
});
