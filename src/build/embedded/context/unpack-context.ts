import path from 'node:path';
import type { Readable } from 'node:stream';
import { Failure, messageOf } from '../../../base/failure.js';
import { FileTree, walkTree, type TreeNode } from '../tree/file-tree.js';
import { applyLayer } from '../tree/layer-reader.js';
import { writeDraft } from '../tree/root-directory.js';

/**
 * Unpacks a tar (plain, gzip or zstd) into an empty directory. Names are resolved before anything is
 * written, so that none leads out of it.
 *
 * @param scratch takes the contents of the files meanwhile
 * @throws Failure when it is no tar
 */
export async function unpackContext(
  archive: Readable,
  directory: string,
  scratch: string,
): Promise<void> {
  const tree = new FileTree();
  try {
    await applyLayer(tree, archive, { spoolFile: path.join(scratch, 'unpacked') });
  } catch (error) {
    throw new Failure('the context is no tar archive', { why: messageOf(error), cause: error });
  }
  const nodes = [...walkTree(tree.root)].map(([where, node]): [string, TreeNode] => [
    `/${where}`,
    node,
  ]);
  await writeDraft(directory, { nodes: new Map(nodes) });
}
