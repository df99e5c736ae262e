import type { Readable } from 'node:stream';
import type { Header } from 'tar-stream';
import type { Descriptor } from '../../oci/descriptor.js';
import type { ImageConfig } from '../../oci/image-config.js';
import { entryComponents } from '../../oci/layer/entry-path.js';
import { whiteoutOf } from '../../oci/layer/whiteout.js';
import { PROGRAM_HEAD_BYTES, readProgram, type Program } from '../../oci/program/program.js';
import { readLayer } from '../../runtime/embedded/layers/read-layer.js';
import { ImageFiles } from './image-files.js';

/** Where the layers of an image come from. */
export interface LayerSource {
  layers: readonly Descriptor[];
  config: ImageConfig;
  /** Verified against the descriptor while they stream. */
  openLayer(layer: Descriptor, signal?: AbortSignal): Promise<Readable>;
}

/**
 * Reads all layers, one after the other, and keeps the names of their files and what programs are in them.
 *
 * @throws LayerMismatchError, UnsafeEntryError, DocumentError, or what reading a layer throws
 */
export async function readImageFiles(
  source: LayerSource,
  signal?: AbortSignal,
): Promise<ImageFiles> {
  const isWindows = source.config.os === 'windows';
  const files = new ImageFiles({ ignoreCase: isWindows });
  for (const [index, diffId] of source.config.rootfs.diff_ids.entries()) {
    const layer = source.layers[index];
    if (layer === undefined) break;
    files.beginLayer();
    const add = (header: Header, body: AsyncIterable<unknown>) =>
      addEntry(files, header, body, isWindows);
    await readLayer(await source.openLayer(layer, signal), diffId, add, signal);
  }
  return files;
}

async function addEntry(
  files: ImageFiles,
  header: Header,
  body: AsyncIterable<unknown>,
  isWindows: boolean,
): Promise<void> {
  const components = entryComponents(header.name);
  const name = components.at(-1);
  const whiteout = whiteoutOf(name ?? '');
  if (whiteout.kind === 'opaque') files.clearBelow(components.slice(0, -1));
  if (whiteout.kind === 'removes') files.removeBelow([...components.slice(0, -1), whiteout.name]);
  if (name === undefined || whiteout.kind !== 'none') return drain(body);
  switch (header.type) {
    case 'directory':
      files.addDirectory(components);
      break;
    case 'symlink':
      files.addSymlink(components, header.linkname);
      break;
    case 'link':
      files.addHardLink(components, entryComponents(header.linkname));
      break;
    case 'file':
    case 'contiguous-file': {
      const executable = isWindows ? /\.(?:exe|com)$/i.test(name) : (header.mode & 0o111) !== 0;
      files.addFile(components, executable, executable ? await programIn(body) : undefined);
      break;
    }
    default:
      files.addOther(components);
  }
  await drain(body);
}

/** Looks at the head and lets the rest pass. */
async function programIn(body: AsyncIterable<unknown>): Promise<Program | undefined> {
  let head = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const wanted = PROGRAM_HEAD_BYTES - head.length;
    if (wanted > 0) head = Buffer.concat([head, chunk.subarray(0, wanted)]);
  }
  return readProgram(head);
}

async function drain(body: AsyncIterable<unknown>): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
}
