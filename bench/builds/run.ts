// npm run bench:builds -- [--quick] [--rounds N] [--tools lazurite,buildah] [--output FILE]
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { findProgram } from '../peers.js';
import { CONTEXTS, type BuildContext } from './contexts.js';
import { TOOLS, type BuildTool, type OpenTool } from './tools.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    tools: { type: 'string', default: '' },
    output: { type: 'string', default: fileURLToPath(new URL('../BUILDS.md', import.meta.url)) },
  },
});

/** Seconds of one build, and what its client held in memory at most. */
interface Sample {
  seconds: number;
  peakMiB: number;
}

const STEPS = ['cold', 'no change', 'one file changed'] as const;
type Step = (typeof STEPS)[number];

const wanted = values.tools.split(',').filter(Boolean);
const tools = TOOLS.filter(
  ({ name, programs }) =>
    programs.every((program) => findProgram(program) !== undefined) &&
    (wanted.length === 0 || wanted.some((one) => name.startsWith(one))),
);
const directory = mkdtempSync(join(tmpdir(), 'lazurite-bench-builds-'));
const samples = new Map<string, Sample[]>();
try {
  for (const context of CONTEXTS) {
    const folder = join(directory, context.name);
    mkdirSync(folder);
    console.log(`making ${context.label}`);
    context.make(folder, values.quick);
    for (let round = 1; round <= (values.quick ? 1 : Number(values.rounds)); round++) {
      for (const tool of tools) await runRound(tool, context, folder, round);
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
const report = await format(writeReport(), { parser: 'markdown', printWidth: 120 });
writeFileSync(values.output, report);
console.log(`\n${report}`);

async function runRound(
  tool: BuildTool,
  context: BuildContext,
  folder: string,
  round: number,
): Promise<void> {
  const state = join(directory, `state-${context.name}-${tool.name.split(' ')[0] ?? ''}-${round}`);
  mkdirSync(state);
  const open = await tool.open(state);
  try {
    for (const step of STEPS) {
      if (step === 'one file changed') appendFileSync(join(folder, context.changes), `${round}\n`);
      const sample = measure(open, folder);
      const key = keyOf(tool, context, step);
      samples.set(key, [...(samples.get(key) ?? []), sample]);
      console.log(`  ${tool.name}, ${context.name}, ${step}: ${sample.seconds.toFixed(2)} s`);
    }
  } finally {
    await open.close();
    rmSync(state, { recursive: true, force: true });
  }
}

/** GNU time tells the largest resident set of the client and of what it has waited for. */
function measure(open: OpenTool, context: string): Sample {
  const argv = ['--format', 'peak %M', ...open.argv(context)];
  const started = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/time', argv, {
    env: { ...process.env, ...open.environment },
    encoding: 'utf8',
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return { seconds, peakMiB: Number(/peak (\d+)\s*$/.exec(stderr)?.[1] ?? 0) / 1024 };
}

function keyOf(tool: BuildTool, context: BuildContext, step: Step): string {
  return [tool.name, context.name, step].join('/');
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

function writeReport(): string {
  const rounds = values.quick ? 1 : Number(values.rounds);
  const lines = [
    '# Build benchmark',
    '',
    `Seconds from the start of the command to its end, and the largest memory of the client; medians of ${rounds}`,
    `on ${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), ${new Date().toISOString().slice(0, 10)}.`,
    'Each round starts with an empty state. Lazurite and buildah keep layers differently: Lazurite has compressed',
    'them at the end, ready to push; buildah and docker compress when they push.',
    ...(values.quick ? ['', '**A quick run: smaller contexts, orders of magnitude only.**'] : []),
  ];
  for (const context of CONTEXTS) {
    lines.push('', `## ${context.label}`, '', `| tool | ${STEPS.join(' | ')} |`);
    lines.push(`| --- | ${STEPS.map(() => '---:').join(' | ')} |`);
    for (const tool of tools) {
      const cells = STEPS.map((step) => {
        const all = samples.get(keyOf(tool, context, step)) ?? [];
        const seconds = median(all.map((sample) => sample.seconds));
        const peak = median(all.map((sample) => sample.peakMiB));
        return `${seconds.toFixed(2)} s, ${peak.toFixed(0)} MiB`;
      });
      lines.push(`| ${tool.name} | ${cells.join(' | ')} |`);
    }
  }
  return lines.join('\n');
}
