import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../../base/failure.js';
import { CopyError } from '../tree/copy.js';
import { FileTree } from '../tree/file-tree.js';

/** A file of a build that is larger than this belongs into a base image. */
const MAX_REMOTE_BYTES = 4 * 1024 ** 3;

export interface RemoteFile {
  /** Holds the one file. */
  tree: FileTree;
  name: string;
}

/**
 * Fetches what ADD names by URL. Its mode is 0600 and its time the server's, as with Docker.
 *
 * @param checksum `sha256:…` that the content must have
 * @throws CopyError
 */
export async function fetchRemoteFile(
  address: string,
  file: string,
  options: { checksum?: string; now: number; signal?: AbortSignal | undefined },
): Promise<RemoteFile> {
  const name = fileName(address);
  const response = await fetch(address, {
    redirect: 'follow',
    ...(options.signal && { signal: options.signal }),
  }).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw new CopyError(`cannot fetch ${address}: ${causeOf(error)}`);
  });
  if (!response.ok || response.body === null) {
    throw new CopyError(`cannot fetch ${address}: ${response.status} ${response.statusText}`);
  }
  const { size, digest } = await receive(Readable.fromWeb(response.body), file, address);
  if (options.checksum !== undefined && options.checksum !== digest) {
    throw new CopyError(
      `digest mismatch ${digest}: ${options.checksum} was expected of ${address}`,
    );
  }
  const modified = Date.parse(response.headers.get('last-modified') ?? '');
  const mtime = Number.isNaN(modified) ? options.now : Math.floor(modified / 1000);
  const tree = new FileTree();
  const attributes = { mode: 0o600, uid: 0, gid: 0, mtime, size };
  tree.set(`/${name}`, { type: 'file', ...attributes, content: { file, offset: 0 } });
  return { tree, name };
}

function fileName(address: string): string {
  if (!URL.canParse(address)) throw new CopyError(`not a URL: ${address}`);
  const name = path.posix.basename(decoded(new URL(address).pathname));
  if (name === '' || name === '..' || name === '.' || name.includes('\0')) {
    throw new CopyError(`cannot determine filename from url: ${address}`);
  }
  return name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined
    ? messageOf(error.cause)
    : messageOf(error);
}

async function receive(
  content: Readable,
  file: string,
  address: string,
): Promise<{ size: number; digest: string }> {
  const hash = createHash('sha256');
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      if (size > MAX_REMOTE_BYTES) done(new CopyError(`${address} is larger than 4 GiB`));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(content, counted, createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    if (error instanceof CopyError) throw error;
    throw new CopyError(`cannot fetch ${address}: ${messageOf(error)}`);
  }
  return { size, digest: `sha256:${hash.digest('hex')}` };
}
