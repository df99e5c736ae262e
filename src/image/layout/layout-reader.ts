import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { isImageManifestMediaType, isIndexMediaType } from '../../oci/media-types.js';
import { parseManifest } from '../../oci/manifest.js';
import type { ImageReader } from '../image-reader.js';
import { LayoutContent } from './layout-content.js';
import { directoryFiles } from './layout-files.js';
import { chooseEntry, type LayoutChoice } from './layout-names.js';

/**
 * Reads one image of a layout. Referrers are the entries of `index.json` that name it as their subject.
 *
 * @throws Failure when the layout does not have what is asked for
 */
export async function layoutReader(
  content: LayoutContent,
  choice: LayoutChoice,
  text: string,
  close: () => Promise<void> = () => Promise.resolve(),
): Promise<ImageReader> {
  const entries = await content.readIndex();
  const root = await chooseRoot(content, entries, choice, text);
  let referrers: Promise<Map<Digest, Descriptor[]>> | undefined;
  return {
    text,
    root,
    origin: undefined,
    getManifest: (reference) => content.getManifest(reference),
    getBlob: (descriptor) => content.getBlob(descriptor),
    async listReferrers(subject) {
      referrers ??= findReferrers(content, entries);
      return (await referrers).get(subject) ?? [];
    },
    close,
  };
}

/** By digest, a manifest that only an index in the layout names can be meant too. */
async function chooseRoot(
  content: LayoutContent,
  entries: readonly Descriptor[],
  choice: LayoutChoice,
  text: string,
): Promise<Digest> {
  const { digest } = choice;
  if (digest !== undefined && (await content.hasBlob(digest))) return digest;
  return chooseEntry(entries, choice, text).digest;
}

/** The image of that digest in a layout that is a directory. */
export async function openLayout(directory: string, digest: Digest): Promise<ImageReader> {
  return layoutReader(await LayoutContent.open(directoryFiles(directory)), { digest }, directory);
}

async function findReferrers(
  content: LayoutContent,
  entries: readonly Descriptor[],
): Promise<Map<Digest, Descriptor[]>> {
  const bySubject = new Map<Digest, Descriptor[]>();
  const seen = new Set<Digest>();
  for (const entry of entries) {
    const { mediaType, digest } = entry;
    const isManifest = isIndexMediaType(mediaType) || isImageManifestMediaType(mediaType);
    if (!isManifest || seen.has(digest) || !(await content.hasBlob(digest))) continue;
    seen.add(digest);
    const parsed = parseManifest((await content.getManifest(digest)).bytes, mediaType);
    if (parsed.kind === 'other') continue;
    const { subject } = parsed.kind === 'image' ? parsed.manifest : parsed.index;
    if (subject === undefined) continue;
    bySubject.set(subject.digest, [...(bySubject.get(subject.digest) ?? []), entry]);
  }
  return bySubject;
}
