import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { HashAlgorithm } from './blob-store.js';
import { BLOCK_BYTES } from './block-pool.js';
import { createInlineHash, type StreamHash } from './stream-hash.js';

const MAX_THREADS = 2;
/** Threads cost memory; they go when nobody has used them for a while. */
const IDLE_MS = 30_000;
/** From this speed on (SHA instructions), handing blocks to a thread costs more than hashing them. */
const FAST_BYTES_PER_SECOND = 900 * 1024 * 1024;

/** Plain JavaScript in a string: it runs alike from the sources and from the build. */
const THREAD_SOURCE = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const hashes = new Map();
parentPort.on('message', ({ kind, id, stream, algorithm, bytes }) => {
  if (kind === 'open') hashes.set(stream, createHash(algorithm));
  else if (kind === 'close') hashes.delete(stream);
  else if (kind === 'update') {
    hashes.get(stream).update(bytes);
    parentPort.postMessage({ id, hex: '' });
  } else parentPort.postMessage({ id, hex: hashes.get(stream).copy().digest('hex') });
});
`;

interface Reply {
  id: number;
  /** Empty for an update. */
  hex: string;
}

/** One thread that hashes blocks of several streams, each in order, where they lie in shared memory. */
class HashThread {
  readonly #worker = new Worker(THREAD_SOURCE, { eval: true });
  readonly #waiting = new Map<
    number,
    { resolve(hex: string): void; reject(error: unknown): void }
  >();
  #nextId = 0;
  #nextStream = 0;
  #failure: unknown;
  streams = 0;

  constructor(onFailure: (thread: HashThread) => void) {
    this.#worker.unref();
    this.#worker.on('message', ({ id, hex }: Reply) => {
      this.#waiting.get(id)?.resolve(hex);
      this.#waiting.delete(id);
    });
    this.#worker.on('error', (error) => {
      this.#failure = error;
      onFailure(this);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  open(algorithm: HashAlgorithm): number {
    this.streams++;
    this.#worker.postMessage({ kind: 'open', stream: ++this.#nextStream, algorithm });
    return this.#nextStream;
  }

  ask(stream: number, bytes?: Buffer): Promise<string> {
    if (this.#failure !== undefined) return Promise.reject(new Error('a hash thread has died'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ kind: bytes ? 'update' : 'hex', id, stream, bytes });
    });
  }

  close(stream: number): void {
    this.streams--;
    if (this.#failure === undefined) this.#worker.postMessage({ kind: 'close', stream });
  }

  terminate(): void {
    void this.#worker.terminate();
  }
}

class HashThreads {
  readonly #threads: HashThread[] = [];
  #idle: NodeJS.Timeout | undefined;
  #isWorthwhile: boolean | undefined;

  /** @returns undefined where hashing inline is as good */
  create(algorithm: HashAlgorithm): StreamHash | undefined {
    this.#isWorthwhile ??= availableParallelism() > 1 && hashSpeed() < FAST_BYTES_PER_SECOND;
    if (!this.#isWorthwhile) return undefined;
    const thread = this.#leastUsed();
    const stream = thread.open(algorithm);
    let isOpen = true;
    return {
      algorithm,
      update: (bytes) => thread.ask(stream, bytes).then(() => undefined),
      hex: () => thread.ask(stream),
      dispose: () => {
        if (!isOpen) return;
        isOpen = false;
        thread.close(stream);
        this.#restWhenIdle();
      },
    };
  }

  #leastUsed(): HashThread {
    clearTimeout(this.#idle);
    const [best, ...others] = [...this.#threads].sort((a, b) => a.streams - b.streams);
    if (best !== undefined && (best.streams === 0 || others.length + 1 >= MAX_THREADS)) return best;
    const thread = new HashThread((failed) => {
      this.#threads.splice(this.#threads.indexOf(failed), 1);
    });
    this.#threads.push(thread);
    return thread;
  }

  #restWhenIdle(): void {
    if (this.#threads.some(({ streams }) => streams > 0)) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      for (const thread of this.#threads.splice(0)) thread.terminate();
    }, IDLE_MS);
    this.#idle.unref();
  }
}

const threads = new HashThreads();

/** Blocks hashed to find the speed; the fastest counts, as the first is slow and others may be disturbed. */
const TRIALS = 4;

/** Bytes per second. */
function hashSpeed(): number {
  const block = Buffer.alloc(BLOCK_BYTES);
  const hash = createInlineHash('sha256');
  const times = Array.from({ length: TRIALS }, () => {
    const start = performance.now();
    void hash.update(block);
    return performance.now() - start;
  });
  return (BLOCK_BYTES / Math.max(Math.min(...times), 0.01)) * 1000;
}

/**
 * Hashes an upload: content that fills whole blocks on a thread of its own, so that two cores share the
 * work and the server goes on answering; smaller content at once.
 */
export function createUploadHash(algorithm: HashAlgorithm): StreamHash {
  let hash: StreamHash | undefined;
  return {
    algorithm,
    update(bytes) {
      hash ??=
        (bytes.length >= BLOCK_BYTES ? threads.create(algorithm) : undefined) ??
        createInlineHash(algorithm);
      return hash.update(bytes);
    },
    hex() {
      hash ??= createInlineHash(algorithm);
      return hash.hex();
    },
    dispose() {
      hash?.dispose();
    },
  };
}
