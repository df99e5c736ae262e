import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Json } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { colourJson } from './colour.js';
import { formatResult, type FormatOptions } from './format.js';
import { formatJson, formatJsonLine, pythonText } from './json.js';
import { compileQuery } from './query.js';

const ROWS: Json = [
  { name: 'b', id: 'hidden', active: true, count: 3, nested: { a: 1 }, list: [1, 2], none: null },
  { name: 'a long one', id: 'hidden', active: false, count: 12, extra: 'x' },
];

async function format(
  format: FormatOptions['format'],
  value: Json,
  options: Partial<FormatOptions> = {},
): Promise<string> {
  return await formatResult(value, { format, colour: false, ...options });
}

/** What the stock client prints for the same, with one query. */
async function queried(kind: FormatOptions['format'], value: Json, expression: string) {
  const query = await compileQuery(expression);
  return await format(kind, query(value), { queried: value });
}

describe('json', () => {
  it('sorts keys at every depth and keeps what is not ASCII', async () => {
    expect(await format('json', { b: [{ z: 1, a: 'ü' }], a: null })).toBe(
      '{\n  "a": null,\n  "b": [\n    {\n      "a": "ü",\n      "z": 1\n    }\n  ]\n}\n',
    );
  });

  it('writes empty collections on one line', () => {
    expect(formatJson({ a: [], b: {} })).toBe('{\n  "a": [],\n  "b": {}\n}\n');
  });

  it('reads back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        expect(JSON.parse(formatJson(json))).toEqual(json);
        expect(JSON.parse(formatJsonLine(json))).toEqual(json);
      }),
    );
  });

  it('writes rows of a log as Python does', () => {
    expect(formatJsonLine({ a: 1, b: ['x', null, true], c: 'naïve' })).toBe(
      '{"a": 1, "b": ["x", null, true], "c": "na\\u00efve"}',
    );
  });

  it('colours without changing the text', () => {
    const plain = formatJson(ROWS);
    // eslint-disable-next-line no-control-regex
    expect(colourJson(plain).replace(/\u001b\[[\d;]*m/g, '')).toBe(plain);
    expect(colourJson(plain)).not.toBe(plain);
  });
});

describe('table', () => {
  it('sorts the columns of what the server sent and hides ids and nested values', async () => {
    expect(await format('table', ROWS)).toBe(
      [
        'Active    Count    Name        Extra',
        '--------  -------  ----------  -------',
        'True      3        b',
        'False     12       a long one  x',
        '',
      ].join('\n'),
    );
  });

  it('keeps the order of a query', async () => {
    expect(await queried('table', ROWS, '[].{Name:name, Active:active}')).toBe(
      [
        'Name        Active',
        '----------  --------',
        'b           True',
        'a long one  False',
        '',
      ].join('\n'),
    );
  });

  it('numbers the columns of lists and names a lone value', async () => {
    expect(await queried('table', ROWS, '[].[name, count]')).toBe(
      ['Column1     Column2', '----------  ---------', 'b           3', 'a long one  12', ''].join(
        '\n',
      ),
    );
    expect(await format('table', 'text')).toBe('Result\n--------\ntext\n');
  });

  it.each<[string, Json]>([
    ['nothing', []],
    ['what has no columns', { only: { nested: 1 } }],
  ])('prints an empty line for %s', async (_name, value) => {
    expect(await format('table', value)).toBe('\n');
  });

  it('lays out several lines in a cell', async () => {
    expect(await format('table', [{ a: 'x\ny', b: 'z' }])).toBe('A    B\n---  ---\nx    z\ny\n');
  });
});

describe('tsv', () => {
  it.each<[string, string, string]>([
    ['the keys of the server sorted', '[0]', 'True\t3\thidden\t2\tb\t\tNone\n'],
    ['the keys of a query as asked', '[].{n:name, a:active}', 'b\tTrue\na long one\tFalse\n'],
    ['lists', '[].[name, count]', 'b\t3\na long one\t12\n'],
    ['a list of texts by line', '[].name', 'b\na long one\n'],
    ['a lone text', '[0].name', 'b\n'],
    ['a lone flag in lower case', '[0].active', 'true\n'],
  ])('prints %s', async (_name, expression, expected) => {
    expect(await queried('tsv', ROWS, expression)).toBe(expected);
  });
});

describe('yaml', () => {
  it('sorts keys, does not indent lists and quotes what would read otherwise', async () => {
    expect(await format('yaml', { b: [{ z: 'yes', a: 'text' }], a: null, c: [] })).toBe(
      "a: null\nb:\n- a: text\n  z: 'yes'\nc: []\n",
    );
  });
});

describe('none', () => {
  it('prints nothing', async () => {
    expect(await format('none', ROWS)).toBe('');
  });
});

describe('compileQuery', () => {
  it.each(['[', 'a.', 'a b', '[?a==`', '[?a'])(
    'refuses %s with exit code 2',
    async (expression) => {
      await expect(compileQuery(expression)).rejects.toMatchObject({
        exitCode: 2,
        message: `argument --query: invalid jmespath_type value: '${expression}'`,
      });
    },
  );

  it('tells a query that does not fit the data', async () => {
    const query = await compileQuery('length(a)');
    expect(query({ a: [1, 2] })).toBe(2);
    expect(() => query({ a: 1 })).toThrow(AzError);
  });
});

describe('pythonText', () => {
  it.each<[Json, string]>([
    [null, 'None'],
    [true, 'True'],
    [1.5, '1.5'],
    ['x', 'x'],
    [['a', 1, null], "['a', 1, None]"],
    [{ a: "it's" }, "{'a': \"it's\"}"],
  ])('%j → %s', (value, expected) => {
    expect(pythonText(value)).toBe(expected);
  });
});
