import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.js';
import { parseJsonc } from './jsonc.js';

describe('parseJsonc', () => {
  it.each<[string, Json]>([
    [
      '{"properties": {"mode": "Incremental", template:{ // comment\n "a": [1, 2,], /* x */ "b": null }}}',
      { properties: { mode: 'Incremental', template: { a: [1, 2], b: null } } },
    ],
    ['"two\nlines\tand a tab"', 'two\nlines\tand a tab'],
    ['\ufeff{}', {}],
    ['"\\u00e9\\n\\""', 'é\n"'],
    ['-1.5e3', -1500],
  ])('reads %j', (text, value) => {
    expect(parseJsonc(text)).toEqual(value);
  });

  it.each([
    '',
    '{',
    '{"a"}',
    '[1 2]',
    '{"a":1}}',
    '"open',
    'nope',
    '['.repeat(1000),
    '{"a":tru}',
    "{'a':1}",
  ])('refuses %j', (text) => {
    expect(() => parseJsonc(text)).toThrow(SyntaxError);
  });

  it('reads what JSON.stringify writes, and throws nothing but SyntaxError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(parseJsonc(JSON.stringify(value)))).toBe(JSON.stringify(value));
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseJsonc(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});
