/** The address of the client, e.g. `'203.0.113.7'`, also when it came over a dual-stack socket. */
export function unmapped(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : address;
}
