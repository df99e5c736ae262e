import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Descriptor } from '../../oci/descriptor.js';
import { DocumentError } from '../../oci/document.js';
import { entryComponents, UnsafeEntryError } from '../../oci/layer/entry-path.js';
import { parseManifest } from '../../oci/manifest.js';
import { parseReference } from '../../oci/reference.js';
import { manifestReference, RemoteError } from '../../remote/registry-client.js';
import { extractSource, SourceArchiveError } from '../source-archive.js';
import type { FetchedSource, FetchOptions } from './fetched-source.js';

const SCHEME = /^oci:\/\//i;
/** What `oras push` says of a file. @see https://oras.land/docs/how_to_guides/pushing_and_pulling */
const TITLE = 'org.opencontainers.image.title';
const UNPACK = 'io.deis.oras.content.unpack';

/** `oci://registry/repository:tag`. */
export function isArtifactSource(location: string): boolean {
  return SCHEME.test(location);
}

/**
 * Fetches a source from an OCI artifact, as `oras push` makes them: layers that are archives are unpacked,
 * the others become files under their titles.
 *
 * @throws SourceArchiveError saying what could not be fetched, and why
 */
export async function fetchArtifact(
  location: string,
  directory: string,
  { openRepository, signal }: FetchOptions,
): Promise<FetchedSource> {
  if (openRepository === undefined) {
    throw new SourceArchiveError(`an artifact of a registry is no source here: ${location}`);
  }
  const reference = parseReference(location.replace(SCHEME, ''));
  if (reference === undefined) {
    throw new SourceArchiveError(`'${location}' is not of the form oci://REGISTRY/REPOSITORY:TAG`);
  }
  try {
    const repository = openRepository(reference.registry, reference.repository);
    const { bytes, mediaType } = await repository.getManifest(manifestReference(reference), signal);
    const parsed = parseManifest(bytes, mediaType);
    if (parsed.kind !== 'image') {
      throw new SourceArchiveError(`${location} is no artifact with files, but ${mediaType}`);
    }
    const { layers } = parsed.manifest;
    // Files first: an archive may hold links, and no file is to be written through one.
    for (const layer of layers.filter((each) => !isArchive(each))) {
      await takeFile(await repository.getBlob(layer, signal), layer, directory);
    }
    for (const layer of layers.filter(isArchive)) {
      await takeArchive(await repository.getBlob(layer, signal), directory, signal);
    }
    return { directory };
  } catch (error) {
    signal?.throwIfAborted();
    const isKnown =
      error instanceof RemoteError ||
      error instanceof DocumentError ||
      error instanceof UnsafeEntryError;
    if (isKnown) throw new SourceArchiveError(`${location}: ${error.message}`);
    throw error;
  }
}

function isArchive({ mediaType, annotations }: Descriptor): boolean {
  return /tar[+.]gzip$/.test(mediaType) || annotations?.[UNPACK] === 'true';
}

async function takeFile(content: Readable, layer: Descriptor, directory: string): Promise<void> {
  const parts = entryComponents(layer.annotations?.[TITLE] ?? '');
  if (parts.length === 0) {
    content.destroy();
    throw new SourceArchiveError(`the layer ${layer.digest} has neither a title nor an archive`);
  }
  const target = path.join(directory, ...parts);
  await mkdir(path.dirname(target), { recursive: true });
  await pipeline(content, createWriteStream(target, { flags: 'wx' }));
}

async function takeArchive(
  content: Readable,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = `${directory}.layer`;
  try {
    await pipeline(content, createWriteStream(file));
    await extractSource(file, directory, { signal });
  } finally {
    await rm(file, { force: true });
  }
}
