import { createHash } from 'node:crypto';
import type { HistoryEntry, ImageExecution } from '../../oci/image-config.js';
import type { Platform } from '../../oci/platform.js';
import { FileTree, newDirectory, type DirectoryNode } from './tree/file-tree.js';
import type { WrittenLayer } from './tree/layer-writer.js';

/** An image in the making: what a stage has come to after some of its instructions. */
export interface StageState {
  platform: Platform;
  execution: ImageExecution;
  /** Build arguments that are declared so far, by name. */
  args: Map<string, string>;
  shell: readonly string[];
  layers: WrittenLayer[];
  history: HistoryEntry[];
  /** Whether CMD was set here; one that came with the base goes when ENTRYPOINT is set. */
  commandIsOwn: boolean;
  author?: string;
  /** The files of all layers. Read from the base's layers when it is first asked for. */
  tree: () => Promise<FileTree>;
}

export const DEFAULT_SHELL: readonly string[] = ['/bin/sh', '-c'];

/** A stage that starts where another one ended; neither sees what the other does next. */
export function forkState(base: StageState): StageState {
  let tree: Promise<FileTree> | undefined;
  return {
    ...base,
    execution: structuredClone(base.execution),
    args: new Map(),
    layers: [...base.layers],
    history: [...base.history],
    commandIsOwn: false,
    tree: () => (tree ??= base.tree().then(cloneTree)),
  };
}

function cloneTree(tree: FileTree): FileTree {
  return new FileTree(cloneDirectory(tree.root));
}

function cloneDirectory(directory: DirectoryNode): DirectoryNode {
  const clone = newDirectory({ ...directory });
  clone.children = new Map();
  for (const [name, node] of directory.children) {
    clone.children.set(name, node.type === 'directory' ? cloneDirectory(node) : node);
  }
  return clone;
}

/** Twelve hex digits that stand for the state in the log, as an image id does in Docker's. */
export function shortId(state: StageState): string {
  const { platform, execution, layers } = state;
  const content = JSON.stringify([platform, execution, layers.map((layer) => layer.diffId)]);
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

export function environmentOf(state: StageState): Map<string, string> {
  const entries = (state.execution.Env ?? []).map((entry): [string, string] => {
    const equals = entry.indexOf('=');
    return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
  });
  return new Map(entries);
}
