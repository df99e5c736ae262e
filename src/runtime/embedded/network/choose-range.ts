import { readFileSync } from 'node:fs';
import { Failure } from '../../../base/failure.js';
import {
  formatRange,
  freeRange,
  overlap,
  parseRange,
  routedRanges,
  type AddressRange,
} from './address-range.js';

const HELP = 'name another: lazurite up --replica-network 10.50.0.0/20   (or none: no way out)';

/**
 * The range asked for, or one that nothing on this machine has a route to.
 *
 * @throws Failure for a range that is none or is in use
 */
export function chooseRange(wanted: string | undefined): AddressRange {
  const used = routedRanges(readFileSync('/proc/net/route', 'utf8'));
  if (wanted === undefined) {
    const free = freeRange(used);
    if (free) return free;
    throw new Failure('no range of addresses is free for replicas', { help: HELP });
  }
  const range = parseRange(wanted);
  if (!range) {
    throw new Failure(`${JSON.stringify(wanted)} is no range of addresses for replicas`, {
      why: 'it is an IPv4 network with its size behind a slash, from /8 to /28',
      help: HELP,
    });
  }
  const taken = used.find((one) => overlap(one, range));
  if (!taken) return range;
  throw new Failure(`${wanted} is in use on this machine`, {
    why: `it has a route to ${formatRange(taken)}`,
    help: HELP,
  });
}
