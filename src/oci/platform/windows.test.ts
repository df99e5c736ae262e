import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareOsVersions, isWindowsCompatible } from './windows.js';

describe('isWindowsCompatible', () => {
  it.each([
    // before Server 2022: the build decides, the revision does not
    ['10.0.17763.1', '10.0.17763.999', true],
    ['10.0.17763.1', '10.0.14393.1', false],
    ['10.0.14393', '10.0.17763', false],
    ['10.0.19041.1', '10.0.17763.1', false],
    // Server 2022 takes its own build only
    ['10.0.20348.1', '10.0.20348.2227', true],
    ['10.0.20348.1', '10.0.17763.1', false],
    ['10.0.20348.1', '10.0.22621.1', false],
    // what came after it takes 2022 up to itself
    ['10.0.22621.1', '10.0.20348.1', true],
    ['10.0.22621.1', '10.0.17763.1', false],
    ['10.0.25398.1', '10.0.25398.9', true],
    ['10.0.25398.1', '10.0.26100.1', false],
    // Server 2025 is itself a long-term release: 2022 up to itself
    ['10.0.26100.1', '10.0.20348.1', true],
    ['10.0.26100.1', '10.0.26100.1', true],
    // later ones no longer take 2022
    ['10.0.27000.1', '10.0.20348.1', false],
    ['10.0.27000.1', '10.0.26100.1', true],
    // another Windows, and texts that are no version
    ['10.0.20348.1', '6.3.9600.1', false],
    ['10.0.20348.1', 'ltsc2022', false],
    ['10.0.20348.1', '', true],
    ['10.0.20348.1', undefined, true],
    [undefined, '10.0.17763.1', true],
    ['10.0', '10.0.17763.1', true],
  ])('host %s, container %s: %s', (host, container, expected) => {
    expect(isWindowsCompatible(host, container)).toBe(expected);
  });

  const versions = fc
    .tuple(fc.constantFrom('10.0', '6.3'), fc.integer({ min: 0, max: 65535 }), fc.nat(9999))
    .map(([release, build, revision]) => `${release}.${build}.${revision}`);

  it('every build runs itself, and none runs a later one', () => {
    fc.assert(
      fc.property(versions, versions, (host, container) => {
        expect(isWindowsCompatible(host, host)).toBe(true);
        const build = (version: string): string => version.split('.').slice(0, 3).join('.');
        const isLater = compareOsVersions(build(container), build(host)) > 0;
        if (isLater) expect(isWindowsCompatible(host, container)).toBe(false);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), fc.string(), isBoolean));
    function isBoolean(host: string, container: string): void {
      expect(typeof isWindowsCompatible(host, container)).toBe('boolean');
    }
  });
});

it('compareOsVersions orders by number', () => {
  const versions = ['10.0.20348.5', '10.0.20348', '10.0.17763.1697', undefined, '10.0.20348.40'];
  expect(versions.filter((one) => one !== undefined).toSorted(compareOsVersions)).toEqual([
    '10.0.17763.1697',
    '10.0.20348',
    '10.0.20348.5',
    '10.0.20348.40',
  ]);
  expect(compareOsVersions(undefined, '0')).toBeLessThan(0);
});
