// npm run bench:control -- [--rounds N] [--output FILE]; the stock az: $LAZURITE_STOCK_AZ, or `az` on PATH
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { findProgram } from '../peers.js';
import { Targets } from '../targets.js';
import { bicepFile, template } from './content.js';
import { mean, median, runProgram, type ProgramRun } from './measure.js';
import { ENTRY, startControlServer, type ControlServer } from './server.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    output: { type: 'string', default: fileURLToPath(new URL('../CONTROL.md', import.meta.url)) },
  },
});
const rounds = Number(values.rounds);
const NODE = [process.execPath, '-e', '0'];
const LAB = fileURLToPath(new URL('../../labs/acr-pull-failure/infra/main.bicep', import.meta.url));
const SIZES = [125, 250, 500] as const;
const COMMANDS = [
  'account show',
  'group list',
  'group create --name rg-bench --location eastus',
  'acr show --name acrbench',
  'acr list --resource-group rg-bench --output table',
  'containerapp list --query [].name',
];

const targets = new Targets();
const commandRows: string[] = [];
const stock = process.env['LAZURITE_STOCK_AZ'] ?? findProgram('az');
const directory = mkdtempSync(join(tmpdir(), 'lazurite-control-bench-'));
const server = await startControlServer();
try {
  await server.call('PUT', '~/resourceGroups/rg-bench', { location: 'eastus' });
  const registry =
    '~/resourceGroups/rg-bench/providers/Microsoft.ContainerRegistry/registries/acrbench';
  await server.call('PUT', registry, { location: 'eastus', sku: { name: 'Basic' } });
  startUp();
  if (stock !== undefined) sameCommands(stock, server);
  compile();
  await deployLab(server);
  await deployMany(server);
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
const report = await format(writeReport(), { parser: 'markdown', printWidth: 120 });
writeFileSync(values.output, report);
console.log(`\n${report}`);

/** Each in turn, so that what disturbs one disturbs the other. */
function interleaved(
  commands: readonly (readonly string[])[],
  env?: NodeJS.ProcessEnv,
): ProgramRun[][] {
  const runs = commands.map((): ProgramRun[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) runs[index]?.push(runProgram(command, env));
  }
  return runs;
}

function walls(runs: ProgramRun[] = []): number {
  return median(runs.map(({ wall }) => wall));
}

function cpusOf(runs: ProgramRun[] = []): number {
  return mean(runs.map(({ cpu }) => cpu));
}

function startUp(): void {
  const az = (...words: string[]): string[] => [process.execPath, ENTRY, 'az', ...words];
  const [node, version, account] = interleaved(
    [NODE, az('--version'), az('account', 'show')],
    server.environment,
  );
  for (const [name, runs] of [
    ['az --version', version],
    ['az account show', account],
  ] as const) {
    const ratio = walls(runs) / walls(node);
    targets.tell({
      what: `own \`${name}\`, against \`node -e 0\` (${walls(node).toFixed(0)} ms)`,
      target: '≤ 1.40×',
      measured: `${ratio.toFixed(2)}× (${walls(runs).toFixed(0)} ms); CPU ${(cpusOf(runs) / cpusOf(node)).toFixed(2)}×`,
      met: ratio <= 1.4,
    });
  }
}

function sameCommands(stockAz: string, { environment }: ControlServer): void {
  let worst = 0;
  for (const line of COMMANDS) {
    const words = line.split(' ');
    const [own, theirs] = interleaved(
      [
        [process.execPath, ENTRY, 'az', ...words],
        [stockAz, ...words],
      ],
      environment,
    );
    const ratio = walls(own) / walls(theirs);
    worst = Math.max(worst, ratio);
    const cells = [
      `\`az ${line}\``,
      walls(own).toFixed(0),
      walls(theirs).toFixed(0),
      ratio.toFixed(2),
    ];
    commandRows.push(`| ${cells.join(' | ')} |`);
    console.log(commandRows.at(-1));
  }
  targets.tell({
    what: 'own az, against the stock one, the slowest of the commands below',
    target: '≤ 0.33',
    measured: worst.toFixed(2),
    met: worst <= 1 / 3,
  });
}

function compile(): void {
  const file = join(directory, 'main.bicep');
  writeFileSync(file, bicepFile(1_000));
  const once = fileURLToPath(new URL('compile-once.cjs', import.meta.url));
  const node: number[] = [];
  const compiled: number[] = [];
  for (let round = 0; round < rounds; round++) {
    node.push(runProgram(NODE).wall);
    compiled.push(Number(runProgram([process.execPath, once, file]).stdout));
  }
  targets.tell({
    what: `1,000 lines of Bicep compiled in a fresh process, against starting node (${median(node).toFixed(0)} ms)`,
    target: '< 1.00×',
    measured: `${(median(compiled) / median(node)).toFixed(2)}× (${median(compiled).toFixed(0)} ms)`,
    met: median(compiled) < median(node),
  });
}

/** What the server spends on the lab's template, from the first request to the deployment's end. */
async function deployLab({ environment, call, cpuSeconds }: ControlServer): Promise<void> {
  const spent: number[] = [];
  const node: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const group = `rg-lab-${round}`;
    await call('PUT', `~/resourceGroups/${group}`, { location: 'koreacentral' });
    for (let times = 0; times < 5; times++) node.push(runProgram(NODE).cpu);
    const before = cpuSeconds();
    const words = ['deployment', 'group', 'create', '-g', group, '--template-file', LAB];
    runProgram([process.execPath, ENTRY, 'az', ...words], environment);
    spent.push((cpuSeconds() - before) * 1_000);
    await call('DELETE', `~/resourceGroups/${group}`);
    await gone(call, group);
  }
  const [first = 0, ...others] = spent;
  targets.tell({
    what: `CPU of the server for the lab's template, against that of \`node -e 0\` (${mean(node).toFixed(0)} ms)`,
    target: '< 1.00×',
    measured: `${(mean(others) / mean(node)).toFixed(2)}× (${mean(others).toFixed(0)} ms; ${first.toFixed(0)} ms the first time)`,
    met: mean(others) < mean(node),
  });
}

async function deployMany({ call, cpuSeconds }: ControlServer): Promise<void> {
  const perResource = new Map<number, { wall: number[]; cpu: number[] }>();
  for (let round = 0; round < Math.min(rounds, 5) + 1; round++) {
    for (const size of SIZES) {
      const group = `rg-many-${round}-${size}`;
      const sample = await deploySize(group, size, call, cpuSeconds);
      if (round === 0) continue; // warms up
      const known = perResource.get(size) ?? { wall: [], cpu: [] };
      known.wall.push(sample.wall / size);
      known.cpu.push(sample.cpu / size);
      perResource.set(size, known);
    }
  }
  const of = (size: number, kind: 'wall' | 'cpu'): number =>
    median(perResource.get(size)?.[kind] ?? []);
  const ratio = of(500, 'cpu') / of(125, 'cpu');
  const each = SIZES.map(
    (size) => `${of(size, 'wall').toFixed(2)} (${of(size, 'cpu').toFixed(2)})`,
  );
  targets.tell({
    what: 'a resource in a deployment of 500, against one of 125: CPU of the server',
    target: '≤ 1.25×',
    measured: `${ratio.toFixed(2)}×; ms a resource (CPU) with ${SIZES.join(', ')}: ${each.join(', ')}`,
    met: ratio <= 1.25,
  });
}

async function deploySize(
  group: string,
  size: number,
  call: ControlServer['call'],
  cpuSeconds: () => number,
): Promise<ProgramRun> {
  await call('PUT', `~/resourceGroups/${group}`, { location: 'eastus' });
  const deployment = `~/resourceGroups/${group}/providers/Microsoft.Resources/deployments/many`;
  const before = cpuSeconds();
  const started = performance.now();
  await call('PUT', deployment, { properties: { mode: 'Incremental', template: template(size) } });
  await until(async () => stateOf(await call('GET', deployment)) === 'Succeeded');
  const sample = { wall: performance.now() - started, cpu: (cpuSeconds() - before) * 1_000 };
  await call('DELETE', `~/resourceGroups/${group}`);
  await gone(call, group);
  return sample;
}

function stateOf(answer: Record<string, unknown>): unknown {
  const { provisioningState } = answer['properties'] as { provisioningState?: unknown };
  if (provisioningState === 'Failed') throw new Error(JSON.stringify(answer));
  return provisioningState;
}

async function gone(call: ControlServer['call'], group: string): Promise<void> {
  await until(async () => {
    const { value } = (await call('GET', '~/resourceGroups')) as { value: { name: string }[] };
    return !value.some(({ name }) => name === group);
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}

function writeReport(): string {
  return [
    '# Control plane benchmark',
    '',
    `\`npm run bench:control\`, ${targets.when}, ${rounds} rounds, interleaved;`,
    'medians, ratios of medians, means of processor time.',
    '',
    targets.machine,
    `- Stock az: ${stock === undefined ? 'not installed, left out' : stockVersion(stock)}; both signed in to the same server.`,
    "- Bicep: loading the compiler, reading, compiling and writing the template, in a process that has done nothing before, node's own start left out.",
    '- Deployments: from the first request to the end of the deployment; the server alone, not the client.',
    '',
    '## Against the targets',
    '',
    ...targets.table,
    '',
    ...(commandRows.length === 0
      ? []
      : [
          '## The same commands',
          '',
          '| command | own, ms | stock, ms | ratio |',
          '| --- | --- | --- | --- |',
          ...commandRows,
        ]),
    '',
  ].join('\n');
}

function stockVersion(stockAz: string): string {
  const { stdout } = runProgram([stockAz, 'version', '--query', '"azure-cli"', '--output', 'tsv']);
  return stdout.trim();
}
