import { describe, expect, it } from 'vitest';
import { whiteoutOf } from './whiteout.js';

describe('whiteoutOf', () => {
  it.each([
    ['file', { kind: 'none' }],
    ['.wh', { kind: 'none' }],
    ['.wh.file', { kind: 'removes', name: 'file' }],
    ['.wh..hidden', { kind: 'removes', name: '.hidden' }],
    ['.wh..wh..opq', { kind: 'opaque' }],
    ['.wh..wh.aufs', { kind: 'reserved' }],
    ['.wh.', { kind: 'reserved' }],
    ['.wh..', { kind: 'reserved' }],
    ['.wh...', { kind: 'reserved' }],
  ])('%s', (name, expected) => {
    expect(whiteoutOf(name)).toEqual(expected);
  });
});
