import { createHash } from 'node:crypto';
import type { ContentDigests } from './content-digests.js';
import type { FileNode, TreeNode } from './file-tree.js';
import type { LayerDraft } from './layer-writer.js';

/**
 * A digest of what a layer would hold, times left out: as with Docker, a file that was only touched is
 * the same file.
 */
export async function digestDraft(draft: LayerDraft, contents: ContentDigests): Promise<string> {
  const hash = createHash('sha256');
  await contents.open();
  let lines = '';
  for (const where of [...draft.nodes.keys()].sort()) {
    const node = draft.nodes.get(where);
    if (!node) continue;
    // Thousands of files that are known already are not worth a wait each.
    const content = isFull(node) ? (contents.known(node) ?? (await contents.of(node))) : '';
    lines += `${JSON.stringify([where, ...identity(node, content)])}\n`;
    if (lines.length < BATCH) continue;
    hash.update(lines);
    lines = '';
  }
  return hash.update(lines).digest('hex');
}

const BATCH = 64 * 1024;

function isFull(node: TreeNode): node is FileNode {
  return node.type === 'file' && node.size > 0;
}

function identity(node: TreeNode, content: string): unknown[] {
  const common = [node.type, node.mode, node.uid, node.gid, [...(node.xattrs ?? [])]];
  switch (node.type) {
    case 'file':
      return [...common, node.size, content];
    case 'symlink':
      return [...common, node.target];
    case 'directory':
      return common;
    default:
      return [...common, node.major, node.minor];
  }
}
