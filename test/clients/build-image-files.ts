import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FileTree, walkTree, type TreeNode } from '../../src/build/embedded/tree/file-tree.js';
import { applyLayer } from '../../src/build/embedded/tree/layer-reader.js';
import { headOf } from '../../src/build/embedded/tree/read-content.js';
import type { BuiltImage } from '../../src/build/image-builder.js';
import { OciLayout } from '../../src/image/layout/oci-layout.js';
import { parseImageConfig, type ImageConfig } from '../../src/oci/image-config.js';
import { parseManifest } from '../../src/oci/manifest.js';

/** What a container of an image would find. */
export interface ImageContents {
  /** `type mode owner path`, with the target of links, the digest of contents, and names of one file. */
  files: string[];
  config: ImageConfig;
}

/** Left behind by those who run commands; nothing that a Dockerfile says. */
const MADE_BY_RUNTIMES = /^(?:proc|sys|dev|run)(?:\/|$)|^etc\/(?:resolv\.conf|hosts|hostname)$/;

export async function readImage(built: BuiltImage, scratch: string): Promise<ImageContents> {
  const layout = await OciLayout.create(built.layoutDirectory);
  const { manifest } = built;
  const parsed = parseManifest(await buffer(layout.openBlob(manifest)), manifest.mediaType);
  if (parsed.kind !== 'image') throw new Error('no image');
  const config = parseImageConfig(await buffer(layout.openBlob(parsed.manifest.config)));
  const tree = new FileTree();
  for (const [at, layer] of parsed.manifest.layers.entries()) {
    const spoolFile = join(scratch, `layer-${at}`);
    const diffId = config.rootfs.diff_ids[at];
    await applyLayer(tree, layout.openBlob(layer), { spoolFile, ...(diffId && { diffId }) });
  }
  const files: string[] = [];
  const names = new Map<TreeNode, string>();
  for (const [where, node] of walkTree(tree.root)) {
    if (MADE_BY_RUNTIMES.test(where)) continue;
    files.push(await describeNode(where, node, names));
  }
  return { files, config };
}

async function describeNode(
  where: string,
  node: TreeNode,
  names: Map<TreeNode, string>,
): Promise<string> {
  const mode = node.type === 'symlink' ? '' : node.mode.toString(8);
  const start = `${node.type} ${mode} ${node.uid}:${node.gid} ${where}`;
  if (node.type === 'symlink') return `${start} -> ${node.target}`;
  if (node.type !== 'file') return start;
  const first = names.get(node);
  if (first !== undefined) return `${start} = ${first}`;
  names.set(node, where);
  const content = await headOf(node, node.size);
  return `${start} ${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}
