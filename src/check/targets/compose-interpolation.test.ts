import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate } from './compose-interpolation.js';

const VALUES: Readonly<Record<string, string>> = { SET: 'v', EMPTY: '' };
const lookup = (name: string): string | undefined => VALUES[name];

describe('variables of Compose', () => {
  it.each([
    ['$SET', 'v'],
    ['${SET}', 'v'],
    ['a${SET}b', 'avb'],
    ['${NONE:-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${SET:+w}', 'w'],
    ['${EMPTY:+w}', ''],
    ['${EMPTY+w}', 'w'],
    ['${NONE:-${SET}}', 'v'],
    ['${NONE:-${NONE:-${NONE:-d}}}', 'd'],
    ['$$SET', '$SET'],
  ])('%s is %j', (text, expected) => {
    expect(interpolate(text, lookup)).toEqual({ text: expected, missing: [] });
  });

  it('what has no value is told', () => {
    expect(interpolate('r/${A}:$B', lookup)).toMatchObject({
      unknown: '${A}',
      missing: ['A', 'B'],
    });
    expect(interpolate('${A:?say which}', lookup)).toMatchObject({ unknown: '${A:?say which}' });
  });
});

/** A text with what it must become. */
interface Expected {
  text: string;
  value: string;
}

const { expression } = fc.letrec<{ expression: Expected; literal: Expected; variable: Expected }>(
  (tie) => ({
    expression: fc.oneof({ maxDepth: 4, depthIdentifier: 'nest' }, tie('literal'), tie('variable')),
    literal: fc.stringMatching(/^[a-z/:.$]{0,6}$/).map((value) => ({
      text: value.replaceAll('$', '$$$$'),
      value,
    })),
    variable: fc
      .record({
        name: fc.constantFrom('SET', 'EMPTY', 'NONE'),
        operator: fc.constantFrom(':-', '-', ':+', '+'),
        word: tie('expression'),
      })
      .map(({ name, operator, word }) => ({
        text: `\${${name}${operator}${word.text}}`,
        value: valueOf(name, operator, word.value),
      })),
  }),
);

function valueOf(name: string, operator: string, word: string): string {
  const value = lookup(name);
  const isSet = operator.startsWith(':') ? Boolean(value) : value !== undefined;
  if (operator.endsWith('+')) return isSet ? word : '';
  return isSet ? (value ?? '') : word;
}

describe('whatever the text', () => {
  it('becomes what its parts become', () => {
    fc.assert(
      fc.property(fc.array(expression), (parts) => {
        const text = parts.map((part) => part.text).join('');
        expect(interpolate(text, lookup).text).toBe(parts.map(({ value }) => value).join(''));
      }),
      { numRuns: 500 },
    );
  });

  it('dollars that are written twice are dollars', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(interpolate(text.replaceAll('$', '$$$$'), lookup)).toEqual({ text, missing: [] });
      }),
    );
  });

  it.each(['${A:-', '{', '$', '${A:-{', '}'])('%s many times takes no time', (part) => {
    const started = performance.now();
    interpolate(part.repeat(20_000), lookup);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
