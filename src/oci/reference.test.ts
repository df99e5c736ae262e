import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReference, parseReference, parseRepositoryName, parseTag } from './reference.js';

const component = fc.stringMatching(/^[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,6}){0,2}$/);
const repository = fc.array(component, { minLength: 1, maxLength: 4 }).map((all) => all.join('/'));
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,30}$/);
const host = fc.constantFrom('localhost:5000', 'ghcr.io', '127.0.0.1', '[::1]:443', 'a.b-c.d:1');
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);

describe('references', () => {
  it('are read back as they were written', () => {
    const tail = fc.oneof(
      tag.map((text) => `:${text}`),
      digest.map((text) => `@${text}`),
      fc.tuple(tag, digest).map(([name, hex]) => `:${name}@${hex}`),
    );
    fc.assert(
      fc.property(host, repository, tail, (registry, name, end) => {
        const reference = parseReference(`${registry}/${name}${end}`);
        expect(reference).toMatchObject({ registry, repository: name });
        expect(reference && formatReference(reference)).toBe(`${registry}/${name}${end}`);
      }),
    );
  });

  it('of any text are parsed into safe parts, or not at all', () => {
    const pieces = fc.constantFrom(
      '..',
      '.',
      '/',
      '//',
      '%2F',
      '%2e',
      ':',
      '@',
      'A',
      'a',
      '\0',
      '\n',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (wild) => {
        const reference = parseReference(wild);
        for (const part of reference?.repository.split('/') ?? []) {
          expect(part).toMatch(/^[a-z0-9]+([._-]+[a-z0-9]+)*$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('repository names', () => {
  it.each([
    ...[
      '',
      '/',
      'a/',
      '/a',
      'a//b',
      '.',
      '..',
      'a/../b',
      '../a',
      'a/..',
      'a%2Fb',
      'a\\b',
      'A',
      'a b',
    ],
    ...['a___b', '-a', 'a-', 'a_', '.a', 'a/.b', 'a\n', 'a\0', 'ä', 'a'.repeat(256), '=', 'a=b'],
  ])('refuse %j', (name) => {
    expect(parseRepositoryName(name)).toBeUndefined();
  });

  it.each(['a', '0', 'a/b/c', 'a.b', 'a_b', 'a__b', 'a---b', 'blobs/uploads', 'a'.repeat(255)])(
    'take %j',
    (name) => {
      expect(parseRepositoryName(name)).toBe(name);
    },
  );

  it('take no time to refuse what nearly is one', () => {
    const started = performance.now();
    expect(parseRepositoryName(`${'a-'.repeat(127)}!`)).toBeUndefined();
    expect(parseReference(`h.x/${'a__'.repeat(20_000)}!`)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

it.each(['', '-a', '.a', 'a b', 'a/b', 'a:b', '..', 'a\n', 'a'.repeat(129), 'sha256:abc'])(
  'the tag %j is refused',
  (text) => {
    expect(parseTag(text)).toBeUndefined();
  },
);
