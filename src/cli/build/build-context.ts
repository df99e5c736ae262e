import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure, messageOf } from '../../base/failure.js';
import { unpackContext } from '../../build/embedded/context/unpack-context.js';
import { SourceArchiveError } from '../../tasks/source-archive.js';
import { fetchSource, isRemoteSource } from '../../tasks/sources/remote-source.js';

/** What a build reads, and where its Dockerfile is. */
export interface BuildSource {
  contextDirectory: string;
  dockerfile: string;
  dockerfileDirectory: string;
}

/** A Dockerfile on standard input is a small text. */
const MAX_DOCKERFILE_BYTES = 2 * 1024 * 1024;

/**
 * Finds the context: a directory, or `-` for a tar (plain, gzip or zstd) or a Dockerfile alone on standard
 * input, a git repository (`URL.git#REF:FOLDER`), or the URL of a tar.gz.
 *
 * @param file of `--file`: relative to the working directory for a directory, to the root of an archive
 * @param scratch takes what has to be unpacked
 * @throws Failure
 */
export async function openSource(
  context: string,
  file: string | undefined,
  { scratch, stdin }: { scratch: string; stdin: Readable },
): Promise<BuildSource> {
  if (context === '-') return fromStandardInput(stdin, file, scratch);
  if (isRemoteSource(context)) return fromSomewhereElse(context, file, scratch);
  const stats = await stat(context).catch((error: unknown) => {
    throw new Failure(`there is no build context ${context}`, { why: messageOf(error) });
  });
  if (!stats.isDirectory()) {
    throw new Failure(`the build context ${context} is no directory`, {
      help: 'name a directory, or pipe a tar to: lazurite build -',
      exitCode: 2,
    });
  }
  if (file === undefined) {
    return { contextDirectory: context, dockerfile: 'Dockerfile', dockerfileDirectory: context };
  }
  const dockerfileDirectory = path.dirname(path.resolve(file));
  return { contextDirectory: context, dockerfile: path.basename(file), dockerfileDirectory };
}

/** A git repository, or an archive by URL. */
async function fromSomewhereElse(
  context: string,
  file: string | undefined,
  scratch: string,
): Promise<BuildSource> {
  try {
    const { directory } = await fetchSource(context, { directory: scratch });
    return {
      contextDirectory: directory,
      dockerfile: file ?? 'Dockerfile',
      dockerfileDirectory: directory,
    };
  } catch (error) {
    if (!(error instanceof SourceArchiveError)) throw error;
    throw new Failure('the build context cannot be fetched', { why: error.message, cause: error });
  }
}

async function fromStandardInput(
  stdin: Readable,
  file: string | undefined,
  scratch: string,
): Promise<BuildSource> {
  const spool = path.join(scratch, 'stdin');
  const contextDirectory = path.join(scratch, 'context');
  await mkdir(contextDirectory, { recursive: true });
  await pipeline(stdin, createWriteStream(spool, { mode: 0o600 }));
  if (await isArchive(spool)) {
    await unpackContext(createReadStream(spool), contextDirectory, scratch);
    await rm(spool);
    const dockerfile = file ?? 'Dockerfile';
    return { contextDirectory, dockerfile, dockerfileDirectory: contextDirectory };
  }
  const { size } = await stat(spool);
  if (size === 0 || size > MAX_DOCKERFILE_BYTES || (await readFile(spool)).includes(0)) {
    throw new Failure('standard input holds neither a tar nor a Dockerfile', {
      help: 'tar -c . | lazurite build -',
      exitCode: 2,
    });
  }
  return { contextDirectory, dockerfile: 'stdin', dockerfileDirectory: scratch };
}

async function isArchive(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(512);
    await handle.read(head, 0, head.length, 0);
    const hex = head.subarray(0, 4).toString('hex');
    const isTar = head.subarray(257, 262).toString('latin1') === 'ustar';
    return isTar || hex.startsWith('1f8b') || hex === '28b52ffd';
  } finally {
    await handle.close();
  }
}
