import { closeSync, constants, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { FileNode } from './file-tree.js';

/** A file that has become a link since it was listed is not followed. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW;
const CHUNK_BYTES = 1024 * 1024;
/** Below this, waiting for a thread takes longer than reading. */
const SMALL_BYTES = 128 * 1024;
/** A server must not be deaf for longer than these take. */
const SMALL_FILES_A_TURN = 64;

let smallFiles = 0;

/** The bytes of a file of a tree, in large pieces that are the caller's own; a file that shrank ends early. */
export async function* contentOf(node: FileNode): AsyncGenerator<Buffer, void> {
  if (node.size <= SMALL_BYTES) {
    if (++smallFiles % SMALL_FILES_A_TURN === 0) await othersTurn();
    if (node.size > 0) yield smallContent(node);
    return;
  }
  const handle = await open(node.content.file, FLAGS);
  try {
    for (let at = 0; at < node.size;) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, node.size - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, node.content.offset + at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function smallContent({ content, size }: FileNode): Buffer {
  const descriptor = openSync(content.file, FLAGS);
  try {
    const buffer = Buffer.allocUnsafeSlow(size);
    let length = 0;
    for (let read = 1; read > 0 && length < size; length += read) {
      read = readSync(descriptor, buffer, length, size - length, content.offset + length);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** The first bytes of a file of a tree. */
export async function headOf(node: FileNode, limit: number): Promise<Buffer> {
  const handle = await open(node.content.file, FLAGS);
  try {
    const buffer = Buffer.alloc(Math.min(node.size, limit));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, node.content.offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
