import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlatformInFull, normalizePlatform, parsePlatform } from './platform.js';

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
    ['linux/arm64/v8.0', 'linux/arm64'],
    ['linux/arm64/v9.0', 'linux/arm64/v9'],
    ['windows(10.0.20348+win32k)/amd64', 'windows(10.0.20348+win32k)/amd64'],
    ['windows(10.0+b+a+b)/amd64', 'windows(10.0+a+b)/amd64'],
    ['linux(6.1%2B)/amd64', 'linux(6.1%2B)/amd64'],
  ])('%s is %s', (text, expected) => {
    const platform = parsePlatform(text);
    expect(platform && formatPlatformInFull(platform)).toBe(expected);
  });

  it.each([
    '',
    '/',
    'linux/',
    '/amd64',
    'linux/amd64/v1/x',
    'a b/c',
    'toaster',
    'windows(/amd64',
    'linux(%zz)/amd64',
  ])('refuses %j', (text) => {
    expect(parsePlatform(text)).toBeUndefined();
  });

  const word = fc.stringMatching(/^[a-z0-9_.-]{1,12}$/);
  const anything = fc.string({ minLength: 1, maxLength: 4, unit: 'binary' });
  const platforms = fc.record(
    {
      ...{ os: word, architecture: word, variant: word, 'os.version': anything },
      'os.features': fc.array(anything, { maxLength: 2 }),
    },
    { requiredKeys: ['os', 'architecture'] },
  );

  it('reads back what formatPlatformInFull writes', () => {
    fc.assert(
      fc.property(platforms, (platform) => {
        const once = parsePlatform(formatPlatformInFull(platform));
        expect(once).toBeDefined();
        expect(once).toEqual(normalizePlatform(platform));
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
