import type { CommandOutcome } from './command.js';
import type { Admission, Mutation, Phase } from './definition.js';
import type { GateResult } from './gates.js';

/** `supported` and `falsified` are about the hypothesis; `invalid` and `open`, of a run cut short, about the run. */
export type Verdict = 'supported' | 'falsified' | 'invalid' | 'open';

export const EXIT_CODES: Readonly<Record<Verdict, 0 | 1 | 2>> = {
  supported: 0,
  open: 0,
  invalid: 1,
  falsified: 2,
};

/** Phases around the experiment proper. */
const SAYS_NOTHING: ReadonlySet<Phase> = new Set(['require', 'setup', 'control', 'cleanup']);

/** What must have been seen before a hypothesis can be supported. */
export const WATCHED: readonly { phases: readonly Phase[]; what: string }[] = [
  { phases: ['control'], what: 'that the control is healthy' },
  { phases: ['trigger', 'observe'], what: 'that the trigger produces the failure' },
  { phases: ['fix', 'verify'], what: 'that the fix removes it' },
  { phases: ['falsify'], what: 'that reverting the fix brings it back' },
  { phases: ['reapply'], what: 'that the fix removes it again' },
];

/** What one step left behind, before anything is made of it. */
export interface StepEvidence {
  id: string;
  title: string;
  phase: Phase;
  command: string;
  outcome: CommandOutcome;
  /** How often it ran; more than once only with `retry`. */
  attempts: number;
  /** What its gates could refer to. */
  variables: Readonly<Record<string, string>>;
}

/** One step as it went. */
export interface StepResult extends Omit<StepEvidence, 'variables'> {
  /** Whether the exit code was one that the step accepts. */
  completed: boolean;
  gates: GateResult[];
  /** Variable and value it captured. */
  captured?: { name: string; value: string };
  /** File below the run's folder, e.g. `'evidence/03-trigger-trigger.json'`. */
  evidence: string;
}

/** What is known of a run besides its steps. */
export interface RunFacts {
  lab: string;
  title: string;
  startedAt: string;
  milliseconds: number;
  az: 'own' | 'stock';
  /** Whether it ran on a subscription of Azure rather than on a Lazurite. */
  cloud?: boolean;
  /** Of the Lazurite it ran on, e.g. `'namespaces'`; empty when unknown. */
  isolation: string;
  /** Where it refuses a bad image. */
  imageAdmission: Admission;
  /** How it was broken on purpose. */
  mutation?: Mutation;
  /** The last phase that was asked for. */
  until?: Phase;
  /** What went wrong outside the experiment, e.g. `'Lazurite stopped answering: …'`. */
  fault?: string;
  version: string;
  /** Tool and version, e.g. `{ node: 'v20.19.2' }`. */
  tools: Readonly<Record<string, string>>;
}

export interface RunResult extends RunFacts {
  verdict: Verdict;
  /** Why, in one sentence. */
  reason: string;
  steps: StepResult[];
}

/**
 * The verdict follows from what happened, never from the lab's text. A step that hung or did not complete,
 * or a precondition that failed, makes the run invalid; a failed gate falsifies the hypothesis.
 */
export function conclude(
  steps: readonly StepResult[],
  { finished, until }: { finished: boolean; until?: Phase | undefined },
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
  if (until) return { verdict: 'open', reason: `it was stopped after phase ${until}, as asked` };
  const unwatched = WATCHED.find(
    ({ phases }) => !steps.some((step) => phases.includes(step.phase) && step.gates.length > 0),
  );
  if (unwatched) return { verdict: 'invalid', reason: `no gate shows ${unwatched.what}` };
  return {
    verdict: 'supported',
    reason:
      'the control was healthy, the trigger alone produced the failure, the fix removed it, reverting brought it back',
  };
}

/** `'ended with exit code 1'` */
export function endOf(outcome: CommandOutcome): string {
  if (outcome.timedOut) return 'took longer than its time limit';
  return outcome.exitCode === null
    ? 'was ended by a signal'
    : `ended with exit code ${outcome.exitCode}`;
}
