import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressIn,
  defaultLinks,
  formatRange,
  freeRange,
  overlap,
  parseRange,
  routedRanges,
} from './address-range.js';

const ROUTES = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
  'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  'docker0\t0000D50A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
  '',
].join('\n');

function range(text: string) {
  const parsed = parseRange(text);
  if (!parsed) throw new Error(text);
  return parsed;
}

describe('a range of addresses', () => {
  it.each([
    ['10.213.0.0/20', '10.213.0.0/20'],
    ['10.213.9.7/20', '10.213.0.0/20'],
    ['192.168.1.200/28', '192.168.1.192/28'],
    ['255.255.255.0/24', '255.255.255.0/24'],
    ['10.0.0.0/29', undefined],
    ['10.0.0.0/7', undefined],
    ['10.0.0.0', undefined],
    ['10.0.0.256/20', undefined],
    ['10.0.0/20', undefined],
    ['fd00::/20', undefined],
    ['', undefined],
  ])('%j is %j', (text, expected) => {
    const parsed = parseRange(text);
    expect(parsed && formatRange(parsed)).toBe(expected);
  });

  it('counts its addresses across bytes', () => {
    expect(addressIn(range('10.213.0.0/20'), 1)).toBe('10.213.0.1');
    expect(addressIn(range('10.213.0.0/20'), 300)).toBe('10.213.1.44');
  });

  it.each([
    ['10.0.0.0/8', '10.213.0.0/20', true],
    ['10.213.0.0/20', '10.213.16.0/20', false],
    ['192.168.0.0/16', '10.0.0.0/8', false],
  ])('%s and %s share addresses: %s', (left, right, expected) => {
    expect(overlap(range(left), range(right))).toBe(expected);
    expect(overlap(range(right), range(left))).toBe(expected);
  });

  it('is chosen beside what has routes', () => {
    expect(routedRanges(ROUTES).map(formatRange)).toEqual(['192.0.2.0/24', '10.213.0.0/16']);
    expect(defaultLinks(ROUTES)).toEqual(['eth0']);
    const free = freeRange(routedRanges(ROUTES));
    expect(free && formatRange(free)).toBe('10.212.0.0/20');
    expect(freeRange([range('10.0.0.0/8')])).toBeUndefined();
  });

  it('never touches one in use', () => {
    const used = fc.record({ network: fc.nat(0xffff_ffff), bits: fc.integer({ min: 8, max: 28 }) });
    fc.assert(
      fc.property(fc.array(used, { maxLength: 30 }), (ranges) => {
        const free = freeRange(ranges);
        return free === undefined || ranges.every((one) => !overlap(one, free));
      }),
    );
  });
});
