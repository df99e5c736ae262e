import * as fs from 'node:fs';
import { join } from 'node:path';
import { readLayerRecord, type LayerRecord } from './layers/layer-store.js';

const MAX_LINKS = 40;

interface ViewLayer {
  path: string;
  whiteouts: ReadonlySet<string>;
  opaques: ReadonlySet<string>;
}

/** A file of a container's root file system, and where it lies on the host. */
export interface ViewedFile {
  /** e.g. `'/usr/bin/env'`, every link on the way resolved. */
  path: string;
  hostPath: string;
  stat: fs.Stats;
}

/**
 * Looks files up as a container would see them, before anything is mounted: over all layers, with links
 * resolved inside the root.
 */
export class RootfsView {
  readonly #layers: ViewLayer[];

  private constructor(layers: ViewLayer[]) {
    this.#layers = layers;
  }

  /** @param layerPaths Base layer first; a plain directory is one layer. */
  static async open(layerPaths: readonly string[]): Promise<RootfsView> {
    const records = await Promise.all(layerPaths.map((path) => readLayerRecord(path)));
    return new RootfsView(
      layerPaths.map((path, index) => viewLayer(path, records[index])).reverse(),
    );
  }

  /** Text of a file, `''` when there is none. */
  readText(path: string): string {
    const file = this.find(path);
    return file?.stat.isFile() ? fs.readFileSync(file.hostPath, 'utf8') : '';
  }

  find(path: string): ViewedFile | undefined {
    const pending = path.split('/').filter((part) => part !== '' && part !== '.');
    const real: string[] = [];
    for (let links = 0; pending.length > 0;) {
      const part = pending.shift() ?? '';
      if (part === '..') {
        real.pop();
        continue;
      }
      const found = this.#lookup([...real, part]);
      if (!found) return undefined;
      if (found.stat.isSymbolicLink()) {
        links += 1;
        if (links > MAX_LINKS) return undefined;
        const target = fs.readlinkSync(found.hostPath);
        if (target.startsWith('/')) real.length = 0;
        pending.unshift(...target.split('/').filter((each) => each !== '' && each !== '.'));
      } else {
        real.push(part);
      }
    }
    return this.#lookup(real);
  }

  /** The topmost layer's entry, links not followed. */
  #lookup(components: string[]): ViewedFile | undefined {
    for (const layer of this.#layers) {
      const hostPath = join(layer.path, ...components);
      const stat = lstat(hostPath);
      const isMark = stat?.isCharacterDevice() === true && stat.rdev === 0;
      if (stat && !isMark) return { path: `/${components.join('/')}`, hostPath, stat };
      if (isMark || hidesBelow(layer, components)) return undefined;
    }
    return undefined;
  }
}

function viewLayer(path: string, record: LayerRecord | undefined): ViewLayer {
  return {
    path,
    whiteouts: new Set(record?.whiteouts ?? []),
    opaques: new Set(record?.opaques ?? []),
  };
}

/** Whether a layer without this path also hides it in the layers below. */
function hidesBelow(layer: ViewLayer, components: string[]): boolean {
  if (layer.opaques.has('')) return true;
  for (let depth = 1; depth <= components.length; depth++) {
    const prefix = components.slice(0, depth).join('/');
    if (layer.whiteouts.has(prefix)) return true;
    if (depth === components.length) break;
    if (layer.opaques.has(prefix)) return true;
    const stat = lstat(join(layer.path, prefix));
    if (stat && !stat.isDirectory()) return true;
  }
  return false;
}

/** A parent that is no directory means: not here. */
function lstat(path: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
