const PREFIX = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** What a tar entry's last component says about the layers below. */
export type Whiteout =
  { kind: 'none' } | { kind: 'opaque' } | { kind: 'removes'; name: string } | { kind: 'reserved' };

/**
 * `'.wh.old'` removes `old` of the layers below; `'.wh..wh..opq'` hides all of its directory there. Other
 * `.wh..wh.` names are bookkeeping of old storage drivers and no files.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts
 */
export function whiteoutOf(name: string): Whiteout {
  if (name === OPAQUE) return { kind: 'opaque' };
  if (name.startsWith(`${PREFIX}${PREFIX}`)) return { kind: 'reserved' };
  if (!name.startsWith(PREFIX)) return { kind: 'none' };
  const removed = name.slice(PREFIX.length);
  return removed === '' || removed === '.' || removed === '..'
    ? { kind: 'reserved' }
    : { kind: 'removes', name: removed };
}
