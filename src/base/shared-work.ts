interface Work<T> {
  result: Promise<T>;
  abort: AbortController;
  waiting: number;
}

/** Runs `task` for `key`, or joins the run under way. */
export type SharedWork<T> = (
  key: string,
  task: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;

/**
 * Makes callers who want the same thing at the same time share one run of it. A caller that aborts leaves;
 * the run is aborted when the last one has left.
 */
export function sharedWork<T>(): SharedWork<T> {
  const running = new Map<string, Work<T>>();
  const begin = (key: string, task: (signal: AbortSignal) => Promise<T>): Work<T> => {
    const abort = new AbortController();
    const result = task(abort.signal).finally(() => {
      if (running.get(key)?.abort === abort) running.delete(key);
    });
    result.catch(() => undefined); // those who wait are told; nobody may be left to
    const work = { result, abort, waiting: 0 };
    running.set(key, work);
    return work;
  };
  return async (key, task, signal) => {
    signal?.throwIfAborted();
    const work = running.get(key) ?? begin(key, task);
    work.waiting += 1;
    const leave = (): void => {
      work.waiting -= 1;
      if (work.waiting > 0) return;
      if (running.get(key) === work) running.delete(key);
      work.abort.abort(signal?.reason);
    };
    if (!signal) return work.result;
    let onAbort = (): void => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = () => {
        leave();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
    return Promise.race([work.result, aborted]).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  };
}
