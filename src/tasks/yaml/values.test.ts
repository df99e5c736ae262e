import { describe, expect, it } from 'vitest';
import { mergeValues } from './values.js';

const file = (text: string) => ({ name: 'values.yaml', text });

describe('values of a task', () => {
  it.each([
    ['none', undefined, [], {}],
    ['an empty file', file(''), [], {}],
    ['a file', file('a: 1\nb: {c: x}\n'), [], { a: 1, b: { c: 'x' } }],
    [
      'what is set goes first',
      file('a: 1\nb: {c: x, d: y}\n'),
      [
        { name: 'a', value: '2' },
        { name: 'b.c', value: 'z' },
      ],
      { a: '2', b: { c: 'z', d: 'y' } },
    ],
    ['a path over a text', file('a: 1\n'), [{ name: 'a.b', value: 'x' }], { a: { b: 'x' } }],
  ])('%s', (_name, given, set, expected) => {
    expect(mergeValues(given, set)).toEqual(expected);
  });

  it('never reach a prototype', () => {
    mergeValues(undefined, [{ name: '__proto__.polluted', value: 'x' }]);
    expect({}).not.toHaveProperty('polluted');
  });

  it('are a mapping', () => {
    expect(() => mergeValues(file('- a\n'), [])).toThrow(/values\.yaml:1:1: .*mapping/);
  });
});
