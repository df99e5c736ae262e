import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCommands } from './shell-commands.js';

const texts = (script: string): string[][] =>
  splitCommands(script).map((command) => command.map(({ text }) => text));

describe('a script is cut into commands', () => {
  it.each<[string, string[][]]>([
    ['a b # c\nd', [['a', 'b'], ['d']]],
    ['a && b | c; d &', [['a'], ['b'], ['c'], ['d']]],
    ['a \\\n  b', [['a', 'b']]],
    ['a `\r\n  b', [['a', 'b']]],
    ['a "b c"d \'e"f\'', [['a', 'b cd', 'e"f']]],
    ['a "\\"b" \\$c', [['a', '"b', '$c']]],
    ['a $(b c) ${d:-e f}', [['a', '$(b c)', '${d:-e f}']]],
    ["a '' ", [['a', '']]],
  ])('%j', (script, commands) => expect(texts(script)).toEqual(commands));
});

describe('whatever the script', () => {
  it('quoted words come back as they were', () => {
    const word = fc.string().map((text) => text.replaceAll("'", ''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const script = words.map((one) => `'${one}'`).join(' ');
        expect(texts(script)).toEqual([words]);
        for (const { offset } of splitCommands(script).flat()) expect(script[offset]).toBe("'");
      }),
    );
  });

  it('operators join commands and nothing else', () => {
    const word = fc.stringMatching(/^[a-z0-9/:.=-]{1,8}$/);
    const command = fc.array(word, { minLength: 1, maxLength: 4 });
    const operator = fc.constantFrom('\n', ' ; ', '&&', '||', ' | ', ' & ');
    fc.assert(
      fc.property(fc.array(fc.tuple(command, operator)), (parts) => {
        const script = parts.map(([words, end]) => `${words.join(' ')}${end}`).join('');
        expect(texts(script)).toEqual(parts.map(([words]) => words));
      }),
    );
  });

  it('words stand in their order, inside the script', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'ab \n\t\\\'"`^$({)};&|#'.split('')) });
    fc.assert(
      fc.property(odd, (script) => {
        const commands = splitCommands(script);
        expect(commands.every((command) => command.length > 0)).toBe(true);
        const offsets = commands.flat().map(({ offset }) => offset);
        expect(offsets).toEqual([...new Set(offsets)].sort((left, right) => left - right));
        expect(offsets.every((offset) => offset >= 0 && offset < script.length)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
