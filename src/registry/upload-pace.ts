import type { IncomingMessage } from 'node:http';

/** How slowly the body of an upload may come. */
export interface MinimumRate {
  /** On average; with 0 any byte will do. */
  bytesPerSecond: number;
  /** How long a sender may be silent, or slower than that. */
  graceSeconds: number;
}

/** A tenth of what a modem brought. The rate is that of Kestrel, .NET's web server. */
export const DEFAULT_MINIMUM_RATE: MinimumRate = { bytesPerSecond: 240, graceSeconds: 60 };

const TICK_MS = 1_000;

/** Watches a body until `stop` is called; call it once, whatever happens. */
export interface UploadPace {
  /** Aborted when the sender is too slow. */
  readonly tooSlow: AbortSignal;
  stop(): void;
}

/**
 * Ends uploads that would take for ever. A sender has so many seconds of patience; each that it is waited for
 * costs one, and its bytes earn them back: so it may pause now and then, but what it sent at first buys no
 * idling later. Time in which the server does not read, since its own disk is slow, costs nothing.
 */
export function watchPace(
  request: Pick<IncomingMessage, 'readableFlowing' | 'socket' | 'complete'>,
  { bytesPerSecond, graceSeconds }: MinimumRate,
): UploadPace {
  const controller = new AbortController();
  let patience = graceSeconds;
  let seen = request.socket.bytesRead;
  const timer = setInterval(() => {
    const { bytesRead } = request.socket;
    const came = bytesRead - seen;
    seen = bytesRead;
    if (request.readableFlowing !== true || request.complete) return;
    const earned = came === 0 ? 0 : came / bytesPerSecond; // by 0: any byte earns all of it
    patience = Math.min(patience - TICK_MS / 1000 + earned, graceSeconds);
    if (patience <= 0) controller.abort();
  }, TICK_MS);
  timer.unref();
  return {
    tooSlow: controller.signal,
    stop: () => {
      clearInterval(timer);
    },
  };
}
