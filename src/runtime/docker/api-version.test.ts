import { describe, expect, it } from 'vitest';
import { negotiateVersion } from './api-version.js';

describe('the Engine API version', () => {
  it.each([
    ['Docker 19.03', '1.40', '1.12', '1.40'],
    ['Docker 20.10', '1.41', '1.12', '1.41'],
    ['Podman 4', '1.41', '1.24', '1.41'],
    ['Docker 29, which forgets old ones', '1.52', '1.44', '1.51'],
    ['one that is far ahead', '2.3', '1.50', '1.51'],
  ])('of %s is the newest that both speak', (_name, newest, oldest, expected) => {
    expect(negotiateVersion({ newest, oldest }, 'engine')).toBe(expected);
  });

  it.each([
    ['too old', '1.39', '1.12'],
    ['too new', '1.99', '1.60'],
    ['no version', '', ''],
    ['words', 'latest', 'oldest'],
  ])('of an engine that is %s is refused', (_what, newest, oldest) => {
    expect(() => negotiateVersion({ newest, oldest }, 'Docker x')).toThrow(/Docker x speaks no/);
  });
});
