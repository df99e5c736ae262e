import type { SystemLog } from '../logs/system-log.js';
import type { Demand } from './scale-meter.js';

/** What the scaler of one revision tells in the system log, in KEDA's and the autoscaler's words. */
export class ScaleLog {
  readonly #log: SystemLog;
  readonly #revision: string;

  constructor(log: SystemLog, revision: string) {
    this.#log = log;
    this.#revision = revision;
  }

  /** @param scalers of the custom rules, e.g. `['cpu']` */
  watching(scalers: readonly string[]): void {
    for (const scaler of scalers) this.#keda('KEDAScalersStarted', `Scaler ${scaler} is built`);
    this.#keda('KEDAScalersStarted', this.#watch('starting a watch'));
  }

  stopped(): void {
    this.#keda('KEDAScalersStopped', this.#watch('stopping the watch'));
  }

  /** Writes what changed, and what could not be measured. */
  rescaled(before: number, after: number, demand: Demand): void {
    for (const resource of demand.unmeasured) {
      this.#unmeasured(resource);
    }
    if (before === after) return;
    if (before === 0 || after === 0) {
      const [reason, how] =
        after === 0
          ? (['KEDAScaleTargetDeactivated', 'Deactivated'] as const)
          : (['KEDAScaleTargetActivated', 'Scaled'] as const);
      this.#keda(reason, `${how} revision '${this.#revision}' from ${before} to ${after}`);
      return;
    }
    const asked = demand.replicas >= after ? demand.reason : undefined;
    const why =
      after < before ? 'All metrics below target' : (asked ?? 'http concurrency above target');
    this.#log.append({
      reason: 'SuccessfulRescale',
      message: `New size: ${after}; reason: ${why}`,
      source: 'Scaling',
      revision: this.#revision,
    });
  }

  #unmeasured(resource: string): void {
    this.#log.append({
      reason: 'FailedGetContainerResourceMetric',
      message: `failed to get ${resource} utilization: unable to get metrics for resource ${resource}: no cgroup counts it here (lazurite doctor)`,
      warning: true,
      source: 'Scaling',
      revision: this.#revision,
    });
  }

  #watch(what: string): string {
    return `KEDA is ${what} for revision '${this.#revision}' to monitor scale operations for this revision`;
  }

  #keda(reason: Parameters<SystemLog['append']>[0]['reason'], message: string): void {
    this.#log.append({ reason, message, source: 'KEDA', revision: this.#revision });
  }
}
