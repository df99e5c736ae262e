import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandLineError, splitScript, splitWords } from './words.js';

const VARIABLES = new Map([['NAME', 'a b']]);

describe('words of a command', () => {
  it.each([
    ['a b  c', ['a', 'b', 'c']],
    [`a 'b c' "d 'e'" f\\ g`, ['a', 'b c', "d 'e'", 'f g']],
    ['a \\\n  b\nc', ['a', 'b', 'c']],
    [`-c 'echo "$HOME" | cat'`, ['-c', 'echo "$HOME" | cat']],
    ['a "" b', ['a', '', 'b']],
    ['a;b && c', ['a;b', '&&', 'c']],
    ['', []],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
  it.each(["a 'b", 'a "b'])('%j has no end', (text) => {
    expect(() => splitWords(text)).toThrow(/has no end/);
  });
});

describe('commands of a script', () => {
  it.each([
    ['a b\nc', [';', ['a', 'b'], ';', ['c']]],
    ['a \\\n  --x \\\n  y\n', [';', ['a', '--x', 'y']]],
    ['a && b || c; d', [';', ['a'], '&&', ['b'], '||', ['c'], ';', ['d']]],
    ['# nothing\na # more\n', [';', ['a']]],
    ['a $NAME "${NAME}" \'$NAME\' $NONE.', [';', ['a', 'a b', 'a b', '$NAME', '.']]],
    ['a#b', [';', ['a#b']]],
  ])('%j', (text, expected) => {
    const found = splitScript(text, VARIABLES).flatMap(({ after, words }) => [after, words]);
    expect(found).toEqual(expected);
  });
  it.each(['a | b', 'a > b', 'a & b', 'a $(b)', 'a `b`', '&& a'])('%j is refused', (text) => {
    expect(() => splitScript(text, VARIABLES)).toThrow(CommandLineError);
  });
  it('of any text are commands or an error', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            'a',
            'b',
            ' ',
            "'",
            '"',
            '\\',
            '\n',
            '$',
            ';',
            '&',
            '|',
            '#',
            '{',
            '}',
          ),
        }),
        (text) => {
          try {
            for (const { words } of splitScript(text, VARIABLES)) expect(words).not.toEqual([]);
          } catch (error) {
            expect(error).toBeInstanceOf(CommandLineError);
          }
        },
      ),
    );
  });
});
