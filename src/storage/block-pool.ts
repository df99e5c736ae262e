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
    return Buffer.from(new SharedArrayBuffer(BLOCK_BYTES)); // shared: hash threads read it in place
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

/** One pool for the process: what it bounds is the process's memory. */
export const blocks = new BlockPool();
