import type { Clock } from '../../base/clock.js';
import type { Sandbox } from '../../runtime/runtime.js';
import type { EventReason } from '../logs/system-log.js';
import type { ProbeType } from '../template.js';
import type { ProbePlan } from './probe-plan.js';
import { afterProbe, isSteady, startProbe } from './probe-state.js';
import type { ProbeResult, ProbeState } from './probe-state.js';
import { failureOf, runProbe } from './prober.js';
import { ProbeWatches } from './probe-watches.js';

/** The stage as the system log spells it. */
const STAGE: Readonly<Record<ProbeType, string>> = {
  Startup: 'StartUp',
  Liveness: 'Liveness',
  Readiness: 'Readiness',
};

export interface ProbeSetOptions {
  plans: readonly ProbePlan[];
  container: string;
  event: (reason: EventReason, message: string, warning?: boolean) => void;
  clock: Clock;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Something is due that was not expected. */
  wake: () => void;
}

/** A probe that failed as often as it may: the container has to be restarted. */
export interface RestartVerdict {
  kind: 'restart';
  probe: string;
  message: string;
}

/** The probes of one running container: liveness and readiness wait for startup to pass. */
export class ProbeSet {
  readonly #options: ProbeSetOptions;
  readonly #watches: ProbeWatches;
  #startup: ProbeState | undefined;
  #others: ProbeState[] = [];
  #lastFailure: { probe: string; message: string } | undefined;

  constructor(options: ProbeSetOptions) {
    this.#options = options;
    this.#watches = new ProbeWatches(options.wake);
    const startup = options.plans.find(({ type }) => type === 'Startup');
    this.#startup = startup && startProbe(startup, options.startedAt);
    if (!startup) this.#startOthers(options.startedAt);
    else if (!startup.implicit) options.event('ProbeStarted', 'Probe started from stage StartUp');
  }

  get started(): boolean {
    return this.#startup === undefined || this.#startup.passing === true;
  }

  get ready(): boolean {
    return (
      this.started &&
      this.#others.every(({ plan, passing }) => plan.type !== 'Readiness' || passing === true)
    );
  }

  /** The newest failure that counted, while nothing has passed since. */
  get lastFailure(): { probe: string; message: string } | undefined {
    return this.#lastFailure;
  }

  /** How often the probe that has failed most did so in a row. */
  get countedFailures(): number {
    return Math.max(0, ...this.#active().map(({ failures }) => failures));
  }

  /** @returns milliseconds until a probe is due; undefined when there is none */
  untilDue(): number | undefined {
    const due = this.#active()
      .filter(({ plan }) => !this.#watches.has(plan))
      .map(({ dueAt }) => dueAt);
    return due.length === 0 ? undefined : Math.max(0, Math.min(...due) - this.#now());
  }

  /** Runs every probe that is due, and takes what was found out meanwhile. */
  async runDue(sandbox: Sandbox): Promise<RestartVerdict | undefined> {
    const results = await Promise.all(
      this.#active().map(async (state) => ({ state, result: await this.#look(sandbox, state) })),
    );
    let verdict: RestartVerdict | undefined;
    for (const { state, result } of results) {
      if (result) verdict = this.#take(state, result) ?? verdict;
    }
    const passed = results.filter(({ result }) => result?.ok).map(({ state }) => state.plan);
    for (const state of this.#active()) {
      if (passed.includes(state.plan) && isSteady(state)) this.#watches.begin(sandbox, state.plan);
    }
    return verdict;
  }

  /** Nobody is to look any more. */
  close(): void {
    this.#watches.close();
  }

  async #look(sandbox: Sandbox, { plan, dueAt }: ProbeState): Promise<ProbeResult | undefined> {
    const { action, timeoutMs } = plan;
    if (this.#watches.takeFailure(plan)) return failureOf(action);
    if (this.#watches.has(plan) || dueAt > this.#now()) return undefined;
    return runProbe(sandbox, { action, timeoutMs, clock: this.#options.clock });
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  #active(): ProbeState[] {
    return this.#startup && !this.started ? [this.#startup] : this.#others;
  }

  #startOthers(now: number): void {
    this.#others = this.#options.plans
      .filter(({ type }) => type !== 'Startup')
      .map((plan) => startProbe(plan, now));
  }

  #take(before: ProbeState, result: ProbeResult): RestartVerdict | undefined {
    const step = afterProbe(before, result, this.#now());
    this.#replace(before, step.state);
    if (result.ok) {
      this.#lastFailure = undefined;
      if (step.verdict === 'passed' && step.state.plan.type === 'Startup') {
        this.#startOthers(this.#now());
      }
      return undefined;
    }
    if (!step.counted) return undefined;
    return this.#failed(step.state.plan, result.code, step.verdict === 'failed');
  }

  #failed(plan: ProbePlan, code: string, thresholdReached: boolean): RestartVerdict | undefined {
    const { container, event } = this.#options;
    const stage = STAGE[plan.type];
    const message = `Probe of ${stage} failed with status code: ${code}`;
    event('ProbeFailed', message, true);
    this.#lastFailure = { probe: plan.type.toLowerCase(), message };
    if (!thresholdReached) return undefined;
    if (plan.type === 'Readiness') {
      event(
        'ProbeFailed',
        `Readiness Probe of Readiness reached failure threshold ${plan.failureThreshold}, changing status to Failure.`,
        true,
      );
      return undefined;
    }
    const probe = plan.type.toLowerCase();
    event('ProbeFailed', `Container ${container} failed ${probe} probe, will be restarted`, true);
    return { kind: 'restart', probe, message };
  }

  #replace(before: ProbeState, after: ProbeState): void {
    if (before === this.#startup) this.#startup = after;
    else this.#others = this.#others.map((state) => (state === before ? after : state));
  }
}
