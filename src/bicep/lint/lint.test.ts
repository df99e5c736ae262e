import { describe, expect, it } from 'vitest';
import { compileBicep } from '../compile.js';

function found(text: string, configuration?: string): string[] {
  const files: Record<string, string | undefined> = {
    'infra/main.bicep': text,
    'bicepconfig.json': configuration,
  };
  const { diagnostics } = compileBicep('infra/main.bicep', (path) => {
    const content = files[path];
    return content === undefined ? undefined : new TextEncoder().encode(content);
  });
  return diagnostics.map(
    ({ code, level, line, column, length }) =>
      `${line}:${column}-${column + length} ${level} ${code}`,
  );
}

const OUT = 'output o string = ';

describe('the linter', () => {
  it.each<[string, string, string[]]>([
    ['a parameter nobody uses', 'param p int\n', ['1:7-8 Warning no-unused-params']],
    ['a variable nobody uses', 'var v = 1\n', ['1:5-6 Warning no-unused-vars']],
    ['a variable that is exported', '@export()\nvar v = 1\n', []],
    ['a type nobody uses', 'type t = string\n', ['1:6-7 Warning no-unused-types']],
    ['a type of a parameter', "type t = 'a'\nparam p t\noutput o t = p\n", []],
    [
      'concat of texts',
      `param p string\n${OUT}concat(p, 'x')\n`,
      ['2:19-33 Warning prefer-interpolation'],
    ],
    ['concat of arrays', 'output o array = concat([1], [2])\n', []],
    [
      'quoted names',
      "var v = {\n  'a': 1\n  'a b': 2\n}\noutput o int = v['a']\noutput n int = v['a b']\n",
      [
        '2:3-6 Warning prefer-unquoted-property-names',
        '5:17-22 Warning prefer-unquoted-property-names',
      ],
    ],
    [
      'a text in a text',
      `param p string\n${OUT}'\${p}'\n`,
      ['2:19-25 Warning simplify-interpolation'],
    ],
    ['a number as a text', `param p int\n${OUT}'\${p}'\n`, []],
    ["json('null')", "output o string? = json('null')\n", ['1:20-32 Warning simplify-json-null']],
    [
      'any',
      'param p any\noutput o any = p\n',
      ['1:9-12', '2:10-13'].map((at) => `${at} Warning no-explicit-any`),
    ],
    [
      'a secret that is put out',
      `@secure()\nparam p string\n${OUT}'x\${p}'\n`,
      ['3:23-24 Warning outputs-should-not-contain-secrets'],
    ],
    ['a secret that is put out as one', `@secure()\nparam p string\n@secure()\n${OUT}p\n`, []],
    [
      'keys that are put out',
      `${OUT}listKeys('id', '2020-01-01').key\n`,
      ['1:19-47 Warning outputs-should-not-contain-secrets'],
    ],
    [
      'a secret with a default',
      "@secure()\nparam p string = 'x'\n@secure()\noutput o string = p\n",
      ['2:16-21 Warning secure-parameter-default'],
    ],
    ['a secret with none', "@secure()\nparam p string = ''\n@secure()\noutput o string = p\n", []],
    [
      'a password that is no secret',
      `param adminPassword string\n${OUT}'\${adminPassword}x'\n`,
      ['1:7-20 Warning secure-secrets-in-params'],
    ],
    ['the name of a secret', `param secretName string\n${OUT}'\${secretName}x'\n`, []],
    [
      'a host of one cloud',
      `${OUT}'https://management.azure.com/x'\n`,
      ['1:28-48 Warning no-hardcoded-env-urls'],
    ],
    ['the host of schemas', `${OUT}'https://schema.management.azure.com/x'\n`, []],
    [
      'two descriptions',
      "@description('a')\n@metadata({ description: 'b' })\nparam p int\noutput o int = p\n",
      ['2:13-24 Warning no-conflicting-metadata'],
    ],
    [
      'too many outputs',
      Array.from({ length: 65 }, (_, index) => `output o${index} int = 1\n`).join(''),
      ['1:1-1 Error max-outputs'],
    ],
  ])('%s', (_what, text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('bicepconfig.json', () => {
  const rules = (level: string): string =>
    `{ // a comment
      "analyzers": { "core": { "rules": { "no-unused-vars": { "level": "${level}" } } } } }`;

  it.each([
    ['off', []],
    ['info', ['1:5-6 Info no-unused-vars']],
    ['Error', ['1:5-6 Error no-unused-vars']],
  ])('sets the level %s of a rule', (level, expected) => {
    expect(found('var v = 1\n', rules(level))).toEqual(expected);
  });

  it('turns a rule on that is off', () => {
    const text = 'param p object\noutput o object = p\n';
    const on = '{"analyzers":{"core":{"rules":{"use-user-defined-types":{"level":"warning"}}}}}';
    expect(found(text)).toEqual([]);
    expect(found(text, on)).toHaveLength(2);
  });

  it('turns all of them off', () => {
    expect(found('var v = 1\n', '{"analyzers":{"core":{"enabled":false}}}')).toEqual([]);
  });

  it.each([
    ['that is no JSON', '{'],
    ['with a level that there is not', rules('loud')],
  ])('%s is an error of the file', (_what, configuration) => {
    expect(found('var v = 1\n', configuration)).toContain('1:1-1 Error BCP271');
  });
});
