import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../base/failure.js';
import { extractSource, SourceArchiveError } from '../source-archive.js';
import { fetchArtifact, isArtifactSource } from './artifact-source.js';
import type { FetchedSource, FetchOptions } from './fetched-source.js';
import { cloneRepository, isGitSource } from './git-source.js';

const MAX_ARCHIVE_BYTES = 2 * 1024 ** 3;

/** Whether a source is fetched from somewhere else: a git repository, an archive or an artifact. */
export function isRemoteSource(location: string): boolean {
  return isArtifactSource(location) || isGitSource(location) || /^https?:\/\//i.test(location);
}

/** @throws SourceArchiveError saying what could not be fetched, and why */
export async function fetchSource(location: string, options: FetchOptions): Promise<FetchedSource> {
  const directory = path.join(options.directory, randomUUID());
  await mkdir(directory, { recursive: true });
  if (isArtifactSource(location)) return fetchArtifact(location, directory, options);
  if (isGitSource(location)) return cloneRepository(location, directory, options);
  const archive = `${directory}.tar.gz`;
  try {
    await download(location, archive, options.signal);
    await extractSource(archive, directory, { signal: options.signal });
  } finally {
    await rm(archive, { force: true });
  }
  return { directory };
}

async function download(
  location: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const response = await fetch(location, { ...(signal && { signal }) });
    if (!response.ok || response.body === null) {
      throw new SourceArchiveError(
        `${location} answered ${response.status} ${response.statusText}`,
      );
    }
    const body = Readable.fromWeb(response.body);
    await pipeline(body, limitBytes(location), createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SourceArchiveError) throw error;
    const cause = error instanceof Error && error.cause ? `: ${messageOf(error.cause)}` : '';
    throw new SourceArchiveError(`${location} cannot be fetched: ${messageOf(error)}${cause}`);
  }
}

function limitBytes(location: string) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let total = 0;
    for await (const chunk of source) {
      total += chunk.length;
      if (total > MAX_ARCHIVE_BYTES) {
        throw new SourceArchiveError(`${location} is larger than ${MAX_ARCHIVE_BYTES} bytes`);
      }
      yield chunk;
    }
  };
}
