import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf } from './pasted-text.js';
import { readObservations } from './read-observations.js';

describe('piecesOf', () => {
  it('finds JSON after words, over many lines and between text, each with its line', () => {
    const text = 'first\nERROR: {"a":\n  [1, "}"]}\nlast {not json\n[2] [3]\n';
    expect(piecesOf(text)).toEqual([
      { kind: 'line', line: 1, text: 'first' },
      { kind: 'line', line: 2, text: 'ERROR:' },
      { kind: 'json', line: 2, value: { a: [1, '}'] } },
      { kind: 'line', line: 4, text: 'last {not json' },
      { kind: 'json', line: 5, value: [2] },
      { kind: 'json', line: 5, value: [3] },
    ]);
  });

  it('finds JSON after the time in brackets', () => {
    expect(piecesOf('[12:40:01] app {"a": 1}')[1]).toMatchObject({ value: { a: 1 } });
  });

  it('gives back every JSON value that stands on lines of its own', () => {
    const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), fc.boolean(), (values, indent) => {
        const text = values.map((one) => JSON.stringify(one, null, indent ? 2 : 0)).join('\n');
        const found = piecesOf(text).map((piece) => piece.kind === 'json' && piece.value);
        expect(found).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('takes any text, and takes long ones of open brackets in good time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '[', '"', '}', ']', '\\', '\n', 'a', '1') }),
        (text) => {
          expect(() => readObservations(text)).not.toThrow();
        },
      ),
    );
    const started = Date.now();
    readObservations('[{\n'.repeat(200_000));
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});
