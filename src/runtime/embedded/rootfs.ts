import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ContainerSpec } from '../runtime.js';
import { readLayerRecord } from './layers/layer-store.js';
import { mergeLayers } from './layers/merge.js';
import type { LayerFormat } from './layers/overlay-nodes.js';

/** The kernel takes one page of mount options. */
const MAX_MOUNT_OPTIONS = 4000;

/** A container's root file system, ready or to be mounted by the helper. */
export interface Rootfs {
  root: string;
  /** Options of the overlay to be mounted at `root`, with paths relative to `layers`. */
  overlay?: { options: string; layers: string };
}

export interface RootfsOptions {
  /** The container's own folder. */
  directory: string;
  /** How layers are unpacked; `'plain'` means that no overlay can be mounted. */
  format: LayerFormat;
  layersDirectory: string;
}

/** Prepares a writable root file system, by overlay where possible and else by copying. */
export async function prepareRootfs(
  rootfs: ContainerSpec['rootfs'],
  options: RootfsOptions,
): Promise<Rootfs> {
  if ('directory' in rootfs) return { root: rootfs.directory };
  const root = join(options.directory, 'root');
  await mkdir(root, { mode: 0o755 });
  const { layerPaths } = rootfs.image;
  const mountable = options.format !== 'plain' && !(await writesThroughLinks(layerPaths));
  const overlay = mountable ? overlayOptions(layerPaths, options) : undefined;
  if (overlay === undefined) {
    await mergeLayers(layerPaths, root);
    return { root };
  }
  for (const name of ['upper', 'work', 'empty']) {
    await mkdir(join(options.directory, name), { mode: 0o755 });
  }
  return { root, overlay: { options: overlay, layers: options.layersDirectory } };
}

/** undefined when the layers are too many for one mount. */
function overlayOptions(layerPaths: readonly string[], options: RootfsOptions): string | undefined {
  const fromLayers = (path: string): string =>
    relative(options.layersDirectory, path).replace(/[\\:,]/g, '\\$&');
  const lower = layerPaths.length > 0 ? [...layerPaths] : [join(options.directory, 'empty')];
  const words = [
    `lowerdir=${lower.reverse().map(fromLayers).join(':')}`,
    `upperdir=${fromLayers(join(options.directory, 'upper'))}`,
    `workdir=${fromLayers(join(options.directory, 'work'))}`,
  ];
  if (options.format === 'user') words.push('userxattr');
  const text = words.join(',');
  return Buffer.byteLength(text) <= MAX_MOUNT_OPTIONS ? text : undefined;
}

/**
 * Whether a layer holds `bin/x` without an entry for `bin`, where a layer below has a symbolic link at
 * `bin`. Unpacked one over the other, `x` lands where the link points; stacked, a directory hides the link.
 */
async function writesThroughLinks(layerPaths: readonly string[]): Promise<boolean> {
  for (const [index, layerPath] of layerPaths.entries()) {
    if (index === 0) continue;
    const record = await readLayerRecord(layerPath);
    const below = layerPaths.slice(0, index);
    const isLink = (path: string): boolean => below.some((lower) => linkAt(join(lower, path)));
    if (record?.implicit.some(isLink)) return true;
  }
  return false;
}

function linkAt(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    return false; // a parent is no directory there
  }
}
