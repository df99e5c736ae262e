import { PHASES } from './definition.js';
import type { RunResult, Verdict } from './run-result.js';

const WORST: readonly Verdict[] = ['invalid', 'falsified', 'open', 'supported'];

/** What many runs of one lab have in common. */
export interface Repetition {
  runs: number;
  /** The worst of them: one run that is not supported is enough. */
  verdict: Verdict;
  counts: Readonly<Partial<Record<Verdict, number>>>;
  /** Whether the runs disagree. */
  flaky: boolean;
  /** Milliseconds of the quickest, the middle and the slowest run. */
  fastest: number;
  median: number;
  slowest: number;
}

/** @param runs at least one */
export function summarise(runs: readonly RunResult[]): Repetition {
  const times = runs.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const counts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of runs) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return {
    runs: runs.length,
    verdict: WORST.find((verdict) => counts[verdict] !== undefined) ?? 'invalid',
    counts,
    flaky: Object.keys(counts).length > 1,
    fastest: times[0] ?? 0,
    median: times[Math.floor((times.length - 1) / 2)] ?? 0,
    slowest: times.at(-1) ?? 0,
  };
}

/** A line a run with the seconds of each phase, then what they have in common. */
export function formatRepetition(runs: readonly RunResult[]): string {
  const phases = PHASES.filter((phase) =>
    runs.some(({ steps }) => steps.some((step) => step.phase === phase)),
  );
  const header = ['run', 'verdict', 'total', ...phases];
  const rows = runs.map((run, index) => [
    String(index + 1),
    run.verdict,
    seconds(run.milliseconds),
    ...phases.map((phase) => {
      const steps = run.steps.filter((step) => step.phase === phase);
      const spent = steps.reduce((sum, step) => sum + step.outcome.milliseconds, 0);
      return steps.length === 0 ? '-' : seconds(spent);
    }),
  ]);
  const { counts, fastest, median, slowest, flaky } = summarise(runs);
  const verdicts = Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    ...columns([header, ...rows]),
    `${verdicts.join(', ')}${flaky ? ': FLAKY' : ''}; ${seconds(fastest)} to ${seconds(slowest)} s, median ${seconds(median)} s`,
  ].join('\n');
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
