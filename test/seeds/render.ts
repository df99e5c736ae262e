import type { SeedDocument, SeedStep } from './step.js';

/** What a run has to say of one step. */
export interface Outcome {
  step: SeedStep;
  passed: boolean;
}

/** Columns that follow from the steps alone; what a run adds comes after them. */
export function describeStep(step: SeedStep): string {
  const command = step.command.replaceAll(/\s*\\\n\s*/g, ' ').split('\n');
  const more = command.length > 1 ? ` … (${command.length} lines)` : '';
  return `| ${step.id} | ${step.title} | \`${(command[0] ?? '').replaceAll('|', '\\|')}\`${more}`;
}

/** `docs/reference/seed-steps.md` of one run. */
export function renderSeedSteps(options: {
  documents: readonly SeedDocument[];
  outcomes: readonly Outcome[];
  /** e.g. `'az 2.91.0, docker 28.2.2'` */
  versions: string;
  date: string;
}): string {
  const { documents, outcomes, versions, date } = options;
  const deviations = new Set<string>();
  const row = (step: SeedStep): string => {
    const outcome = outcomes.find((one) => one.step === step);
    const result = outcome === undefined ? 'not run' : outcome.passed ? 'seen' : '**not seen**';
    if (step.deviation !== undefined) deviations.add(step.deviation);
    const noted = step.deviation === undefined ? result : `${result} ¹`;
    return `${describeStep(step)} | ${step.clients.join(', ')} | ${noted} |`;
  };
  const sections = documents.map(({ title, steps }) =>
    [
      `## ${title}`,
      '',
      '| step | what | command | client | result |',
      '| --- | --- | --- | --- | --- |',
      ...steps.map(row),
      '',
    ].join('\n'),
  );
  return [
    '# The steps of the three documents',
    '',
    'Written by `LAZURITE_WRITE_DOCS=1 npx vitest run --config vitest.e2e.config.ts test/clients/seed-steps.test.ts`;',
    'do not edit. Each command was typed into a shell with stock clients, under `lazurite up --azure-names`, without a',
    'network; `seen` means that its exit code and output were as the document says.',
    '',
    `Run on ${date} with ${versions}.`,
    '',
    ...sections,
    ...[...deviations].map((text) => `¹ ${text}.\n`),
  ].join('\n');
}
