import { createHash } from 'node:crypto';
import type { ContentDigests } from './content-digests.js';
import type { TreeNode } from './file-tree.js';
import type { LayerDraft } from './layer-writer.js';

/**
 * A digest of what a layer would hold, times left out: as with Docker, a file that was only touched is
 * the same file.
 */
export async function digestDraft(draft: LayerDraft, contents: ContentDigests): Promise<string> {
  const hash = createHash('sha256');
  for (const where of [...draft.nodes.keys()].sort()) {
    const node = draft.nodes.get(where);
    if (node) hash.update(`${JSON.stringify([where, ...(await identity(node, contents))])}\n`);
  }
  return hash.digest('hex');
}

async function identity(node: TreeNode, contents: ContentDigests): Promise<unknown[]> {
  const common = [node.type, node.mode, node.uid, node.gid, [...(node.xattrs ?? [])]];
  switch (node.type) {
    case 'file':
      return [...common, node.size, node.size === 0 ? '' : await contents.of(node)];
    case 'symlink':
      return [...common, node.target];
    case 'directory':
      return common;
    default:
      return [...common, node.major, node.minor];
  }
}
