import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BuildError } from '../../image-builder.js';
import { expandWord } from './expand.js';
import { parseDockerfile } from './parse.js';
import { splitWords, takeFlags, WordError } from './words.js';

const values: Record<string, string> = { a: '1', path: '/x/y/file.tar.gz', empty: '' };
const expand = (text: string) => expandWord(text, { lookup: (name) => values[name], escape: '\\' });

describe('expandWord', () => {
  it.each([
    ['$a ${a} $ab ${nope}', '1 1  '],
    ['\\$a "\\$a" \'$a\'', '$a $a $a'],
    ['"$a b"', '1 b'],
    ['${nope:-d$a}', 'd1'],
    ['${empty:-d} ${empty-d}', 'd '],
    ['${a:+set} ${nope:+set} ${empty+set}', 'set  set'],
    ['${nope:-${a}}', '1'],
    ['${path##*/} ${path#*/}', 'file.tar.gz x/y/file.tar.gz'],
    ['${path%.*} ${path%%.*}', '/x/y/file.tar /x/y/file'],
    ['${path/x/z} ${path//\\//-}', '/z/y/file.tar.gz -x-y-file.tar.gz'],
    ['$', '$'],
    ['a\\', 'a\\'],
    ['${a/1/$&}', '$&'],
  ])('%s', (text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  it.each(['${', '${}', '${a', '${a:x}', '${a:-', '"open', "'open", '${nope:?no}', '${1a!}'])(
    'refuses %s',
    (text) => {
      expect(() => expand(text)).toThrow(WordError);
    },
  );
});

describe('words', () => {
  it('are split outside quotes', () => {
    expect(splitWords('a "b c" d\\ e \'f g\'h', '\\')).toEqual(['a', '"b c"', 'd\\ e', "'f g'h"]);
  });

  it('flags end at the first other word', () => {
    const { flags, rest } = takeFlags('--from=x --link --mount=type=cache,target=/a a --b');
    expect(Object.fromEntries(flags)).toEqual({
      from: ['x'],
      link: ['true'],
      mount: ['type=cache,target=/a'],
    });
    expect(rest).toBe('a --b');
  });
});

describe('parseDockerfile', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('FROM scratch', 'RUN <<EOF', 'EOF', 'COPY a b \\', '# escape=`', 'ENV a="${b'),
    fc
      .tuple(
        fc.constantFrom('FROM', 'COPY', 'ENV', 'ARG', 'HEALTHCHECK', 'ONBUILD', 'RUN --mount='),
        fc.string(),
      )
      .map((pair) => pair.join(' ')),
  );

  it('throws nothing but BuildError', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        try {
          parseDockerfile('Dockerfile', lines.join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(BuildError);
        }
      }),
      { numRuns: 400 },
    );
  });
});
