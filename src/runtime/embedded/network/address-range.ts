/** A range of IPv4 addresses. */
export interface AddressRange {
  /** Its first address as a number, e.g. of 10.213.0.0 */
  network: number;
  /** Of the network part, e.g. 20 */
  bits: number;
}

/** Bits of ranges that are chosen here: 4093 sandboxes. */
const BITS = 20;
const SMALLEST_BITS = 28;
const LARGEST_BITS = 8;

/**
 * @param text e.g. `'10.213.0.0/20'`
 * @returns undefined for what is no range, or leaves no room for sandboxes
 */
export function parseRange(text: string): AddressRange | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((part) => part > 255)) return undefined;
  if (bits < LARGEST_BITS || bits > SMALLEST_BITS) return undefined;
  const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return { network: (address & maskOf(bits)) >>> 0, bits };
}

/** `'10.213.0.0/20'` */
export function formatRange({ network, bits }: AddressRange): string {
  return `${formatAddress(network)}/${bits}`;
}

/** The address of a number in a range: 1 is `'10.213.0.1'`. */
export function addressIn({ network }: AddressRange, number: number): string {
  return formatAddress(network + number);
}

/** How many addresses are left for others than the network, its first neighbour and its broadcast. */
export function roomIn({ bits }: AddressRange): number {
  return 2 ** (32 - bits) - 3;
}

export function overlap(left: AddressRange, right: AddressRange): boolean {
  const mask = maskOf(Math.min(left.bits, right.bits));
  return ((left.network ^ right.network) & mask) === 0;
}

/**
 * The first range in 10.0.0.0/8, from behind where nobody begins to count, that touches none in use.
 *
 * @returns undefined when all are taken
 */
export function freeRange(used: readonly AddressRange[]): AddressRange | undefined {
  for (let second = 213; second >= 1; second--) {
    const range = { network: ((10 << 24) | (second << 16)) >>> 0, bits: BITS };
    if (!used.some((one) => overlap(one, range))) return range;
  }
  return undefined;
}

/**
 * The networks that a machine has routes to, but for those of the default route.
 *
 * @param table content of `/proc/net/route`; its numbers are in this machine's byte order
 */
export function routedRanges(table: string): AddressRange[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination = '', , , , , , mask = ''] = line.trim().split(/\s+/);
      const bits = maskBits(swapped(mask));
      return bits === 0 ? [] : [{ network: swapped(destination), bits }];
    });
}

/** Names of the links that default routes go over. */
export function defaultLinks(table: string): string[] {
  const links = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000')
    .flatMap(([link]) => (link === undefined ? [] : [link]));
  return [...new Set(links)];
}

function maskOf(bits: number): number {
  return bits === 0 ? 0 : (~0 << (32 - bits)) >>> 0;
}

function maskBits(mask: number): number {
  return Math.clz32(~mask);
}

/** Every machine that Lazurite runs on has its low byte first. */
function swapped(hex: string): number {
  const bytes = Buffer.from(hex, 'hex');
  return bytes.length === 4 ? bytes.readUInt32LE() : 0;
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
