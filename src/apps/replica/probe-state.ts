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
  /** Wait before the next look between ticks; only of an implicit startup probe. */
  readonly eagerMs: number | undefined;
  /** When the first counted look is due. */
  readonly firstTickAt: number;
}

export interface ProbeStep {
  state: ProbeState;
  /** Whether the result counts and is worth a row. */
  counted: boolean;
  /** A threshold was reached by this very result. */
  verdict?: 'passed' | 'failed';
}

const FIRST_EAGER_MS = 10;

/** @param now when the container started, or its startup probe passed; milliseconds since the epoch */
export function startProbe(plan: ProbePlan, now: number): ProbeState {
  const eager = plan.implicit && plan.type === 'Startup';
  const firstTickAt = now + plan.initialDelayMs;
  return {
    plan,
    dueAt: eager ? now + FIRST_EAGER_MS : firstTickAt,
    failures: 0,
    successes: 0,
    // the port that the startup probe just found open is the one that the implicit readiness probe asks
    passing: plan.implicit && plan.type === 'Readiness' ? true : undefined,
    eagerMs: eager ? FIRST_EAGER_MS : undefined,
    firstTickAt,
  };
}

/** What one result does to a probe. */
export function afterProbe(state: ProbeState, result: ProbeResult, now: number): ProbeStep {
  if (!result.ok && now < state.firstTickAt)
    return { state: lookAgain(state, now), counted: false };
  const successes = result.ok ? state.successes + 1 : 0;
  const failures = result.ok ? 0 : state.failures + 1;
  const next = { ...state, successes, failures, dueAt: now + state.plan.periodMs };
  if (result.ok && state.passing !== true && successes >= state.plan.successThreshold) {
    return { state: { ...next, passing: true }, counted: true, verdict: 'passed' };
  }
  if (!result.ok && state.passing !== false && failures >= state.plan.failureThreshold) {
    return { state: { ...next, passing: false }, counted: true, verdict: 'failed' };
  }
  return { state: next, counted: true };
}

function lookAgain(state: ProbeState, now: number): ProbeState {
  const eagerMs = Math.min((state.eagerMs ?? FIRST_EAGER_MS) * 2, 200);
  return { ...state, eagerMs, dueAt: Math.min(now + eagerMs, state.firstTickAt) };
}
