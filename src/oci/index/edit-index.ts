import { Failure } from '../../base/failure.js';
import type { Descriptor } from '../descriptor.js';
import { formatPlatformInFull, isRunnablePlatform, normalizePlatform } from '../platform.js';
import { ATTESTED_DIGEST } from './attestation.js';
import { describeEntry } from './entry-selector.js';
import { IndexDocument } from './index-document.js';
import { indexMediaType, requireExpressible, type IndexFormat } from './index-type.js';

/**
 * A new index.
 *
 * @param format what it becomes; when absent, what its entries are (see `indexMediaType`)
 * @throws Failure when two entries are for one platform, or a manifest list could not hold them
 */
export function createIndex(entries: readonly Descriptor[], format?: IndexFormat): IndexDocument {
  requireDistinct(entries);
  return requireExpressible(IndexDocument.create(indexMediaType(entries, format), entries));
}

/**
 * Adds entries at the end.
 *
 * @param options.replace let an entry take the place of the one for the same platform
 * @throws Failure as `createIndex`
 */
export function addEntries(
  document: IndexDocument,
  entries: readonly Descriptor[],
  options: { replace?: boolean } = {},
): IndexDocument {
  requireDistinct(entries);
  let result = document;
  for (const entry of entries) {
    const at = result.entries.findIndex((other) => collide(other, entry));
    if (at < 0) result = result.append(entry);
    else if (options.replace === true) result = replaceEntry(result, at, entry);
    else throw duplicate(result.entry(at), entry);
  }
  return requireExpressible(result);
}

/** What was said about the old manifest holds no longer. */
function replaceEntry(document: IndexDocument, position: number, entry: Descriptor): IndexDocument {
  const old = document.entry(position);
  const replaced = document.set(['manifests', position], entry);
  return old.digest === entry.digest ? replaced : removeAttestations(replaced, old);
}

/**
 * Removes an entry, and the attestations about it: they would be about nothing.
 *
 * @param position from `findEntry`
 */
export function removeEntry(document: IndexDocument, position: number): IndexDocument {
  const removed = document.entry(position);
  return removeAttestations(document.remove(position), removed);
}

function removeAttestations(document: IndexDocument, { digest }: Descriptor): IndexDocument {
  if (document.entries.some((entry) => entry.digest === digest)) return document;
  return document.entries.reduceRight(
    (result, entry, position) =>
      entry.annotations?.[ATTESTED_DIGEST] === digest ? result.remove(position) : result,
    document,
  );
}

/** Makes the document another type of index. @throws Failure when a manifest list could not hold it */
export function convertIndex(document: IndexDocument, format: IndexFormat): IndexDocument {
  return requireExpressible(document.withMediaType(indexMediaType([], format)));
}

/** @throws Failure when two entries would do for one platform: clients differ in which they take */
export function requireDistinct(entries: readonly Descriptor[]): void {
  const seen = new Map<string, Descriptor>();
  for (const entry of entries) {
    const key = identityOf(entry);
    const other = seen.get(key);
    if (other !== undefined) throw duplicate(other, entry);
    seen.set(key, entry);
  }
}

function collide(left: Descriptor, right: Descriptor): boolean {
  return identityOf(left) === identityOf(right);
}

/** What may be in an index once: a platform, or a manifest that is for none. */
function identityOf({ digest, platform }: Descriptor): string {
  const isRunnable = platform !== undefined && isRunnablePlatform(platform);
  return isRunnable ? formatPlatformInFull(normalizePlatform(platform)) : digest;
}

function duplicate(first: Descriptor, second: Descriptor): Failure {
  const { platform } = second;
  const isRunnable = platform !== undefined && isRunnablePlatform(platform);
  if (!isRunnable || first.digest === second.digest) {
    return new Failure(`the index has ${describeEntry(second)} already`, {
      why: 'an entry stands in an index once',
      help: 'leave it out',
    });
  }
  return new Failure(`the index would have ${formatPlatformInFull(platform)} twice`, {
    why: `${first.digest} and ${second.digest} are both for it, and clients differ in which they take`,
    help: 'replace the old one with --replace, or tell them apart by variant or os.version',
  });
}
