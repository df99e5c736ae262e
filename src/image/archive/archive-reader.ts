import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../base/failure.js';
import { DocumentError } from '../../oci/document.js';
import { compressionOf } from '../../runtime/embedded/layers/decompress.js';
import type { ImageReader } from '../image-reader.js';
import { LayoutContent } from '../layout/layout-content.js';
import { layoutReader } from '../layout/layout-reader.js';
import { limitBytes } from './limit-bytes.js';
import { savedImagesAsLayout } from './saved-images.js';
import { openTarFiles } from './tar-files.js';

/** What a compressed archive may unpack to. */
const MAX_ARCHIVE_BYTES = 64 * 1024 ** 3;

/**
 * Reads one image of an archive of `docker save`: the old kind with a `manifest.json`, and the newer one
 * that is also an OCI layout. `docker save | gzip` is unpacked to a temporary file first.
 *
 * @param name e.g. `'docker.io/library/app:v1'`; undefined for the only image there is
 * @throws DocumentError, Failure
 */
export async function openArchive(
  file: string,
  name: string | undefined,
  text: string,
): Promise<ImageReader> {
  const plain = await uncompressed(file, text);
  try {
    const files = await openTarFiles(plain.file, text);
    const isLayout = (await files.size('index.json')) !== undefined;
    const layout = isLayout ? files : await savedImagesAsLayout(files);
    return await layoutReader(await LayoutContent.open(layout), { name }, text, plain.remove);
  } catch (error) {
    await plain.remove();
    throw error;
  }
}

async function uncompressed(
  file: string,
  text: string,
): Promise<{ file: string; remove: () => Promise<void> }> {
  const compression = compressionOf(await readHead(file));
  if (compression === 'none') return { file, remove: () => Promise.resolve() };
  if (compression === 'zstd') {
    throw new DocumentError(`${text} is compressed with zstd; unpack it first: zstd -d ${file}`);
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'lazurite-archive-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const target = path.join(directory, 'archive.tar');
  const limit = limitBytes(MAX_ARCHIVE_BYTES, text);
  try {
    await pipeline(createReadStream(file), createGunzip(), limit, createWriteStream(target));
    return { file: target, remove };
  } catch (error) {
    await remove();
    if (error instanceof DocumentError) throw error;
    throw new DocumentError(`${text} is no whole archive: ${messageOf(error)}`);
  }
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
