import { digestOf } from '../../oci/digest.js';
import { RUNTIME_PATHS } from '../../runtime/runtime-paths.js';
import type {
  ContainerRuntime,
  ContainerSpec,
  FolderMount,
  ImageSource,
  WrittenFolder,
  WrittenPath,
} from '../../runtime/runtime.js';
import type { Execution } from './execution.js';
import { withFolders } from './folder-mounts.js';
import type { PlannedMount } from './plan-mounts.js';
import { withMounts } from './run-mounts.js';
import type { StageState } from './stage-state.js';
import type { FileTree } from './tree/file-tree.js';
import type { LayerDraft, WrittenLayer } from './tree/layer-writer.js';
import { rootDirectoryOf } from './tree/root-directory.js';
import { writtenChanges } from './tree/written-changes.js';

/** The files of a stage as one command sees them. */
export interface CommandRoot {
  readonly rootfs: ContainerSpec['rootfs'];
  /** Lets `use` run with the mounts in place; nothing of them gets into the layer. */
  withMounts<T>(
    mounts: readonly PlannedMount[],
    use: (folders: FolderMount[]) => Promise<T>,
  ): Promise<T>;
  /** What the command has changed; the stage's tree follows. */
  takeChanges(): Promise<LayerDraft>;
  /** Called when the changes were written as a layer, or none was needed. */
  settle(layer: WrittenLayer | undefined): Promise<void>;
}

/** Stacked from the layers where the runtime can: nothing is copied, and nothing compared. Else a copy. */
export async function openCommandRoot(
  execution: Execution,
  state: StageState,
  runtime: ContainerRuntime,
): Promise<CommandRoot> {
  if (runtime.stacking) {
    const image = await runtime.unpack(imageOf(execution, state), execution.signal);
    const written = await runtime.stacking.create();
    execution.cleanups.push(() => written.remove());
    return new StackedRoot(execution, await state.tree(), { image, written });
  }
  const root = await rootDirectoryOf(state, execution.workDirectory);
  const { isolation } = runtime.info;
  const canMount = isolation === 'oci' || isolation === 'namespaces';
  return {
    rootfs: { directory: root.directory },
    withMounts: (mounts, use) =>
      withMounts(execution, { root: root.directory, canMount }, mounts, use),
    takeChanges: () => root.takeChanges(),
    settle: () => Promise.resolve(),
  };
}

/** What the stage has come to, for the runtime to unpack; usually it has most layers already. */
function imageOf({ layout }: Execution, { platform, layers }: StageState): ImageSource {
  const diffIds = layers.map((layer) => layer.diffId);
  const { os, architecture } = platform;
  return {
    manifestDigest: digestOf(JSON.stringify(diffIds)),
    config: { os, architecture, rootfs: { type: 'layers', diff_ids: diffIds } },
    layers: layers.map((layer) => layer.descriptor),
    openLayer: (layer) => Promise.resolve(layout.openBlob(layer)),
  };
}

class StackedRoot implements CommandRoot {
  readonly rootfs: ContainerSpec['rootfs'];
  readonly #execution: Execution;
  readonly #tree: FileTree;
  readonly #written: WrittenFolder;
  /** Paths that something was mounted on. */
  #mounted: string[] = [];
  #draft: LayerDraft | undefined;
  #mayBecomeLayer = false;

  constructor(
    execution: Execution,
    tree: FileTree,
    rootfs: Extract<ContainerSpec['rootfs'], { image: unknown }> & { written: WrittenFolder },
  ) {
    this.#execution = execution;
    this.#tree = tree;
    this.#written = rootfs.written;
    this.rootfs = rootfs;
  }

  withMounts<T>(
    mounts: readonly PlannedMount[],
    use: (folders: FolderMount[]) => Promise<T>,
  ): Promise<T> {
    this.#mounted = mounts.map(({ target }) => target);
    return withFolders(this.#execution, mounts, use);
  }

  async takeChanges(): Promise<LayerDraft> {
    const paths = await this.#written.list();
    const sockets = [...paths].flatMap(([path, { stats }]) => (stats.isSocket() ? [path] : []));
    await this.#written.leaveOut([...sockets, ...madeToMount(this.#tree, paths, this.#mounted)]);
    const { directory } = this.#written;
    const { draft, saysMore } = writtenChanges(this.#tree, { directory, paths });
    this.#draft = draft;
    // The times in a layer for a given epoch are others than those on the disk.
    this.#mayBecomeLayer = !saysMore && this.#execution.request.sourceDateEpoch === undefined;
    return draft;
  }

  async settle(layer: WrittenLayer | undefined): Promise<void> {
    if (layer === undefined) return this.#written.remove();
    if (!this.#mayBecomeLayer) return;
    const before = this.#written.directory;
    const after = await this.#written.keepAs(layer.diffId);
    if (after === undefined) return;
    for (const node of this.#draft?.nodes.values() ?? []) {
      if (node.type !== 'file' || !node.content.file.startsWith(`${before}/`)) continue;
      node.content = { file: `${after}${node.content.file.slice(before.length)}`, offset: 0 };
    }
  }
}

/** What only stands there because something was mounted on it: by the runtime, or for the command. */
function madeToMount(
  tree: FileTree,
  paths: ReadonlyMap<string, WrittenPath>,
  mounted: readonly string[],
): Set<string> {
  const leftOut = new Set<string>([...RUNTIME_PATHS, ...mounted].filter((path) => paths.has(path)));
  const isLeftOut = (path: string): boolean =>
    leftOut.has(path) || (path !== '' && isLeftOut(path.slice(0, path.lastIndexOf('/'))));
  for (const path of [...RUNTIME_PATHS, ...mounted]) {
    for (let up = parentOf(path); up !== ''; up = parentOf(up)) {
      const item = paths.get(up);
      if (item?.stats.isDirectory() !== true || tree.lookup(up) !== undefined) break;
      const inside = [...paths.keys()].filter((other) => other.startsWith(`${up}/`));
      if (!inside.every(isLeftOut)) break;
      leftOut.add(up);
    }
  }
  return leftOut;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
