import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlatform, formatPlatformInFull, parsePlatform, type Platform } from '../platform.js';
import { acceptablePlatforms, platformMatches, selectPlatform } from './matching.js';

const platformOf = (text: string): Platform => parsePlatform(text)!;
const entry = (text: string): { platform: Platform } => ({ platform: platformOf(text) });

describe('acceptablePlatforms', () => {
  it.each([
    ['linux/arm/v7', false, ['linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5']],
    ['linux/arm/v5', false, ['linux/arm/v5']],
    ['linux/amd64/v3', false, ['linux/amd64/v3', 'linux/amd64/v2', 'linux/amd64']],
    ['linux/amd64', true, ['linux/amd64', 'linux/386']],
    ['linux/amd64', false, ['linux/amd64']],
    [
      'linux/arm64',
      true,
      ['linux/arm64', 'linux/arm/v8', 'linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5'],
    ],
    ['linux/arm64/v8.2', false, ['linux/arm64/v8.2', 'linux/arm64/v8.1', 'linux/arm64']],
    ['linux/riscv64', true, ['linux/riscv64']],
  ])('%s (other architectures: %s)', (wanted, others, expected) => {
    expect(acceptablePlatforms(platformOf(wanted), others).map(formatPlatform)).toEqual(expected);
  });
});

describe('selectPlatform', () => {
  const select = (offered: string[], wanted: string): string | undefined => {
    const found = selectPlatform(offered.map(entry), platformOf(wanted));
    return found && formatPlatformInFull(found.platform);
  };

  it.each([
    [['linux/arm64', 'linux/amd64'], 'linux/amd64', 'linux/amd64'],
    [['linux/arm/v5', 'linux/arm/v6'], 'linux/arm/v7', 'linux/arm/v6'],
    [['linux/arm/v7'], 'linux/arm/v6', undefined],
    [['linux/arm64'], 'linux/amd64', undefined],
    [['linux/386'], 'linux/amd64', undefined],
    [['linux/amd64/v3'], 'linux/amd64', undefined],
    [['linux/amd64', 'linux/amd64/v2'], 'linux/amd64/v4', 'linux/amd64/v2'],
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
    [
      ['windows(10.0.20348.1)/amd64', 'windows(10.0.26100.1)/amd64'],
      'windows(10.0.26100.7)/amd64',
      'windows(10.0.26100.1)/amd64',
    ],
    [['linux/amd64', 'linux(+gpu)/amd64'], 'linux(+gpu)/amd64', 'linux(+gpu)/amd64'],
    [['linux(+gpu)/amd64'], 'linux/amd64', undefined],
  ])('of %j for %s takes %s', (offered, wanted, expected) => {
    expect(select(offered, wanted)).toBe(expected);
  });

  it('passes over attestations and entries without a platform', () => {
    const attestation = { platform: { os: 'unknown', architecture: 'unknown' } };
    const wanted = { os: 'unknown', architecture: 'unknown' };
    expect(selectPlatform([{}, attestation], wanted)).toBeUndefined();
  });

  it('takes an entry without a platform for the assumed one when nothing else will do', () => {
    const amd64 = platformOf('linux/amd64');
    const bare: { platform?: Platform } = {};
    const entries = [bare, entry('linux/arm64')];
    expect(selectPlatform(entries, amd64, { assumed: amd64 })).toBe(bare);
    expect(selectPlatform(entries, platformOf('windows'), { assumed: amd64 })).toBeUndefined();
    const explicit = entry('linux/amd64');
    expect(selectPlatform([...entries, explicit], amd64, { assumed: amd64 })).toBe(explicit);
  });

  it('takes the first of duplicates', () => {
    const first = entry('linux/amd64');
    expect(selectPlatform([first, entry('linux/amd64')], first.platform)).toBe(first);
  });

  const platforms = fc
    .constantFrom(
      ...['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4', 'linux/386', 'linux/arm64'],
      ...['linux/arm64/v8.3', 'linux/arm64/v9', 'linux/arm/v5', 'linux/arm/v6', 'linux/arm/v7'],
      ...['windows(10.0.17763.1)/amd64', 'windows(10.0.20348.7)/amd64', 'windows/amd64'],
      ...['windows(10.0.26100.2)/amd64', 'linux/s390x', 'unknown/unknown'],
    )
    .map(platformOf);

  it('takes something that matches exactly when something does, and no worse than any other', () => {
    fc.assert(
      fc.property(fc.array(platforms), platforms, fc.boolean(), (offered, wanted, others) => {
        const entries = offered.map((platform) => ({ platform }));
        const found = selectPlatform(entries, wanted, { otherArchitectures: others });
        const order = acceptablePlatforms(wanted, others);
        const ranks = offered
          .filter(
            (one) => one.os !== 'unknown' && order.some((target) => platformMatches(one, target)),
          )
          .map((one) =>
            order.findIndex((target) => formatPlatform(target) === formatPlatform(one)),
          );
        const best = ranks.length === 0 ? -1 : Math.min(...ranks);
        const taken = found && formatPlatform(found.platform);
        expect(taken).toBe(best < 0 ? undefined : formatPlatform(order[best]!));
      }),
    );
  });

  it('does not depend on the order when the platforms differ', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(platforms, { selector: formatPlatformInFull }),
        platforms,
        (offered, wanted) => {
          const entries = offered.map((platform) => ({ platform }));
          const found = selectPlatform(entries, wanted);
          expect(selectPlatform(entries.toReversed(), wanted)).toBe(found);
        },
      ),
    );
  });
});

describe('platformMatches', () => {
  it.each([
    ['windows(+win32k)/amd64', 'windows/amd64', true],
    ['windows(+x)/amd64', 'windows/amd64', false],
    ['windows(+win32k)/amd64', 'windows(+x)/amd64', true],
    ['linux(+win32k)/amd64', 'linux/amd64', false],
    ['linux(6.1)/amd64', 'linux(5.10)/amd64', true],
    ['linux/amd64', 'unknown/unknown', false],
  ])('an image for %s on %s: %s', (offered, wanted, expected) => {
    expect(platformMatches(platformOf(offered), platformOf(wanted))).toBe(expected);
  });

  it('every platform runs its own images', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,8}\/[a-z0-9]{1,8}(\/v[0-9])?$/), (text) => {
        expect(platformMatches(platformOf(text), platformOf(text))).toBe(true);
      }),
    );
  });
});
