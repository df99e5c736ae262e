import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { parseManifest } from '../../oci/manifest.js';
import type { FetchedManifest } from '../../remote/registry-client.js';
import type { ImageWriter } from '../image-writer.js';
import { withEntry } from './layout-names.js';
import type { OciLayout } from './oci-layout.js';

export interface LayoutWriterOptions {
  /** As the user wrote it, for messages. */
  text: string;
  digest?: Digest | undefined;
  /** Annotations of the entry in `index.json` that carry the name. */
  names: Record<string, string>;
}

/**
 * Adds an image to a layout. `index.json` changes last.
 *
 * @param openLayout called when the first thing is written, not before
 */
export function layoutWriter(
  openLayout: () => Promise<OciLayout>,
  options: LayoutWriterOptions,
): ImageWriter {
  const { text, names, digest } = options;
  /** Referrers stand in `index.json` themselves: nothing else leads to them. */
  const referrers: Descriptor[] = [];
  return {
    text,
    digest,
    async hasManifest(wanted) {
      return (await openLayout()).hasBlob(wanted);
    },
    async putBlob(descriptor, open) {
      const layout = await openLayout();
      if ((await layout.blobSize(descriptor.digest)) === descriptor.size) return 'present';
      await layout.writeBlob(descriptor, await open());
      return 'written';
    },
    async putManifest(manifest) {
      const layout = await openLayout();
      await layout.writeManifest(manifest.digest, manifest.bytes);
      if (hasSubject(manifest)) referrers.push(describe(manifest));
    },
    async commit(root) {
      const layout = await openLayout();
      let entries = withEntry(await layout.readIndex(), describe(root), names);
      for (const referrer of referrers) {
        const listed = entries.some((entry) => entry.digest === referrer.digest);
        if (!listed) entries = [...entries, referrer];
      }
      await layout.writeIndex(entries);
    },
    close: () => Promise.resolve(),
  };
}

function describe({ mediaType, digest, bytes }: FetchedManifest): Descriptor {
  return { mediaType, digest, size: bytes.length };
}

function hasSubject({ bytes, mediaType }: FetchedManifest): boolean {
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind === 'other') return false;
  return (parsed.kind === 'image' ? parsed.manifest : parsed.index).subject !== undefined;
}
