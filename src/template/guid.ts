/** The namespace Resource Manager gives to name-based GUIDs. */
const NAMESPACE = Buffer.from('11fb06fb712d4ddd98c7e71bbd588830', 'hex');

/** `guid()`: a version 5 UUID (RFC 9562 section 5.5) of the values joined by `-`. */
export function nameBasedGuid(values: readonly string[]): string {
  // Loading it takes longer than compiling most Bicep files, and few call this.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const bytes = createHash('sha1').update(NAMESPACE).update(values.join('-'), 'utf8').digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
