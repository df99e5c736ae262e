import { BlockList, isIP } from 'node:net';
import { Failure } from '../base/failure.js';
import { unmapped } from '../http/client-address.js';
import type { NetworkRules } from './registry-host.js';

/** Decides by address who may connect. */
export type NetworkGuard = (address: string) => boolean;

/**
 * @throws Failure when an allowed address is neither an address nor a CIDR range
 */
export function createNetworkGuard(rules: NetworkRules | undefined): NetworkGuard {
  if (rules?.defaultAction !== 'Deny') return () => true;
  const allowed = new BlockList();
  for (const entry of rules.allowed) addEntry(allowed, entry);
  return (address) => {
    const plain = unmapped(address);
    return isIP(plain) !== 0 && allowed.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  };
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix, ...more] = entry.trim().split('/');
  const version = isIP(address);
  const bits = prefix === undefined ? maxBits(version) : Number(prefix);
  const isRange = /^\d{1,3}$/.test(prefix ?? '0') && bits <= maxBits(version);
  if (version === 0 || more.length > 0 || !isRange) {
    throw new Failure(`"${entry}" is no address or range`, {
      why: 'network rules take addresses like 203.0.113.7 and ranges like 203.0.113.0/24',
    });
  }
  list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
}

function maxBits(version: number): number {
  return version === 6 ? 128 : 32;
}
