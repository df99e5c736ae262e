import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandWords } from './command-words.js';
import { readClientFrame, wholeCharacters } from './exec-frames.js';

describe('the words of a command', () => {
  it.each([
    ['sh', ['sh']],
    [' /bin/sh  -c "ls -l" ', ['/bin/sh', '-c', 'ls -l']],
    [`sh -c 'echo "a b"; exit 3'`, ['sh', '-c', 'echo "a b"; exit 3']],
    [String.raw`echo a\ b "c\"d" 'e\f'`, ['echo', 'a b', 'c"d', String.raw`e\f`]],
    [`echo ""`, ['echo', '']],
    ['', undefined],
    ['   ', undefined],
    [`sh -c 'open`, undefined],
  ])('%j', (text, words) => {
    expect(commandWords(text)).toEqual(words);
  });
});

describe('a frame of a client', () => {
  it.each([
    ['a key', '\0\0a', { kind: 'typed', bytes: Buffer.from('a') }],
    ['Ctrl-C', '\0\0\u0003', { kind: 'typed', bytes: Buffer.from([3]) }],
    [
      'a size',
      '\0\u0004{"Width": 91, "Height": 17}',
      { kind: 'resize', size: { columns: 91, rows: 17 } },
    ],
    ['a size of nothing', '\0\u0004{"Width": 0, "Height": 17}', { kind: 'unknown' }],
    ['a size beyond reason', '\0\u0004{"Width": 1e9, "Height": 17}', { kind: 'unknown' }],
    ['a size that is no JSON', '\0\u0004{', { kind: 'unknown' }],
    ['a size that is no object', '\0\u0004null', { kind: 'unknown' }],
    ['another first byte', '\u0001\0a', { kind: 'unknown' }],
    ['another second byte', '\0\u0009a', { kind: 'unknown' }],
    ['nothing', '', { kind: 'unknown' }],
  ])('%s', (_what, text, frame) => {
    expect(readClientFrame(Buffer.from(text))).toEqual(frame);
  });
});

it('cuts text only between characters', () => {
  const anywhere = fc.tuple(fc.string({ unit: 'grapheme' }), fc.nat());
  fc.assert(
    fc.property(anywhere, ([text, where]) => {
      const bytes = Buffer.from(text);
      const cut = bytes.subarray(0, where % (bytes.length + 1));
      const whole = wholeCharacters(cut);
      expect(cut.length - whole).toBeLessThan(4);
      expect(cut.subarray(0, whole).toString()).not.toContain('\uFFFD');
    }),
  );
});

it('lets bytes that are no text pass', () => {
  expect(wholeCharacters(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80]))).toBe(5);
});
