import type { Clock } from '../base/clock.js';
import { signalNumber } from './embedded/signals.js';
import type { ExitStatus } from './runtime.js';

const SIGTERM = 15;
const SIGKILL = 9;

export interface GracefulStop {
  /** Sends a signal by its number; a program that has ended is no error. */
  kill: (signal: number) => void;
  exited: Promise<ExitStatus>;
  clock: Clock;
  /** Milliseconds; 0 kills at once. */
  graceMs: number;
  /** As images write it, e.g. `'SIGQUIT'`; SIGTERM when left out. */
  stopSignal: string | undefined;
}

/** Asks a program to end, and kills it when it has not after its grace period. */
export async function stopGracefully(stop: GracefulStop): Promise<ExitStatus> {
  const { kill, exited, clock, graceMs, stopSignal } = stop;
  const signal = stopSignal === undefined ? SIGTERM : (signalNumber(stopSignal) ?? SIGTERM);
  kill(graceMs > 0 ? signal : SIGKILL);
  if (graceMs <= 0) return exited;
  const ended = new AbortController();
  clock.sleep(graceMs, ended.signal).then(
    () => {
      kill(SIGKILL);
    },
    () => undefined, // it ended in time
  );
  try {
    return await exited;
  } finally {
    ended.abort();
  }
}
