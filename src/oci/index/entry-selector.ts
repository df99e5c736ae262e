import { Failure } from '../../base/failure.js';
import type { Descriptor } from '../descriptor.js';
import type { Digest } from '../digest.js';
import { formatPlatformInFull, normalizePlatform, type Platform } from '../platform.js';

/** Which entry of an index is meant. */
export type EntrySelector = { digest: Digest } | { platform: Platform };

/**
 * The position of the one entry that is meant. A platform without `os.version` or features means an entry
 * whatever it has of these.
 *
 * @throws Failure when there is none, or more than one
 */
export function findEntry(entries: readonly Descriptor[], selector: EntrySelector): number {
  const meant = [...entries.entries()].filter(([, entry]) => isMeant(entry, selector));
  const [first, ...others] = meant;
  if (first === undefined) throw noSuchEntry(entries, selector);
  if (others.length > 0) {
    throw ambiguous(
      meant.map(([, entry]) => entry),
      selector,
    );
  }
  return first[0];
}

function isMeant({ digest, platform }: Descriptor, selector: EntrySelector): boolean {
  if ('digest' in selector) return digest === selector.digest;
  if (platform === undefined) return false;
  const wanted = normalizePlatform(selector.platform);
  const offered = normalizePlatform(platform);
  if (wanted['os.version'] === undefined) delete offered['os.version'];
  if (wanted['os.features'] === undefined) delete offered['os.features'];
  return formatPlatformInFull(offered) === formatPlatformInFull(wanted);
}

/** `linux/arm64/v8`, or how else an entry is told from the others. */
export function describeEntry({ digest, platform }: Descriptor): string {
  return platform === undefined ? digest : `${formatPlatformInFull(platform)} (${digest})`;
}

function describeSelector(selector: EntrySelector): string {
  return 'digest' in selector ? selector.digest : formatPlatformInFull(selector.platform);
}

/** More would not be read. */
const SHOWN = 10;

function noSuchEntry(entries: readonly Descriptor[], selector: EntrySelector): Failure {
  const shown = entries.slice(0, SHOWN).map(describeEntry);
  const more = entries.length > SHOWN ? [`and ${entries.length - SHOWN} more`] : [];
  const has =
    entries.length === 0 ? 'it has no entries' : `it has ${[...shown, ...more].join(', ')}`;
  return new Failure(`the index has no entry ${describeSelector(selector)}`, {
    why: has,
    help: 'name an entry by its digest or its platform',
  });
}

function ambiguous(candidates: readonly Descriptor[], selector: EntrySelector): Failure {
  const shown = candidates.slice(0, SHOWN).map(describeEntry).join(', ');
  return new Failure(
    `${describeSelector(selector)} means ${candidates.length} entries of the index`,
    {
      why: `these fit: ${shown}`,
      help: 'name one by its digest, or with its os.version: windows(10.0.20348.2227)/amd64',
    },
  );
}
