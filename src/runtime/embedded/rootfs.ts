import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
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
  const { image, written } = rootfs;
  const upper = written?.directory ?? join(options.directory, 'upper');
  const work = join(dirname(upper), 'work');
  if (written === undefined) {
    for (const directory of [upper, work]) await mkdir(directory, { mode: 0o755 });
  }
  const place = { ...options, upper, work, isRead: written !== undefined };
  const overlay = await overlayOptions(image.layerPaths, place);
  if (overlay !== undefined) {
    return { root, overlay: { options: overlay, layers: options.layersDirectory } };
  }
  if (written === undefined) {
    await mergeLayers(image.layerPaths, root);
    return { root };
  }
  const merged = join(options.directory, 'merged');
  await mkdir(merged, { mode: 0o755 });
  await mergeLayers(image.layerPaths, merged);
  const stacked = await overlayOptions([merged], place);
  if (stacked === undefined) throw new Error('no overlay can be mounted here');
  return { root, overlay: { options: stacked, layers: options.layersDirectory } };
}

interface OverlayPlace extends RootfsOptions {
  upper: string;
  work: string;
  /** Whether `upper` is to be read as a layer afterwards. */
  isRead: boolean;
}

/** undefined when an overlay would show something else, or the layers are too many for one mount. */
async function overlayOptions(
  layerPaths: readonly string[],
  { format, directory, layersDirectory, upper, work, isRead }: OverlayPlace,
): Promise<string | undefined> {
  if (format === 'plain' || (await writesThroughLinks(layerPaths))) return undefined;
  const fromLayers = (path: string): string =>
    relative(layersDirectory, path).replace(/[\\:,]/g, '\\$&');
  const lower = [...layerPaths];
  if (lower.length === 0) {
    lower.push(join(directory, 'empty'));
    await mkdir(join(directory, 'empty'), { mode: 0o755 });
  }
  const words = [
    `lowerdir=${lower.reverse().map(fromLayers).join(':')}`,
    `upperdir=${fromLayers(upper)}`,
    `workdir=${fromLayers(work)}`,
  ];
  if (format === 'user') words.push('userxattr');
  // A folder that moves is copied, and the names of one file stay so when it is written to.
  else if (isRead) words.push('redirect_dir=off', 'index=on');
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
