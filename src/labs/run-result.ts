import type { CommandOutcome } from './command.js';
import type { Phase } from './definition.js';
import type { GateResult } from './gates.js';

/** `supported` and `falsified` are about the hypothesis; `invalid` is about the run. */
export type Verdict = 'supported' | 'falsified' | 'invalid';

export const EXIT_CODES: Readonly<Record<Verdict, 0 | 1 | 2>> = {
  supported: 0,
  invalid: 1,
  falsified: 2,
};

/** Phases around the experiment proper. */
const SAYS_NOTHING: ReadonlySet<Phase> = new Set(['require', 'setup', 'cleanup']);

/** One step as it went. */
export interface StepResult {
  id: string;
  title: string;
  phase: Phase;
  command: string;
  outcome: CommandOutcome;
  /** How often it ran; more than once only with `retry`. */
  attempts: number;
  /** Whether the exit code was one that the step accepts. */
  completed: boolean;
  gates: GateResult[];
  /** Variable and value it captured. */
  captured?: { name: string; value: string };
  /** File below the run's folder, e.g. `'evidence/03-trigger-trigger.json'`. */
  evidence: string;
}

export interface RunResult {
  lab: string;
  title: string;
  verdict: Verdict;
  /** Why, in one sentence. */
  reason: string;
  startedAt: string;
  milliseconds: number;
  az: 'own' | 'stock';
  /** Of the Lazurite it ran on, e.g. `'namespaces'`; empty when unknown. */
  isolation: string;
  version: string;
  steps: StepResult[];
}

/**
 * The verdict follows from what happened, never from the lab's text. A step that hung or did not complete,
 * or a precondition that failed, makes the run invalid; a failed gate falsifies the hypothesis.
 */
export function conclude(
  steps: readonly StepResult[],
  finished: boolean,
): { verdict: Verdict; reason: string } {
  for (const step of steps) {
    if (step.outcome.timedOut) {
      return { verdict: 'invalid', reason: `the step "${step.title}" ${endOf(step.outcome)}` };
    }
    const failed = step.gates.filter((gate) => !gate.passed);
    const precondition = failed.find((gate) => gate.precondition);
    if (precondition) {
      return {
        verdict: 'invalid',
        reason: step.completed
          ? `the precondition "${precondition.expect}" was not met: ${precondition.actual}`
          : `the step "${step.title}" ${endOf(step.outcome)}`,
      };
    }
    const [first] = failed;
    if (first) {
      return {
        verdict: SAYS_NOTHING.has(step.phase) ? 'invalid' : 'falsified',
        reason: `in phase ${step.phase}, "${first.expect}" was not seen: ${first.actual}`,
      };
    }
    if (!step.completed) {
      return { verdict: 'invalid', reason: `the step "${step.title}" ${endOf(step.outcome)}` };
    }
  }
  if (!finished) return { verdict: 'invalid', reason: 'the run ended before its last phase' };
  return {
    verdict: 'supported',
    reason: 'the trigger alone produced the failure, the fix removed it, reverting brought it back',
  };
}

/** `'ended with exit code 1'` */
export function endOf(outcome: CommandOutcome): string {
  if (outcome.timedOut) return 'took longer than its time limit';
  return outcome.exitCode === null
    ? 'was ended by a signal'
    : `ended with exit code ${outcome.exitCode}`;
}
