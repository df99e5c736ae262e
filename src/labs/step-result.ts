import type { Step } from './definition.js';
import { judge } from './gates.js';
import type { StepEvidence, StepResult } from './run-result.js';

/** What follows from a step's evidence, and from nothing else. */
export function resultOf(step: Step, evidence: StepEvidence, file: string): StepResult {
  const { outcome, variables, ...rest } = evidence;
  const succeeded = outcome.exitCode === 0;
  return {
    ...rest,
    outcome,
    completed: !outcome.timedOut && (step.anyExit || succeeded),
    gates: step.gates.map((gate) => judge(gate, outcome.stdout, variables)),
    ...(step.capture !== undefined &&
      succeeded && { captured: { name: step.capture, value: outcome.stdout.trim() } }),
    evidence: file,
  };
}

/** Whether the run goes on after it. */
export function isPassed(result: StepResult): boolean {
  return result.completed && result.gates.every((gate) => gate.passed);
}
