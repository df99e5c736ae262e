import type { Readable } from 'node:stream';

/** What is read at once. */
const BURST_BYTES = 512 * 1024;
/** For each millisecond that a burst has taken the program waits so many, within these bounds. */
const REST = 4;
const MIN_PAUSE_MS = 5;
const MAX_PAUSE_MS = 50;

/** A program that does nothing but write must not keep this process from everything else. */
export function readPaced(stream: Readable, onData: (chunk: Buffer) => void): void {
  let taken = 0;
  let spentMs = 0;
  stream.on('data', (chunk: Buffer) => {
    const begun = performance.now();
    onData(chunk);
    spentMs += performance.now() - begun;
    taken += chunk.length;
    if (taken < BURST_BYTES) return;
    const pause = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, REST * spentMs));
    taken = spentMs = 0;
    stream.pause();
    setTimeout(() => stream.resume(), pause);
  });
}
