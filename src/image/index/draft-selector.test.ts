import { expect, it } from 'vitest';
import { digestOf } from '../../oci/digest.js';
import { parsePlatform } from '../../oci/platform.js';
import { parseReference } from '../../oci/reference.js';
import { parseDraftSelector } from './draft-selector.js';

it.each([
  [digestOf('x'), { digest: digestOf('x') }],
  ['linux/arm64/v8', { platform: parsePlatform('linux/arm64') }],
  ['windows(10.0.20348.1)/amd64', { platform: parsePlatform('windows(10.0.20348.1)/amd64') }],
  ['r.test/app:v1', { reference: parseReference('r.test/app:v1') }],
  ['app:v1', { reference: parseReference('app:v1') }],
])('%s', (text, expected) => {
  expect(parseDraftSelector(text)).toEqual(expected);
});

it.each(['', 'A B', ':x', 'a//b'])('refuses %j', (text) => {
  expect(() => parseDraftSelector(text)).toThrow(/names no entry/);
});
