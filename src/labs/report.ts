import type { EvidenceRow, Lab, LogRow } from './definition.js';
import type { GateResult } from './gates.js';
import { endOf, type RunResult, type StepResult } from './run-result.js';

const VERDICT_TEXT = {
  supported: 'The hypothesis is **supported**',
  falsified: 'The hypothesis is **falsified**',
  invalid: 'The run is **invalid**: it says nothing about the hypothesis',
} as const;

/** The report of a run, in Markdown; every line of its tables names the evidence it rests on. */
export function formatReport(lab: Lab, run: RunResult): string {
  return [
    `# ${lab.title}`,
    '',
    `${VERDICT_TEXT[run.verdict]}: ${run.reason}.`,
    '',
    table(
      ['', ''],
      [
        ['Lab', lab.name],
        ['Started', run.startedAt],
        ['Took', seconds(run.milliseconds)],
        [
          'Lazurite',
          `${run.version}${run.isolation === '' ? '' : `, isolation: ${run.isolation}`}`,
        ],
        ['`az`', run.az === 'own' ? "Lazurite's own" : 'the stock Azure CLI'],
        ['Failure mode', lab.metadata.failureMode],
      ],
    ),
    '',
    '## Question',
    '',
    lab.question,
    '',
    '## Hypothesis',
    '',
    `**IF** ${lab.hypothesis.if}, **THEN** ${lab.hypothesis.then}.`,
    '',
    ...variablesOf(lab),
    '## Experiment log',
    '',
    table(
      ['Step', 'Action', 'Expected', 'Actual', 'Pass/Fail', 'Evidence'],
      lab.log.map((row, index) => logRow(row, index + 1, run)),
    ),
    '',
    '## Expected evidence',
    '',
    table(
      ['Evidence source', 'Expected state', 'Actual', 'Pass/Fail', 'Evidence'],
      lab.evidence.map((row) => evidenceRow(row, run)),
    ),
    '',
    '## Commands',
    '',
    table(
      ['Phase', 'Command', 'Exit', 'Time', 'Evidence'],
      run.steps.map((step) => [
        step.phase,
        code(step.command),
        step.outcome.exitCode === null ? endOf(step.outcome) : String(step.outcome.exitCode),
        seconds(step.outcome.milliseconds),
        link(step),
      ]),
    ),
    '',
    '## Takeaway',
    '',
    lab.takeaway,
    '',
  ].join('\n');
}

function variablesOf(lab: Lab): string[] {
  if (lab.variables.length === 0) return [];
  const rows = lab.variables.map(({ name, control, experimental }) => [
    name,
    control,
    experimental,
  ]);
  return [table(['Variable', 'Control', 'Experimental'], rows), ''];
}

interface Judgement {
  actual: string;
  result: string;
  evidence: string;
}

function logRow(row: LogRow, number: number, run: RunResult): string[] {
  const { actual, result, evidence } = judgement(row.gates, row.steps, run);
  return [String(number), row.action, row.expected, actual, result, evidence];
}

function evidenceRow(row: EvidenceRow, run: RunResult): string[] {
  const step = run.steps.find(({ id }) => id === row.step);
  const { actual, result, evidence } = judgement(row.gates, [], run);
  return [step ? code(step.command) : row.step, row.expected, actual, result, evidence];
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
    actual: actual.length === 0 ? 'not run' : actual.map(cell).join('<br>'),
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

function code(command: string): string {
  return `\`${cell(command)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}

function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
