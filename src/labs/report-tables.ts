import type { EvidenceRow, LogRow, Measurement, Phase } from './definition.js';
import type { GateResult } from './gates.js';
import { code, inline, table } from './markdown.js';
import { endOf, type RunResult, type StepResult } from './run-result.js';

/** The experiment log: what was done, expected and seen, with the evidence of it. */
export function logTable(rows: readonly LogRow[], run: RunResult): string {
  return table(
    ['Step', 'Action', 'Expected', 'Actual', 'Pass/Fail', 'Evidence'],
    rows.map((row, index) => {
      const { actual, result, evidence } = judgement(row.gates, row.steps, run);
      return [String(index + 1), row.action, row.expected, actual, result, evidence];
    }),
  );
}

/** What each source showed. */
export function evidenceTable(rows: readonly EvidenceRow[], run: RunResult): string {
  return table(
    ['Evidence source', 'Expected state', 'Actual', 'Pass/Fail', 'Evidence'],
    rows.map((row) => {
      const step = run.steps.find(({ id }) => id === row.step);
      const { actual, result, evidence } = judgement(row.gates, [], run);
      const source = `[Observed] ${step ? code(step.command) : row.step}`;
      return [source, row.expected, actual, result, evidence];
    }),
  );
}

/** Every command of some phases, with where its output is. */
export function commandTable(run: RunResult, phases?: readonly Phase[]): string {
  return table(
    ['Phase', 'Command', 'Exit', 'Time', 'Evidence'],
    run.steps
      .filter((step) => phases === undefined || phases.includes(step.phase))
      .map((step) => [
        step.phase,
        code(step.command),
        step.outcome.exitCode === null ? endOf(step.outcome) : String(step.outcome.exitCode),
        seconds(step.outcome.milliseconds),
        link(step),
      ]),
  );
}

/** `- [Observed] The revision fails. Source: [trigger](…).`; what its gates did not show is said to be open. */
export function measurementLine(measurement: Measurement, run: RunResult): string {
  const found = measurement.gates.map((id) => findGate(id, run));
  const shown = isShown(measurement, run);
  const sources = [...new Set(found.flatMap((entry) => (entry ? [link(entry.step)] : [])))];
  const source = sources.length === 0 ? 'nothing: it was not run' : sources.join(', ');
  return shown
    ? `[${measurement.tag}] ${measurement.statement} Source: ${source}.`
    : `[not shown] ${measurement.statement} Source: ${source}.`;
}

/** Whether all gates that a statement rests on passed. */
export function isShown({ gates }: Measurement, run: RunResult): boolean {
  return gates.every((id) => findGate(id, run)?.gate.passed === true);
}

/** A phase's gates, one after the other, with what was seen. */
export function gateLines(run: RunResult, phases: readonly Phase[]): string[] {
  return run.steps
    .filter((step) => phases.includes(step.phase))
    .flatMap((step) =>
      step.gates.map(
        (gate) =>
          `[Observed] ${gate.passed ? '' : '**not so:** '}${gate.expect}: ${inline(gate.actual)}. Source: ${link(step)}.`,
      ),
    );
}

interface Judgement {
  actual: string;
  result: string;
  evidence: string;
}

function judgement(
  gateIds: readonly string[],
  stepIds: readonly string[],
  run: RunResult,
): Judgement {
  const gates = gateIds.map((id) => findGate(id, run));
  const steps = stepIds.map((id) => run.steps.find((step) => step.id === id));
  const missing = [...gates, ...steps].includes(undefined);
  const found = gates.filter((gate) => gate !== undefined);
  const done = steps.filter((step) => step !== undefined);
  const passed =
    !missing && found.every(({ gate }) => gate.passed) && done.every(({ completed }) => completed);
  const actual = [
    ...found.map(({ gate }) => `${gate.passed ? '' : 'not so: '}${gate.actual}`),
    ...done.map((step) =>
      step.captured ? `${step.captured.name}=${step.captured.value}` : endOf(step.outcome),
    ),
  ];
  const files = new Set([...found.map(({ step }) => link(step)), ...done.map(link)]);
  return {
    actual: actual.length === 0 ? 'not run' : actual.map(inline).join('<br>'),
    result: missing && actual.length === 0 ? 'Not run' : passed ? 'Pass' : 'Fail',
    evidence: [...files].join(' '),
  };
}

function findGate(id: string, run: RunResult): { gate: GateResult; step: StepResult } | undefined {
  for (const step of run.steps) {
    const gate = step.gates.find((candidate) => candidate.id === id);
    if (gate) return { gate, step };
  }
  return undefined;
}

function link(step: StepResult): string {
  return `[${step.id}](${step.evidence})`;
}

/** `'9.4 s'` */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
