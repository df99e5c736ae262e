import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { Failure, messageOf } from '../base/failure.js';
import { ISOLATION_LEVELS, type IsolationLevel } from '../runtime/runtime.js';
import type { AzChoice } from '../labs/script-environment.js';

interface RunOptions {
  useRunning?: boolean;
  az: AzChoice;
  output?: string;
  keep?: boolean;
  json?: boolean;
  isolation?: IsolationLevel;
  imageAdmission?: string;
}

/** `lazurite lab list|run|report` */
export function registerLabCommands(program: Command): void {
  const lab = program
    .command('lab')
    .description('experiments that reproduce a failure and its fix');
  lab.command('list').description('list the labs').option('--json', 'print JSON').action(listLabs);
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
    .option('--output <dir>', 'folder for the report (default: ./lab-runs/<lab>-<time>)')
    .option('--keep', 'leave the resources and the Lazurite as they are at the end')
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
    .addHelpText(
      'after',
      `
Exit codes: 0 the hypothesis is supported, 2 it is falsified, 1 the run is invalid.

Example:
  lazurite lab run acr-pull-failure`,
    )
    .action(runLabCommand);
  lab
    .command('report')
    .description('print the report of a run')
    .argument('<dir>', 'folder of the run, as lab run named it')
    .action(printReport);
}

async function listLabs(options: { json?: boolean }): Promise<void> {
  const { allLabs } = await import('../labs/catalogue.js');
  const labs = allLabs().map(({ name, title, metadata }) => ({
    name,
    title,
    category: metadata.category,
    difficulty: metadata.difficulty,
    failureMode: metadata.failureMode,
  }));
  if (options.json === true) {
    console.log(JSON.stringify(labs, null, 2));
    return;
  }
  const width = Math.max(...labs.map(({ name }) => name.length));
  for (const lab of labs) {
    console.log(`${lab.name.padEnd(width)}  ${lab.category}, ${lab.difficulty}  ${lab.title}`);
  }
}

async function runLabCommand(name: string, options: RunOptions): Promise<void> {
  const [{ findLab }, { runLab }, { Progress }, { EXIT_CODES }] = await Promise.all([
    import('../labs/catalogue.js'),
    import('../labs/run-lab.js'),
    import('../labs/progress.js'),
    import('../labs/run-result.js'),
  ]);
  const lab = findLab(name);
  const output = resolve(options.output ?? join('lab-runs', `${lab.name}-${stamp(new Date())}`));
  const progress = new Progress(options.json === true ? process.stderr : process.stdout);
  const { signal, release } = abortOnSignals();
  try {
    const result = await runLab({
      lab,
      output,
      az: options.az,
      useRunning: options.useRunning === true,
      keep: options.keep === true,
      upFlags: upFlags(options),
      progress,
      signal,
    });
    const report = relative('.', join(output, 'report.md'));
    if (options.json === true) console.log(JSON.stringify({ ...result, report }, null, 2));
    else {
      console.log(
        `\n${result.verdict.toUpperCase()} in ${(result.milliseconds / 1000).toFixed(1)} s: ${result.reason}`,
      );
      console.log(`report: ${report}`);
    }
    process.exitCode = EXIT_CODES[result.verdict];
  } catch (error) {
    if (!signal.aborted || error instanceof Failure) throw error;
    throw new Failure('the lab was interrupted', {
      why: 'Ctrl-C, or another signal to end; everything it had started is gone',
      help: `lazurite lab run ${name}`,
      cause: error,
    });
  } finally {
    release();
  }
}

function upFlags(options: RunOptions): string[] {
  if (options.useRunning === true && (options.isolation ?? options.imageAdmission) !== undefined) {
    throw new Failure('--use-running can change neither isolation nor image admission', {
      why: 'they are settings of the Lazurite that runs already',
      help: 'leave out --use-running',
      exitCode: 2,
    });
  }
  return [
    ...(options.isolation === undefined ? [] : ['--isolation', options.isolation]),
    ...(options.imageAdmission === undefined ? [] : ['--image-admission', options.imageAdmission]),
  ];
}

/** A signal that is aborted by Ctrl-C and the like; a second Ctrl-C changes nothing, cleaning up is under way. */
function abortOnSignals(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    controller.abort(new Error('interrupted'));
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) process.removeListener(signal, onSignal);
    },
  };
}

function printReport(directory: string): void {
  try {
    process.stdout.write(readFileSync(join(directory, 'report.md'), 'utf8'));
  } catch (error) {
    throw new Failure(`there is no report in ${directory}`, {
      why: messageOf(error),
      help: 'lazurite lab run <lab> prints the folder of its report',
      cause: error,
    });
  }
}

/** `'20261121-073015'` */
function stamp(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
