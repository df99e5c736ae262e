import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import type { FileNode, TreeNode } from './file-tree.js';
import type { LayerDraft } from './layer-writer.js';

/** Digests of file contents by what the file system says of the file; the oldest ones go. */
const contentDigests = new Map<string, string>();
const MAX_REMEMBERED = 200_000;

/**
 * A digest of what a layer would hold, times left out: as with Docker, a file that was only touched is
 * the same file. Contents are hashed once and remembered as long as the file stays as it is.
 */
export async function digestDraft(draft: LayerDraft): Promise<string> {
  const hash = createHash('sha256');
  for (const where of [...draft.nodes.keys()].sort()) {
    const node = draft.nodes.get(where);
    if (node) hash.update(`${JSON.stringify([where, ...(await identity(node))])}\n`);
  }
  return hash.digest('hex');
}

async function identity(node: TreeNode): Promise<unknown[]> {
  const common = [node.type, node.mode, node.uid, node.gid, [...(node.xattrs ?? [])]];
  switch (node.type) {
    case 'file':
      return [...common, node.size, node.size === 0 ? '' : await contentDigest(node)];
    case 'symlink':
      return [...common, node.target];
    case 'directory':
      return common;
    default:
      return [...common, node.major, node.minor];
  }
}

async function contentDigest(node: FileNode): Promise<string> {
  const { file, offset } = node.content;
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
    const key = [dev, ino, size, mtimeNs, ctimeNs, offset, node.size].join(':');
    const known = contentDigests.get(key);
    if (known !== undefined) return known;
    const hash = createHash('sha256');
    const end = offset + node.size - 1;
    const content = handle.createReadStream({ start: offset, end, autoClose: false });
    for await (const chunk of content as AsyncIterable<Buffer>) hash.update(chunk);
    const digest = hash.digest('hex');
    remember(key, digest);
    return digest;
  } finally {
    await handle.close();
  }
}

function remember(key: string, digest: string): void {
  const [oldest] = contentDigests.keys();
  if (contentDigests.size >= MAX_REMEMBERED && oldest !== undefined) contentDigests.delete(oldest);
  contentDigests.set(key, digest);
}
