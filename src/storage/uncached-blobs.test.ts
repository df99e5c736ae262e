import { expect, it } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { UncachedBlobs } from './uncached-blobs.js';

const digest = (text: string) => digestOf(text);

it('remembers a blob until its first reader, and of very many the last', () => {
  const blobs = new UncachedBlobs();
  blobs.add(digest('a'));
  expect([blobs.take(digest('a')), blobs.take(digest('a'))]).toEqual([true, false]);
  for (let at = 0; at < 5000; at++) blobs.add(digest(String(at)));
  expect([blobs.take(digest('0')), blobs.take(digest('4999'))]).toEqual([false, true]);
});
