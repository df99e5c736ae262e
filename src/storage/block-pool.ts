/** Large enough that the cost of a system call vanishes beside the copy. */
export const BLOCK_BYTES = 1024 * 1024;
const SMALL_BLOCK_BYTES = 64 * 1024;
/** Bounds what bodies in flight hold, whatever their number: 12 MiB, and small blocks beyond. */
const MAX_BLOCKS = 12;

/**
 * Blocks for bodies in flight. The large ones are kept for reuse; when all are taken, callers get small
 * throw-away ones, so that a thousand slow peers cost little and block no one.
 */
export class BlockPool {
  readonly #free: Buffer[] = [];
  #made = 0;

  take(): Buffer {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#made >= MAX_BLOCKS) return Buffer.allocUnsafeSlow(SMALL_BLOCK_BYTES);
    this.#made++;
    return Buffer.from(sharedPages());
  }

  /** Takes a block back. Nothing may touch it afterwards. */
  give(block: Buffer): void {
    if (block.length === BLOCK_BYTES) this.#free.push(block);
  }

  /** Writes off a block that something outside may still read. */
  abandon(block: Buffer): void {
    if (block.length === BLOCK_BYTES) this.#made--;
  }
}

/** The part of WebAssembly that is used here; Node's types do not name it. */
declare const WebAssembly: {
  Memory: new (options: { initial: number; maximum: number; shared: true }) => {
    buffer: SharedArrayBuffer;
  };
};
const WASM_PAGE_BYTES = 64 * 1024;

/**
 * Memory of one block: shared, so that hash threads read it in place, and at the start of a page, as
 * writing past the page cache demands. The memory of WebAssembly is the only kind that promises that.
 */
function sharedPages(): SharedArrayBuffer {
  const pages = BLOCK_BYTES / WASM_PAGE_BYTES;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer;
  } catch {
    return new SharedArrayBuffer(BLOCK_BYTES); // where address space is rationed
  }
}

/** One pool for the process: what it bounds is the process's memory. */
export const blocks = new BlockPool();
