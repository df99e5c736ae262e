import { Failure } from '../../base/failure.js';
import type { Descriptor } from '../descriptor.js';
import { requireDistinct } from './edit-index.js';
import type { IndexDocument } from './index-document.js';
import { requireExpressible } from './index-type.js';

/** What to set; what is absent stays as it is. */
export interface EntryChanges {
  os?: string;
  architecture?: string;
  /** Empty text removes it. */
  variant?: string;
  /** Empty text removes it. */
  'os.version'?: string;
  /** An empty list removes them. */
  'os.features'?: string[];
  /** Empty text removes an annotation. */
  annotations?: Readonly<Record<string, string>>;
}

const PLATFORM_FIELDS = ['os', 'architecture', 'variant', 'os.version', 'os.features'] as const;

/**
 * Says more about an entry.
 *
 * @param position from `findEntry`
 * @throws Failure when the entry would then be for the platform of another, or for half a platform
 */
export function annotateEntry(
  document: IndexDocument,
  position: number,
  changes: EntryChanges,
): IndexDocument {
  const where = ['manifests', position];
  const before = document.entry(position);
  const platform = PLATFORM_FIELDS.filter((field) => changes[field] !== undefined);
  let result = document;
  if (platform.length > 0) {
    if (before.platform === undefined) result = result.set([...where, 'platform'], {});
    for (const field of platform) {
      result = setOrRemove(result, [...where, 'platform', field], changes[field]);
    }
    requireWholePlatform(result.entry(position));
    requireDistinct(result.entries);
  }
  result = setAnnotations(result, where, before.annotations, changes.annotations ?? {});
  return requireExpressible(result);
}

/** Sets annotations of the index itself; empty text removes one. */
export function annotateIndex(
  document: IndexDocument,
  annotations: Readonly<Record<string, string>>,
): IndexDocument {
  return requireExpressible(setAnnotations(document, [], document.index.annotations, annotations));
}

function setAnnotations(
  document: IndexDocument,
  where: readonly (string | number)[],
  before: Readonly<Record<string, string>> | undefined,
  changes: Readonly<Record<string, string>>,
): IndexDocument {
  const entries = Object.entries(changes);
  if (entries.length === 0) return document;
  const path = [...where, 'annotations'];
  if (before === undefined) {
    const added = Object.fromEntries(entries.filter(([, value]) => value !== ''));
    return Object.keys(added).length === 0 ? document : document.set(path, added);
  }
  return entries.reduce(
    (result, [name, value]) =>
      value === '' && before[name] === undefined
        ? result
        : setOrRemove(result, [...path, name], value),
    document,
  );
}

function setOrRemove(
  document: IndexDocument,
  path: (string | number)[],
  value: string | readonly string[] | undefined,
): IndexDocument {
  return document.set(path, value?.length === 0 ? undefined : value);
}

function requireWholePlatform({ digest, platform }: Descriptor): void {
  if (platform?.os && platform.architecture) return;
  throw new Failure(`the entry ${digest} would have half a platform`, {
    why: 'a platform is an operating system and an architecture at least',
    help: 'set both with --os and --arch',
  });
}
