import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../base/failure.js';
import { digestOf } from '../oci/digest.js';
import { parseLocation } from './location.js';

const digest = digestOf('x');

describe('parseLocation', () => {
  it.each([
    ['alpine', { kind: 'registry', reference: { registry: 'docker.io', tag: 'latest' } }],
    ['docker://r.test/a:v1', { kind: 'registry', reference: { registry: 'r.test', tag: 'v1' } }],
    ['oci:dir', { kind: 'oci', directory: 'dir' }],
    ['oci:/a/dir:v1', { kind: 'oci', directory: '/a/dir', name: 'v1' }],
    ['oci:dir:docker.io/a:v1', { kind: 'oci', directory: 'dir', name: 'docker.io/a:v1' }],
    [`oci:dir@${digest}`, { kind: 'oci', directory: 'dir', digest }],
    ['docker-archive:a.tar', { kind: 'docker-archive', file: 'a.tar' }],
    [
      'docker-archive:a.tar:app:v1',
      { kind: 'docker-archive', file: 'a.tar', reference: { tag: 'v1' } },
    ],
    ['docker-archive:a.tar:app', { kind: 'docker-archive', reference: { tag: 'latest' } }],
  ])('%s', (text, expected) => {
    expect(parseLocation(text)).toMatchObject({ ...expected, text });
  });

  it.each([
    ['', /neither/],
    ['UPPER', /neither/],
    ['oci:', /directory is missing/],
    ['oci:dir@sha256:12', /digest is malformed/],
    ['docker-archive:', /file is missing/],
    ['docker-archive:a.tar:UPPER', /no name with a tag/],
    [`docker-archive:a.tar:app@${digest}`, /no name with a tag/],
  ])('refuses "%s"', (text, why) => {
    expect(() => parseLocation(text)).toThrow(Failure);
    expect(() => parseLocation(text)).toThrow(
      expect.objectContaining({ why: expect.stringMatching(why) as string, exitCode: 2 }) as Error,
    );
  });

  it('throws nothing but Failure', () => {
    const schemes = fc.constantFrom('', 'oci:', 'docker-archive:', 'docker://');
    fc.assert(
      fc.property(schemes, fc.string(), (scheme, rest) => {
        try {
          expect(parseLocation(scheme + rest).text).toBe(scheme + rest);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});
