import type { Sandbox } from '../../runtime/runtime.js';
import type { ProbePlan } from './probe-plan.js';

/** Probes that pass, and only ask whether a port is open: the sandbox itself runs them until one fails. */
export class ProbeWatches {
  readonly #onFailed: () => void;
  readonly #ends = new Map<ProbePlan, () => void>();
  readonly #failed = new Set<ProbePlan>();

  constructor(onFailed: () => void) {
    this.#onFailed = onFailed;
  }

  /** Whether the sandbox runs it, or has seen it fail. */
  has(plan: ProbePlan): boolean {
    return this.#ends.has(plan) || this.#failed.has(plan);
  }

  /** Hands a probe over that has just run, if the sandbox takes such; its next run is a period from now. */
  begin(sandbox: Sandbox, plan: ProbePlan): void {
    const { action, periodMs: everyMs, timeoutMs } = plan;
    if (action.kind !== 'tcp' || action.port === 0 || this.has(plan)) return;
    const end = sandbox.watch?.(action.port, { everyMs, timeoutMs }, () => {
      this.#ends.delete(plan);
      this.#failed.add(plan);
      this.#onFailed();
    });
    if (end) this.#ends.set(plan, end);
  }

  /** Whether it has failed since it was asked last. */
  takeFailure(plan: ProbePlan): boolean {
    return this.#failed.delete(plan);
  }

  close(): void {
    for (const end of this.#ends.values()) end();
    this.#ends.clear();
  }
}
