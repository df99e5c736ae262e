import { join, relative, resolve } from 'node:path';
import { Failure } from '../base/failure.js';
import { azureTargetOf, type AzureOptions } from './lab-azure.js';
import { deletionCommands, type AzureTarget } from '../labs/azure-target.js';
import { ADMISSIONS, type Lab, type Mutation, type Phase } from '../labs/definition.js';
import type { RunResult } from '../labs/run-result.js';
import type { AzChoice } from '../labs/script-environment.js';
import { underAdmission } from '../labs/under-admission.js';
import type { IsolationLevel } from '../runtime/runtime.js';

export interface RunOptions extends AzureOptions {
  az: AzChoice;
  output?: string;
  keep?: boolean;
  json?: boolean;
  isolation?: IsolationLevel;
  mutate?: Mutation;
  until?: Phase;
  step?: boolean;
}

/** `lazurite lab run` */
export async function runLabCommand(name: string, options: RunOptions): Promise<void> {
  const { findLab } = await import('../labs/catalogue.js');
  const { EXIT_CODES } = await import('../labs/run-result.js');
  const { summarise } = await import('../labs/repeat.js');
  const lab = findLab(name);
  const output = resolve(options.output ?? join('lab-runs', `${lab.name}-${stamp(new Date())}`));
  const times = repetitionsOf(options);
  const admission = ADMISSIONS.find((mode) => mode === options.imageAdmission);
  if (admission) underAdmission(lab, admission); // refused before anything is started
  const azure = await azureTargetOf(lab, options);
  const { signal, release } = abortOnSignals();
  const runs: RunResult[] = [];
  try {
    for (let number = 1; number <= times; number += 1) {
      const folder = times === 1 ? output : join(output, String(number));
      runs.push(await runOnce(lab, folder, { ...options, azure }, signal));
    }
    process.exitCode = EXIT_CODES[summarise(runs).verdict];
  } catch (error) {
    if (!signal.aborted || error instanceof Failure) throw error;
    throw new Failure('the lab was interrupted', {
      why: azure
        ? `Ctrl-C, or another signal to end; see that nothing is left: ${deletionCommands(azure.resourceGroup)}`
        : `Ctrl-C, or another signal to end; ${options.keep === true ? 'what it had made is kept, as asked' : 'everything it had started is gone'}`,
      help: `lazurite lab run ${name}`,
      cause: error,
    });
  } finally {
    release();
    if (times > 1 && runs.length > 0) await tellRepetition(runs, output, options);
  }
}

/** Of the runs that came to their end, also where Ctrl-C ended the last one. */
async function tellRepetition(
  runs: readonly RunResult[],
  output: string,
  options: RunOptions,
): Promise<void> {
  const { formatRepetition, summarise } = await import('../labs/repeat.js');
  console.log(
    options.json === true
      ? JSON.stringify({ ...summarise(runs), output: relative('.', output) }, null, 2)
      : `\n${formatRepetition(runs)}`,
  );
}

async function runOnce(
  lab: Lab,
  output: string,
  options: RunOptions & { azure: AzureTarget | undefined },
  signal: AbortSignal,
): Promise<RunResult> {
  const [{ runLab }, { Progress }, { StepPrompt }] = await Promise.all([
    import('../labs/run-lab.js'),
    import('../labs/progress.js'),
    import('../labs/step-prompt.js'),
  ]);
  const stream = options.json === true ? process.stderr : process.stdout;
  const prompt = options.step === true ? new StepPrompt(process.stdin, stream) : undefined;
  try {
    const result = await runLab({
      lab,
      output,
      az: options.azure ? 'stock' : options.az,
      azure: options.azure,
      useRunning: options.useRunning === true,
      keep: options.keep === true,
      mutation: options.mutate,
      until: options.until,
      pace: prompt && ((step) => prompt.ask(step, signal)),
      upFlags: upFlags(options),
      progress: new Progress(stream),
      signal,
    });
    tell(result, relative('.', join(output, 'report.md')), options);
    return result;
  } finally {
    prompt?.close();
  }
}

function tell(result: RunResult, report: string, options: RunOptions): void {
  if (options.json === true) {
    if (repetitionsOf(options) === 1) console.log(JSON.stringify({ ...result, report }, null, 2));
    return;
  }
  const seconds = (result.milliseconds / 1000).toFixed(1);
  console.log(`\n${result.verdict.toUpperCase()} in ${seconds} s: ${result.reason}`);
  console.log(`report: ${report}`);
}

/** @throws Failure for a number of runs that is none, or that can't be combined */
function repetitionsOf({ repeat = 1, keep, step }: RunOptions): number {
  if (!Number.isSafeInteger(repeat) || repeat < 1) {
    throw new Failure('--repeat takes a whole number of runs, at least 1', { exitCode: 2 });
  }
  if (repeat > 1 && (keep === true || step === true)) {
    throw new Failure(`--repeat can't be combined with ${keep === true ? '--keep' : '--step'}`, {
      why: 'each run starts from nothing and ends with nothing left',
      help: 'leave out one of the two',
      exitCode: 2,
    });
  }
  return repeat;
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

/** `'20261121-073015'` */
function stamp(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
