import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSyntaxError, parseJsonc } from './jsonc.js';

describe('parseJsonc', () => {
  it('reads every JSON document as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 2);
        expect(parseJsonc(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('throws nothing but its own error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => text.slice(0, -1)),
        ),
        (text) => {
          try {
            parseJsonc(text);
          } catch (error) {
            expect(error).toBeInstanceOf(JsonSyntaxError);
          }
        },
      ),
    );
  });

  it('reads what the stock CLI sends', () => {
    const text =
      '{"properties": {"mode": "Incremental", template:{ // comment\r\n "a": 1, /* more\n */ "b": "two\nlines",}}}';
    expect(parseJsonc(text)).toEqual({
      properties: { mode: 'Incremental', template: { a: 1, b: 'two\nlines' } },
    });
  });

  const accepted: [string, unknown][] = [
    ['\uFEFF{}', {}],
    ['[1, 2,]', [1, 2]],
    ['"\\u00e9\\n\\/"', 'é\n/'],
    ['-0.5e+2', -50],
    ['{"__proto__": 1}', JSON.parse('{"__proto__": 1}')],
    ['{"a": 1, "a": 2}', { a: 2 }],
  ];
  it.each(accepted)('reads %j', (text, value) => {
    expect(parseJsonc(text)).toEqual(value);
  });

  it('leaves the prototype of objects alone', () => {
    const value = parseJsonc('{"__proto__": {"polluted": true}}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  const refused: [string, string][] = [
    ['', 'Unexpected end of content at line 1, position 1.'],
    ['{"a": 1', 'Unexpected end of content at line 1, position 8.'],
    ['{"a"\n 1}', "Unexpected character '1' at line 2, position 2."],
    ['{} x', "Unexpected character 'x' at line 1, position 4."],
    ['undefined', "Unexpected character 'u' at line 1, position 1."],
    ['01', "Unexpected character '1' at line 1, position 2."],
    ['"open', 'Unterminated string at line 1, position 1.'],
    ['"\\x"', 'Invalid escape at line 1, position 3.'],
    ['"\\u12"', 'Invalid \\u escape at line 1, position 4.'],
    ['/* open', "Unexpected character '/' at line 1, position 1."],
  ];
  it.each(refused)('refuses %j', (text, message) => {
    expect(() => parseJsonc(text)).toThrow(message);
  });

  it('refuses depth that would overflow the stack', () => {
    expect(() => parseJsonc('['.repeat(1_000_000))).toThrow('More than 256 levels');
  });
});
