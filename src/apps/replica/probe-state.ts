import type { ProbePlan } from './probe-plan.js';

/** `code` is what the system log shows: an HTTP status, `'1'` for a shut port, `''` for no answer. */
export type ProbeResult = { ok: true } | { ok: false; code: string };

/** Where one probe of one running container stands; immutable. */
export interface ProbeState {
  readonly plan: ProbePlan;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** In a row. */
  readonly failures: number;
  readonly successes: number;
  /** Undefined until a threshold was first reached. */
  readonly passing: boolean | undefined;
  /** Wait before the next look between ticks; only of an implicit startup probe, for a while. */
  readonly eagerMs: number | undefined;
  /** Until when it looks between ticks. */
  readonly eagerUntil: number;
  /** When the next counted look is due. */
  readonly tickAt: number;
}

export interface ProbeStep {
  state: ProbeState;
  /** Whether the result counts and is worth a row. */
  counted: boolean;
  /** A threshold was reached by this very result. */
  verdict?: 'passed' | 'failed';
}

const FIRST_EAGER_MS = 10;
const MAX_EAGER_MS = 200;
/** What has not started by then is not about to, so that a look a second is often enough. */
const EAGER_FOR_MS = 15_000;

/** @param now when the container started, or its startup probe passed; milliseconds since the epoch */
export function startProbe(plan: ProbePlan, now: number): ProbeState {
  const eager = plan.implicit && plan.type === 'Startup';
  const tickAt = now + plan.initialDelayMs;
  return {
    plan,
    dueAt: eager ? now + FIRST_EAGER_MS : tickAt,
    failures: 0,
    successes: 0,
    // the port that the startup probe just found open is the one that the implicit readiness probe asks
    passing: plan.implicit && plan.type === 'Readiness' ? true : undefined,
    eagerMs: eager ? FIRST_EAGER_MS : undefined,
    eagerUntil: now + EAGER_FOR_MS,
    tickAt,
  };
}

/** Whether nothing but a failure can change anything: one more success says nothing new. */
export function isSteady({ passing, failures }: ProbeState): boolean {
  return passing === true && failures === 0;
}

/** What one result does to a probe. */
export function afterProbe(state: ProbeState, result: ProbeResult, now: number): ProbeStep {
  if (!result.ok && state.eagerMs !== undefined && now < state.tickAt) {
    return { state: lookAgain(state, now), counted: false };
  }
  const successes = result.ok ? state.successes + 1 : 0;
  const failures = result.ok ? 0 : state.failures + 1;
  const tickAt = now + state.plan.periodMs;
  const next = lookAgain({ ...state, successes, failures, tickAt }, now);
  if (result.ok && state.passing !== true && successes >= state.plan.successThreshold) {
    return { state: { ...next, passing: true }, counted: true, verdict: 'passed' };
  }
  if (!result.ok && state.passing !== false && failures >= state.plan.failureThreshold) {
    return { state: { ...next, passing: false }, counted: true, verdict: 'failed' };
  }
  return { state: next, counted: true };
}

/** At the next tick, or before it where a program that has just begun to listen shall not wait so long. */
function lookAgain(state: ProbeState, now: number): ProbeState {
  const { tickAt } = state;
  if (state.eagerMs === undefined || state.passing === true || now >= state.eagerUntil) {
    return { ...state, eagerMs: undefined, dueAt: tickAt };
  }
  const eagerMs = Math.min(state.eagerMs * 2, MAX_EAGER_MS);
  return { ...state, eagerMs, dueAt: Math.min(now + eagerMs, tickAt) };
}
