import type { IndexDraft } from '../../image/index/index-draft.js';
import type { PushedIndex } from '../../image/index/push-index.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { formatPlatformInFull } from '../../oci/platform.js';
import { formatReference } from '../../oci/reference.js';
import { formatTable } from '../table.js';

export function draftJson({ target, document, base }: IndexDraft): object {
  return {
    reference: formatReference(target),
    state: 'draft',
    mediaType: document.mediaType,
    digest: document.digest,
    ...(base !== undefined && { base }),
    index: JSON.parse(document.text) as unknown,
  };
}

export function draftText({ target, document }: IndexDraft): string {
  const reference = formatReference(target);
  return [
    `draft of ${reference} (${document.mediaType})`,
    entriesText(document.entries),
    `push it with: lazurite image index push ${reference}`,
  ].join('\n');
}

/** One line a draft: its reference and the platforms of its entries. */
export function draftsText(drafts: readonly IndexDraft[]): string {
  return formatTable(
    drafts.map(({ target, document }) => [
      formatReference(target),
      document.entries.map(entryName).join(', ') || 'no entries yet',
    ]),
  );
}

export function pushedJson(reference: string, pushed: PushedIndex): object {
  return { reference, state: 'pushed', ...pushed };
}

export function pushedText(reference: string, pushed: PushedIndex): string {
  const { copied, replaced, mediaType, digest, entries } = pushed;
  return [
    `pushed ${reference} (${mediaType})`,
    entriesText(entries),
    ...(copied.length > 0 ? [`copied from other repositories: ${copied.length}`] : []),
    ...(replaced === undefined ? [] : [`before, the tag meant ${replaced}`]),
    `digest: ${digest}`,
  ].join('\n');
}

function entriesText(entries: readonly Descriptor[]): string {
  if (entries.length === 0) return '  no entries yet';
  return formatTable(entries.map((entry) => [`  ${entryName(entry)}`, entry.digest]));
}

function entryName({ platform, artifactType }: Descriptor): string {
  return platform ? formatPlatformInFull(platform) : (artifactType ?? '-');
}
