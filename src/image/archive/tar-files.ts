import { createReadStream } from 'node:fs';
import path from 'node:path/posix';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import { messageOf } from '../../base/failure.js';
import { DocumentError } from '../../oci/document.js';
import { entryComponents, UnsafeEntryError } from '../../oci/layer/entry-path.js';
import type { LayoutFiles } from '../layout/layout-files.js';

/** An archive of images has a few files a layer. */
const MAX_ENTRIES = 100_000;
const MAX_LINKS = 8;

/** Where a file lies in the archive; or what a link leads to. */
type TarEntry = { offset: number; size: number } | { link: string };

/**
 * The files of a tar, read where they lie: nothing is unpacked, so no name or link can reach out.
 *
 * @param text for messages, e.g. `'docker-archive:app.tar'`
 * @throws DocumentError for what is no tar, is damaged, or has names with `..`
 */
export async function openTarFiles(file: string, text: string): Promise<LayoutFiles> {
  const entries = await scan(file, text);
  const find = (name: string): { offset: number; size: number } | undefined => {
    let entry = entries.get(name);
    for (let hops = 0; entry !== undefined && 'link' in entry; hops++) {
      if (hops === MAX_LINKS) return undefined;
      entry = entries.get(entry.link);
    }
    return entry;
  };
  return {
    text,
    size: (name) => Promise.resolve(find(name)?.size),
    open(name) {
      const entry = find(name);
      if (entry === undefined || entry.size === 0) return Readable.from([]);
      const end = entry.offset + entry.size - 1;
      return createReadStream(file, { start: entry.offset, end });
    },
  };
}

async function scan(file: string, text: string): Promise<Map<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  const extract = tar.extract();
  const reading = pipeline(createReadStream(file), extract);
  // Its failure is that of the loop below as well.
  reading.catch(() => undefined);
  try {
    for await (const entry of extract) {
      if (entries.size >= MAX_ENTRIES) {
        throw new DocumentError(`${text} has more than ${MAX_ENTRIES} entries`);
      }
      const found = entryOf(entry.header);
      if (found) entries.set(entryComponents(entry.header.name).join('/'), found);
      entry.resume();
    }
    await reading;
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    if (error instanceof UnsafeEntryError) throw new DocumentError(`${text}: ${error.message}`);
    throw new DocumentError(`${text} is no whole tar archive: ${messageOf(error)}`);
  }
  return entries;
}

function entryOf(header: tar.Header): TarEntry | undefined {
  const { type, size, linkname } = header;
  if (type === 'file' || type === 'contiguous-file') {
    // Set by the library for its own use; its types do not know it.
    const offset: unknown = Reflect.get(header, 'byteOffset');
    if (typeof offset !== 'number') throw new DocumentError('the tar reader tells no offsets');
    return { offset, size };
  }
  if (typeof linkname !== 'string') return undefined;
  if (type === 'link') return { link: entryComponents(linkname).join('/') };
  if (type !== 'symlink') return undefined;
  const target = path.join(path.dirname(header.name), linkname);
  return target.startsWith('..') ? undefined : { link: entryComponents(target).join('/') };
}
