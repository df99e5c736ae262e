import { Failure } from '../../base/failure.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { describeEntry } from '../../oci/index/entry-selector.js';
import { requireDistinct } from '../../oci/index/edit-index.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import { manifestReference, type RepositoryClient } from '../../remote/registry-client.js';
import { copyImage } from '../copy/copy-image.js';
import { forEachLimited } from '../copy/slots.js';
import { registryReader } from '../registry/registry-reader.js';
import { registryWriter } from '../registry/registry-writer.js';
import type { IndexContext } from './edit-draft.js';
import type { IndexDraft } from './index-draft.js';
import { isMissing } from './index-sources.js';

export interface PushOptions {
  /** Drop the draft when it is pushed, as `docker manifest push --purge` does. */
  purge?: boolean | undefined;
  /** Push although the tag has moved since the draft was begun from it. */
  force?: boolean | undefined;
}

export interface PushedIndex {
  digest: Digest;
  mediaType: string;
  /** Bytes of the index. */
  size: number;
  entries: readonly Descriptor[];
  /** Images that came from other repositories. */
  copied: readonly Digest[];
  /** What the tag meant before, if that was another. */
  replaced?: Digest;
  /** Whether the draft is gone. */
  purged: boolean;
}

const CONCURRENCY = 4;

/**
 * Pushes a draft: images from other repositories come first (mounted where it is the same registry), then
 * every entry must be there, and only then the tag moves.
 *
 * @throws Failure when there is no draft, an entry is missing, or the tag has moved meanwhile
 */
export async function pushIndex(
  context: IndexContext,
  target: Reference,
  options: PushOptions = {},
): Promise<PushedIndex> {
  const draft = await context.drafts.load(target);
  if (draft === undefined) throw nothingToPush(target);
  const { document } = draft;
  if (document.entries.length === 0) throw emptyIndex(target);
  requireDistinct(document.entries);
  const repository = await context.openRepository(target);
  const copied = await gatherEntries(context, draft, repository);
  const before = await digestOfTag(repository, target, context.signal);
  if (options.force !== true) requireUnmoved(draft, before);
  const { bytes, mediaType, digest } = document;
  await repository.putManifest(manifestReference(target), mediaType, bytes, context.signal);
  const purged = options.purge === true && (await context.drafts.removeUnchanged(draft));
  return {
    ...{ digest, mediaType, size: bytes.length, entries: document.entries, copied, purged },
    ...(before !== undefined && before !== digest && { replaced: before }),
  };
}

async function gatherEntries(
  context: IndexContext,
  draft: IndexDraft,
  repository: RepositoryClient,
): Promise<Digest[]> {
  const copied: Digest[] = [];
  const missing: Descriptor[] = [];
  await forEachLimited(draft.document.entries, CONCURRENCY, async (entry) => {
    if (await repository.hasManifest(entry.digest, context.signal)) return;
    const origin = originOf(draft, entry);
    if (origin === undefined) missing.push(entry);
    else if (await copyEntry(context, entry, origin, draft.target)) copied.push(entry.digest);
    else missing.push(entry);
  });
  if (missing.length > 0) throw missingEntries(draft, missing);
  return copied;
}

/** The repository that an entry has to be copied from. */
function originOf({ sources, target }: IndexDraft, { digest }: Descriptor): Reference | undefined {
  return sources.find(
    (source) => source.digest === digest && repositoryOf(source.reference) !== repositoryOf(target),
  )?.reference;
}

function repositoryOf({ registry, repository }: Reference): string {
  return `${registry}/${repository}`;
}

/** @returns whether the image is there */
async function copyEntry(
  { openRepository, signal }: IndexContext,
  { digest }: Descriptor,
  origin: Reference,
  target: Reference,
): Promise<boolean> {
  const from = { registry: origin.registry, repository: origin.repository, digest };
  const to = { registry: target.registry, repository: target.repository, digest };
  const reader = registryReader(await openRepository(from), from, formatReference(from));
  const writer = registryWriter(await openRepository(to), to, formatReference(to));
  try {
    await copyImage(reader, writer, { signal });
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function digestOfTag(
  repository: RepositoryClient,
  target: Reference,
  signal: AbortSignal | undefined,
): Promise<Digest | undefined> {
  try {
    return (await repository.getManifest(manifestReference(target), signal)).digest;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function requireUnmoved({ base, target }: IndexDraft, now: Digest | undefined): void {
  if (base === undefined || base === now) return;
  const text = formatReference(target);
  throw new Failure(`${text} has moved since the draft was begun`, {
    why: `the draft was made from ${base}, and the tag now means ${now ?? 'nothing'}`,
    help: `push over it with --force, or begin again: lazurite image index discard ${text}`,
  });
}

/** More would not be read. */
const SHOWN = 10;

function missingEntries({ target }: IndexDraft, missing: readonly Descriptor[]): Failure {
  const shown = missing.slice(0, SHOWN).map(describeEntry).join(', ');
  const images = missing.length === 1 ? 'an image' : `${missing.length} images`;
  return new Failure(`the index names ${images} that ${repositoryOf(target)} does not have`, {
    why: shown,
    help: 'push what is missing, or take it out: lazurite image index remove INDEX DIGEST',
  });
}

function emptyIndex(target: Reference): Failure {
  return new Failure(`the draft of ${formatReference(target)} has no entries`, {
    help: 'add an image first: lazurite image index add INDEX IMAGE',
  });
}

function nothingToPush(target: Reference): Failure {
  const text = formatReference(target);
  return new Failure(`there is no draft of ${text}`, {
    why: 'it was never created here, or it is pushed and purged already',
    help: `begin with: lazurite image index create ${text} IMAGE…`,
  });
}
