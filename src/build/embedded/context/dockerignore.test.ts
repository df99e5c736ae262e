import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BuildFixture } from '../testing/build-fixture.js';
import { parseIgnoreRules } from './dockerignore.js';

describe('parseIgnoreRules', () => {
  it.each([
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'docs/a/README.md', true],
    ['**/*.md', 'README.md', true],
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'sub/node_modules/a', false],
    ['**/node_modules', 'sub/node_modules/a', true],
    ['/build', 'build/x', true],
    ['build/', 'build/x', true],
    ['./a/../b', 'b', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c].txt', 'b.txt', true],
    ['[^a].txt', 'b.txt', true],
    ['[a.txt', '[a.txt', false],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['# comment', '# comment', false],
    ['  spaced  ', 'spaced', true],
    ['*\n!keep', 'keep', false],
    ['*\n!keep', 'other', true],
    ['*.md\n!README*.md\nREADME-secret.md', 'README-secret.md', true],
    ['*.md\nREADME-secret.md\n!README*.md', 'README-secret.md', false],
    ['dir\n!dir/keep', 'dir/keep', false],
    ['dir\n!dir/keep', 'dir/other', true],
    ['**', 'any/thing', true],
    ['.', 'x', false],
    ['', 'x', false],
    ['a.b', 'axb', false],
    ['a+(b)', 'a+(b)', true],
  ])('%j leaves out %s: %s', (text, path, expected) => {
    expect(parseIgnoreRules(text).excludes(path)).toBe(expected);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, path) => {
        expect(typeof parseIgnoreRules(text).excludes(path)).toBe('boolean');
      }),
    );
  });
});

describe('a context', () => {
  it('leaves ignored files out, the file of the Dockerfile first', async () => {
    const fixture = await BuildFixture.create();
    try {
      const files = {
        '.dockerignore': '*\n!src/keep\n',
        'src/keep': 'K',
        'src/drop': 'D',
        'empty/x': 'x',
      };
      const common = await fixture.build('FROM scratch\nCOPY . /\n', files);
      expect(common.layers).toEqual([['755 0:0 src/', '644 0:0 src/keep = K']]);
      const own = { ...files, 'Dockerfile.dockerignore': '**/*\n!empty/x' };
      const { layers } = await fixture.build('FROM scratch\nCOPY . /\n', own);
      expect(layers).toEqual([['755 0:0 empty/', '644 0:0 empty/x = x']]);
    } finally {
      await fixture.remove();
    }
  });
});
