import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptablePlatforms,
  formatPlatform,
  formatPlatformInFull,
  parsePlatform,
  platformMatches,
  selectPlatform,
  type Platform,
} from './platform.js';

describe('parsePlatform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['Linux/AMD64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/9', 'linux/arm64/v9'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/i386', 'linux/386'],
    ['macos/arm64', 'darwin/arm64'],
    ['arm64', 'linux/arm64'],
    ['windows', 'windows/amd64'],
    ['windows(10.0.20348+win32k)/amd64', 'windows(10.0.20348+win32k)/amd64'],
  ])('%s is %s', (text, expected) => {
    const platform = parsePlatform(text);
    expect(platform && formatPlatformInFull(platform)).toBe(expected);
  });

  it.each(['', '/', 'linux/', '/amd64', 'linux/amd64/v1/x', 'a b/c', 'toaster', 'windows(/amd64'])(
    'refuses %j',
    (text) => {
      expect(parsePlatform(text)).toBeUndefined();
    },
  );

  const word = fc.stringMatching(/^[a-z0-9_.-]{1,12}$/);
  const platforms = fc.record(
    { os: word, architecture: word, variant: word, 'os.version': word },
    { requiredKeys: ['os', 'architecture'] },
  );

  it('reads back what formatPlatformInFull writes', () => {
    fc.assert(
      fc.property(platforms, (platform) => {
        const once = parsePlatform(formatPlatformInFull(platform));
        expect(once).toBeDefined();
        expect(parsePlatform(formatPlatformInFull(once!))).toEqual(once);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parsePlatform(text);
      }),
    );
  });
});

describe('acceptablePlatforms', () => {
  it.each([
    ['linux/arm/v7', false, ['linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5']],
    ['linux/amd64/v3', false, ['linux/amd64/v3', 'linux/amd64/v2', 'linux/amd64']],
    ['linux/amd64', true, ['linux/amd64', 'linux/386']],
    ['linux/amd64', false, ['linux/amd64']],
    [
      'linux/arm64',
      true,
      ['linux/arm64', 'linux/arm/v8', 'linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5'],
    ],
    ['linux/arm64/v9', false, ['linux/arm64/v9', 'linux/arm64']],
  ])('%s (other architectures: %s)', (wanted, others, expected) => {
    expect(acceptablePlatforms(parsePlatform(wanted)!, others).map(formatPlatform)).toEqual(
      expected,
    );
  });
});

const entry = (text: string): { platform: Platform } => ({ platform: parsePlatform(text)! });

describe('selectPlatform', () => {
  const select = (offered: string[], wanted: string): string | undefined => {
    const found = selectPlatform(offered.map(entry), parsePlatform(wanted)!);
    return found && formatPlatformInFull(found.platform);
  };

  it.each([
    [['linux/arm64', 'linux/amd64'], 'linux/amd64', 'linux/amd64'],
    [['linux/arm/v5', 'linux/arm/v6'], 'linux/arm/v7', 'linux/arm/v6'],
    [['linux/arm/v7'], 'linux/arm/v6', undefined],
    [['linux/arm64'], 'linux/amd64', undefined],
    [['linux/386'], 'linux/amd64', undefined],
    [['linux/amd64/v3'], 'linux/amd64', undefined],
    [[], 'linux/amd64', undefined],
    [
      ['windows(10.0.17763.1)/amd64', 'windows(10.0.20348.5)/amd64'],
      'windows(10.0.20348.9999)/amd64',
      'windows(10.0.20348.5)/amd64',
    ],
    [
      ['windows(10.0.17763.1)/amd64', 'windows(10.0.20348.5)/amd64'],
      'windows/amd64',
      'windows(10.0.20348.5)/amd64',
    ],
    [['windows(10.0.17763.1)/amd64'], 'windows(10.0.20348)/amd64', undefined],
  ])('of %j for %s takes %s', (offered, wanted, expected) => {
    expect(select(offered, wanted)).toBe(expected);
  });

  it('passes over attestations and entries without a platform', () => {
    const attestation = { platform: { os: 'unknown', architecture: 'unknown' } };
    const wanted = { os: 'unknown', architecture: 'unknown' };
    expect(selectPlatform([{}, attestation], wanted)).toBeUndefined();
  });

  it('takes the first of duplicates', () => {
    const first = entry('linux/amd64');
    expect(selectPlatform([first, entry('linux/amd64')], first.platform)).toBe(first);
  });
});

describe('platformMatches', () => {
  it('compares features when the wanted side lists them', () => {
    const needs = { os: 'windows', architecture: 'amd64', 'os.features': ['win32k'] };
    const bare = { os: 'windows', architecture: 'amd64' };
    expect(platformMatches(needs, bare)).toBe(true);
    expect(platformMatches(needs, { ...bare, 'os.features': [] })).toBe(false);
    expect(platformMatches(needs, { ...bare, 'os.features': ['win32k', 'x'] })).toBe(true);
  });
});
