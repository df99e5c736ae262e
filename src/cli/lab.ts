import { join, relative } from 'node:path';
import { Option, type Command } from 'commander';
import { Failure } from '../base/failure.js';
import { MUTATIONS, PHASES } from '../labs/definition.js';
import { ISOLATION_LEVELS } from '../runtime/runtime.js';
import { registerNewLab } from './lab-new.js';
import { runLabCommand } from './lab-run.js';

const FORMATS = ['markdown', 'html', 'json', 'junit'] as const;
type Format = (typeof FORMATS)[number];

/** `lazurite lab list|run|new|report|lint` */
export function registerLabCommands(program: Command): void {
  const lab = program
    .command('lab')
    .description('experiments that reproduce a failure and its fix');
  lab
    .command('list')
    .description('list the labs by category and difficulty')
    .option('--json', 'print JSON')
    .action(listLabs);
  registerRun(lab);
  registerNewLab(lab);
  lab
    .command('report')
    .description('judge a run again by its evidence, and print its report')
    .argument('<dir>', 'folder of the run, as lab run named it')
    .addOption(
      new Option('--format <format>', 'of the report').choices(FORMATS).default('markdown'),
    )
    .addHelpText(
      'after',
      `
The verdict is derived from what the commands printed; a file that was changed, added or removed is an error.
Exit codes are those of lab run.

Example:
  lazurite lab report lab-runs/acr-pull-failure-20261121-084003 --format junit`,
    )
    .action(reportRun);
  lab
    .command('lint')
    .description('tell what a lab lacks')
    .argument('[lab...]', 'names of labs, or folders that hold a lab.yaml (default: all labs)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  lazurite lab lint ./my-lab')
    .action(lintLabs);
}

function registerRun(lab: Command): void {
  lab
    .command('run')
    .description('run a lab and judge its hypothesis')
    .argument('<lab>', 'name of a lab, or the folder that holds its lab.yaml')
    .option('--use-running', 'use the Lazurite that runs already, not one of its own')
    .addOption(
      new Option('--az <which>', "whose az the lab's commands call")
        .choices(['own', 'stock'])
        .default('own'),
    )
    .addOption(
      new Option('--target <where>', 'azure runs it on your own subscription, which costs money')
        .choices(['local', 'azure'])
        .default('local'),
    )
    .option(
      '--resource-group <name>',
      'with --target azure: made for the lab, and deleted after it',
    )
    .option('--yes', 'with --target azure: do not ask before money is spent')
    .option('--output <dir>', 'folder for the report (default: ./lab-runs/<lab>-<time>)')
    .addOption(
      new Option('--until <phase>', 'stop after this phase; with --keep, to look around').choices(
        PHASES.filter((phase) => phase !== 'cleanup'),
      ),
    )
    .option('--keep', 'leave the resources and the Lazurite as they are at the end')
    .option('--step', 'show each step and wait for Enter before it is run')
    .option('--repeat <n>', 'run it so many times, and compare', Number)
    .option('--json', 'print the result as JSON; progress goes to stderr')
    .addOption(
      new Option('--isolation <level>', 'how containers are kept apart').choices([
        ...ISOLATION_LEVELS,
      ]),
    )
    .addOption(
      new Option('--image-admission <mode>', 'where a bad image is refused').choices([
        'documented',
        'api',
        'revision',
      ]),
    )
    .addOption(
      new Option(
        '--mutate <part>',
        'break the lab on purpose, to see that its gates notice: it must be falsified',
      ).choices([...MUTATIONS]),
    )
    .addHelpText(
      'after',
      `
Exit codes: 0 the hypothesis is supported (or the run was to stop early), 2 it is falsified, 1 the run is invalid.

Examples:
  lazurite lab run acr-pull-failure
  lazurite lab run multi-arch-image-mismatch --image-admission revision
  lazurite lab run acr-pull-failure --until observe --keep
  lazurite lab run crash-loop --target azure --resource-group rg-lab-crash`,
    )
    .action(runLabCommand);
}

async function listLabs(options: { json?: boolean }): Promise<void> {
  const { allLabs, inTeachingOrder } = await import('../labs/catalogue.js');
  const labs = inTeachingOrder(
    allLabs().map(({ name, title, metadata }) => ({
      name,
      title,
      category: metadata.category,
      difficulty: metadata.difficulty,
      failureMode: metadata.failureMode,
    })),
  );
  if (options.json === true) {
    console.log(JSON.stringify(labs, null, 2));
    return;
  }
  const width = Math.max(...labs.map(({ name }) => name.length));
  let category = '';
  for (const lab of labs) {
    if (lab.category !== category) console.log(lab.category);
    category = lab.category;
    console.log(`  ${lab.name.padEnd(width)}  ${lab.difficulty.padEnd(12)}  ${lab.title}`);
  }
}

async function reportRun(directory: string, options: { format: Format }): Promise<void> {
  const [{ readRun }, { formatReport }, { formatHtml }, { formatJunit }, { EXIT_CODES }] =
    await Promise.all([
      import('../labs/read-run.js'),
      import('../labs/report.js'),
      import('../labs/html-report.js'),
      import('../labs/junit.js'),
      import('../labs/run-result.js'),
    ]);
  const { lab, run, seen } = readRun(directory);
  const text: Record<Format, () => string> = {
    markdown: () => formatReport(lab, run),
    html: () => formatHtml(lab, run, seen),
    json: () => JSON.stringify(run, null, 2) + '\n',
    junit: () => formatJunit(run),
  };
  process.stdout.write(text[options.format]());
  process.exitCode = EXIT_CODES[run.verdict];
}

async function lintLabs(names: string[], options: { json?: boolean }): Promise<void> {
  const [{ allLabs, findLab }, { lintLab }] = await Promise.all([
    import('../labs/catalogue.js'),
    import('../labs/lint.js'),
  ]);
  const labs = names.length === 0 ? allLabs() : names.map(findLab);
  const findings = labs.flatMap((lab) =>
    lintLab(lab).map((finding) => ({
      lab: lab.name,
      file: relative('.', join(lab.folder, 'lab.yaml')),
      ...finding,
    })),
  );
  if (options.json === true) console.log(JSON.stringify(findings, null, 2));
  else {
    for (const { file, line, rule, message } of findings) {
      console.log(`${[file, line].filter(Boolean).join(':')}: ${rule}: ${message}`);
    }
  }
  if (findings.length === 0) return;
  throw new Failure(
    findings.length === 1 ? 'a lab lacks something' : `labs lack ${findings.length} things`,
    {
      help: 'docs/guides/labs-write.md tells what a lab is made of',
    },
  );
}
