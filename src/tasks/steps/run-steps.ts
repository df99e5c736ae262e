import { messageOf } from '../../base/failure.js';
import type { Step } from '../yaml/task.js';
import { runAttempts } from './step-attempts.js';
import { StepFailure, type StepRun } from './step-run.js';

/** Seconds that a step took, in the order of the file; those that did not run are missing. */
export type StepTimes = Map<string, number>;

/**
 * Carries out steps, each as soon as those it waits for have succeeded. The first failure ends the others.
 *
 * @throws StepFailure, or the signal's reason
 */
export async function runSteps(
  run: StepRun,
  steps: readonly Step[],
  signal: AbortSignal,
): Promise<StepTimes> {
  const graph = new StepGraph(run, steps, signal);
  try {
    return await graph.finish();
  } finally {
    await graph.endDetached();
  }
}

class StepGraph {
  readonly #run: StepRun;
  readonly #steps: readonly Step[];
  readonly #outer: AbortSignal;
  /** Ends what still runs: at a failure, and detached steps at the end. */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #begun = new Map<string, Promise<void>>();
  readonly #detached: Promise<void>[] = [];
  readonly #times: StepTimes = new Map();

  constructor(run: StepRun, steps: readonly Step[], signal: AbortSignal) {
    this.#run = run;
    this.#steps = steps;
    this.#outer = signal;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  async finish(): Promise<StepTimes> {
    const results = await Promise.allSettled(this.#steps.map((step) => this.#begin(step)));
    this.#outer.throwIfAborted();
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw this.#stop.signal.reason ?? failed.reason;
    return this.#times;
  }

  async endDetached(): Promise<void> {
    if (!this.#stop.signal.aborted) this.#stop.abort(new StepFailure('the run has ended'));
    await Promise.allSettled(this.#detached);
  }

  /** Each step once, however many wait for it. */
  #begin(step: Step): Promise<void> {
    let begun = this.#begun.get(step.id);
    if (begun === undefined) {
      begun = this.#carryOut(step);
      this.#begun.set(step.id, begun);
      begun.catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#stop.abort(error);
      });
    }
    return begun;
  }

  async #carryOut(step: Step): Promise<void> {
    await Promise.resolve(); // so that a long chain of steps is no deep recursion
    for (const id of step.after) {
      const before = this.#steps.find((other) => other.id === id);
      if (before) await this.#begin(before);
    }
    this.#signal.throwIfAborted();
    const { clock } = this.#run;
    const start = clock.now().getTime();
    let started: () => void = () => undefined;
    const hasStarted = new Promise<void>((resolve) => (started = resolve));
    const work = this.#attempt(step, started).finally(() => {
      this.#times.set(step.id, (clock.now().getTime() - start) / 1000);
    });
    if (!step.detach) return work;
    this.#detached.push(work);
    // What fails after it began is told, but nobody waits for it.
    await Promise.race([hasStarted, work]);
    work.catch((error: unknown) => {
      if (!this.#signal.aborted) {
        this.#run.log.line(`detached step ID: ${step.id} ended: ${messageOf(error)}`);
      }
    });
  }

  async #attempt(step: Step, started: () => void): Promise<void> {
    try {
      await runAttempts(this.#run, step, this.#signal, started);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof StepFailure) || !step.ignoreErrors) throw error;
      this.#run.log.agent(
        `Step ID: ${step.id} failed, and its errors are ignored: ${error.message}`,
      );
    }
  }
}
