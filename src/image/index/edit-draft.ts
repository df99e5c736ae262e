import { Failure } from '../../base/failure.js';
import type { Digest } from '../../oci/digest.js';
import { annotateEntry, annotateIndex, type EntryChanges } from '../../oci/index/annotate-index.js';
import { addEntries, convertIndex, createIndex, removeEntry } from '../../oci/index/edit-index.js';
import { findEntry, type EntrySelector } from '../../oci/index/entry-selector.js';
import { IndexDocument } from '../../oci/index/index-document.js';
import type { IndexFormat } from '../../oci/index/index-type.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import { manifestReference } from '../../remote/registry-client.js';
import type { OpenRepository } from '../image-access.js';
import type { DraftStore } from './draft-store.js';
import type { DraftSource, IndexDraft } from './index-draft.js';
import { isMissing, readSource, type IndexSource } from './index-sources.js';

/**
 * Editing of indexes, as `docker manifest` does it: a draft is created, added to, annotated, and pushed by
 * `pushIndex`. Nothing in a registry changes before the push. All functions take the same context; targets
 * and sources are parsed references, and a target has a tag.
 *
 * @example
 * const context = { openRepository, drafts: new DraftStore('/home/me/.lazurite/index-drafts') };
 * await createDraft(context, parse('r.test/app:v1'), [parse('r.test/app:v1-amd64'), parse('r.test/app:v1-arm64')]);
 * await annotateDraft(context, parse('r.test/app:v1'), { platform }, { variant: 'v8' });
 * const { digest } = await pushIndex(context, parse('r.test/app:v1'), { purge: true });
 */
export interface IndexContext {
  openRepository: OpenRepository;
  drafts: DraftStore;
  signal?: AbortSignal | undefined;
}

export interface CreateOptions {
  /** By default what the entries are: a manifest list of Docker's own manifests, else an OCI index. */
  format?: IndexFormat | undefined;
  /** Add to a draft that exists, and let a source take the place of the one for its platform. */
  amend?: boolean | undefined;
  annotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * Begins a draft: `docker manifest create TARGET SOURCE…`.
 *
 * @throws Failure when a draft exists (without `amend`), a source is missing or a platform comes twice
 */
export async function createDraft(
  context: IndexContext,
  target: Reference,
  sources: readonly Reference[],
  options: CreateOptions = {},
): Promise<IndexDraft> {
  requireTag(target);
  const read = await readSources(context, sources);
  return context.drafts.update(target, (existing) => {
    if (existing !== undefined && options.amend !== true) throw draftExists(target);
    const draft = existing
      ? withSources(existing, read, true)
      : { target, document: createIndex(entriesOf(read), options.format), sources: named(read) };
    const document = options.format ? convertIndex(draft.document, options.format) : draft.document;
    return { ...draft, document: annotateIndex(document, options.annotations ?? {}) };
  });
}

/**
 * Adds images to a draft; where there is none, to one of what `target` means in its registry.
 *
 * @param options.replace let an image take the place of the one for its platform
 */
export async function addToDraft(
  context: IndexContext,
  target: Reference,
  sources: readonly Reference[],
  options: { replace?: boolean | undefined } = {},
): Promise<IndexDraft> {
  const read = await readSources(context, sources);
  return editDraft(context, target, (draft) => withSources(draft, read, options.replace === true));
}

/** Which entry: by platform, by digest, or by the reference it was taken in by. */
export type DraftSelector = EntrySelector | { reference: Reference };

/** Takes an entry out, with the attestations about it. */
export async function removeFromDraft(
  context: IndexContext,
  target: Reference,
  selectors: readonly DraftSelector[],
): Promise<IndexDraft> {
  return editDraft(context, target, (draft) => ({
    ...draft,
    document: selectors.reduce<IndexDocument>(
      (document, selector) => removeEntry(document, positionOf({ ...draft, document }, selector)),
      draft.document,
    ),
  }));
}

/** Says more about an entry: `docker manifest annotate TARGET SOURCE --variant …`. */
export async function annotateDraft(
  context: IndexContext,
  target: Reference,
  selector: DraftSelector,
  changes: EntryChanges,
): Promise<IndexDraft> {
  return editDraft(context, target, (draft) => ({
    ...draft,
    document: annotateEntry(draft.document, positionOf(draft, selector), changes),
  }));
}

/** Changes what a draft says of itself. */
export async function changeDraft(
  context: IndexContext,
  target: Reference,
  options: Pick<CreateOptions, 'format' | 'annotations'>,
): Promise<IndexDraft> {
  return editDraft(context, target, (draft) => {
    const { format, annotations = {} } = options;
    const document = format ? convertIndex(draft.document, format) : draft.document;
    return { ...draft, document: annotateIndex(document, annotations) };
  });
}

async function editDraft(
  context: IndexContext,
  target: Reference,
  edit: (draft: IndexDraft) => IndexDraft,
): Promise<IndexDraft> {
  requireTag(target);
  const exists = (await context.drafts.load(target)) !== undefined;
  const begun = exists ? undefined : await beginFromRegistry(context, target);
  return context.drafts.update(target, (current) => {
    const draft = current ?? begun;
    if (draft === undefined) throw noDraft(target);
    return edit(draft);
  });
}

async function beginFromRegistry(context: IndexContext, target: Reference): Promise<IndexDraft> {
  const repository = await context.openRepository(target);
  try {
    const found = await repository.getManifest(manifestReference(target), context.signal);
    const document = IndexDocument.parse(found.bytes, found.mediaType);
    return { target, document, sources: [], base: found.digest };
  } catch (error) {
    throw isMissing(error) ? noDraft(target) : error;
  }
}

function withSources(
  draft: IndexDraft,
  read: readonly IndexSource[],
  replace: boolean,
): IndexDraft {
  const document = addEntries(draft.document, entriesOf(read), { replace });
  return { ...draft, document, sources: [...draft.sources, ...named(read)] };
}

async function readSources(
  context: IndexContext,
  sources: readonly Reference[],
): Promise<IndexSource[]> {
  const read: IndexSource[] = [];
  for (const reference of sources) {
    read.push(await readSource(context.openRepository, reference, context.signal));
  }
  return read;
}

function entriesOf(sources: readonly IndexSource[]) {
  return sources.flatMap(({ entries }) => entries);
}

function named(sources: readonly IndexSource[]): DraftSource[] {
  return sources.flatMap(({ reference, entries }) =>
    entries.map(({ digest }) => ({ reference, digest })),
  );
}

function positionOf(draft: IndexDraft, selector: DraftSelector): number {
  if (!('reference' in selector)) return findEntry(draft.document.entries, selector);
  const text = formatReference(selector.reference);
  const digests = new Set<Digest>(
    draft.sources
      .filter(({ reference }) => formatReference(reference) === text)
      .map(({ digest }) => digest),
  );
  if (selector.reference.digest) digests.add(selector.reference.digest);
  const [digest, ...others] = digests;
  if (digest !== undefined && others.length === 0) {
    return findEntry(draft.document.entries, { digest });
  }
  throw new Failure(
    digest === undefined
      ? `${text} is not among the images of the draft`
      : `${text} is an index: it means ${digests.size} entries of the draft`,
    { help: 'name the entry by its platform or its digest' },
  );
}

function requireTag(target: Reference): void {
  if (target.tag !== undefined && target.digest === undefined) return;
  throw new Failure(`${formatReference(target)} names no tag to push an index to`, {
    why: 'the digest of an index is known only when it is made',
    help: 'name it REPOSITORY:TAG',
    exitCode: 2,
  });
}

function draftExists(target: Reference): Failure {
  const text = formatReference(target);
  return new Failure(`there is a draft of ${text} already`, {
    why: 'refusing to amend an existing manifest list with no --amend flag',
    help: `add --amend, or drop it: lazurite image index discard ${text}`,
  });
}

function noDraft(target: Reference): Failure {
  const text = formatReference(target);
  return new Failure(`there is no index ${text} to edit`, {
    why: 'there is no draft of it, and its registry has no such tag',
    help: `begin with: lazurite image index create ${text} IMAGE…`,
  });
}
