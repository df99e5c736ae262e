import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { OciLayout } from '../../image/layout/oci-layout.js';
import { parseManifest } from '../../oci/manifest.js';
import type { BuiltImage } from '../image-builder.js';
import { FileTree, walkTree, type TreeNode } from './tree/file-tree.js';
import { applyLayer } from './tree/layer-reader.js';
import { writeDraft } from './tree/root-directory.js';

/**
 * Writes the files of an image, all layers on top of each other, into an empty directory. Owners are kept
 * where root does it.
 *
 * @param to.scratch takes the contents meanwhile, and goes
 */
export async function unpackImage(
  { layoutDirectory, manifest }: BuiltImage,
  to: { directory: string; scratch: string },
): Promise<void> {
  const layout = await OciLayout.create(layoutDirectory);
  const parsed = parseManifest(await buffer(layout.openBlob(manifest)), manifest.mediaType);
  if (parsed.kind !== 'image') throw new Error(`${manifest.digest} is no image`);
  const tree = new FileTree();
  await mkdir(to.scratch, { recursive: true });
  try {
    for (const [at, layer] of parsed.manifest.layers.entries()) {
      const spoolFile = path.join(to.scratch, `layer-${at}`);
      await applyLayer(tree, layout.openBlob(layer), { spoolFile });
    }
    const nodes = [...walkTree(tree.root)].map(([where, node]): [string, TreeNode] => [
      `/${where}`,
      node,
    ]);
    await writeDraft(to.directory, { nodes: new Map(nodes) });
  } finally {
    await rm(to.scratch, { recursive: true, force: true });
  }
}
