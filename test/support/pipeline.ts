import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';

/** A shell step of a pipeline, in the terms that its dialects share. */
export interface PipelineStep {
  name: string;
  /** As written. */
  script: string;
  /** Values may hold expressions. */
  environment: Readonly<Record<string, string>>;
  id: string | undefined;
  when: 'succeeded' | 'failed' | 'always';
}

export interface StepOutcome {
  name: string;
  code: number | null;
  output: string;
}

interface WrittenStep {
  name?: string;
  displayName?: string;
  run?: string;
  script?: string;
  env?: Record<string, string>;
  id?: string;
  if?: string;
  condition?: string;
}

interface Pipeline {
  steps: PipelineStep[];
  defaults: Record<string, string>;
}

/** A composite action: its shell steps and the defaults of its inputs. */
export function readCompositeAction(file: string): Pipeline {
  const action = parse(readFileSync(file, 'utf8')) as {
    inputs: Record<string, { default?: string }>;
    runs: { using: string; steps: WrittenStep[] };
  };
  if (action.runs.using !== 'composite') throw new Error(`${file} is no composite action`);
  const inputs = Object.entries(action.inputs);
  return {
    steps: action.runs.steps.map(stepOf),
    defaults: Object.fromEntries(inputs.map(([name, input]) => [name, input.default ?? ''])),
  };
}

/** A steps template of Azure Pipelines: its steps and the defaults of its parameters. */
export function readAzureTemplate(file: string): Pipeline {
  const template = parse(readFileSync(file, 'utf8')) as {
    parameters: { name: string; default?: string }[];
    steps: WrittenStep[];
  };
  return {
    steps: template.steps.map(stepOf),
    defaults: Object.fromEntries(
      template.parameters.map((parameter) => [parameter.name, parameter.default ?? '']),
    ),
  };
}

/** The shell steps of a workflow's jobs; `uses` steps are not among them. */
export function readWorkflowScripts(file: string): PipelineStep[] {
  const workflow = parse(readFileSync(file, 'utf8')) as {
    jobs: Record<string, { steps: WrittenStep[] }>;
  };
  return Object.values(workflow.jobs)
    .flatMap(({ steps }) => steps)
    .filter(({ run }) => run !== undefined)
    .map(stepOf);
}

function stepOf(step: WrittenStep): PipelineStep {
  const script = step.run ?? step.script;
  if (script === undefined) throw new Error(`not a shell step: ${JSON.stringify(step)}`);
  const condition = step.if ?? step.condition ?? '';
  return {
    name: step.name ?? step.displayName ?? '',
    script,
    environment: step.env ?? {},
    id: step.id,
    when: /fail/.test(condition) ? 'failed' : /always/.test(condition) ? 'always' : 'succeeded',
  };
}

/**
 * Runs shell steps one after the other as an agent does: each in a bash of its own, with the variables, outputs
 * and folders for PATH that the steps before it left, by files (GitHub) or by logging commands (Azure).
 */
export class PipelineAgent {
  readonly outcomes: StepOutcome[] = [];
  readonly #folder: string;
  readonly #inputs: Readonly<Record<string, string>>;
  readonly #outputs: Record<string, string> = {};
  readonly #environment: Record<string, string>;
  #failed = false;

  /** @param folder becomes the checkout's folder; temporary files go below it */
  constructor(folder: string, inputs: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#inputs = inputs;
    const temporary = join(folder, '.agent');
    mkdirSync(temporary, { recursive: true });
    this.#environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      TMPDIR: temporary,
      RUNNER_TEMP: temporary,
      AGENT_TEMPDIRECTORY: temporary,
      npm_config_prefer_offline: 'true',
    };
  }

  async run(steps: readonly PipelineStep[]): Promise<void> {
    for (const step of steps) {
      if (step.when === 'succeeded' && this.#failed) continue;
      if (step.when === 'failed' && !this.#failed) continue;
      await this.#step(step);
    }
  }

  async #step(step: PipelineStep): Promise<void> {
    const files = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_PATH'] as const;
    const fileOf = (name: string): string => join(this.#folder, '.agent', name);
    for (const name of files) writeFileSync(fileOf(name), '');
    const script = join(this.#folder, '.agent', 'step.sh');
    writeFileSync(script, this.#evaluated(step.script));
    const { code, output } = await bash(script, this.#folder, {
      ...this.#environment,
      ...Object.fromEntries(files.map((name) => [name, fileOf(name)])),
      ...Object.fromEntries(
        Object.entries(step.environment).map(([name, value]) => [name, this.#evaluated(value)]),
      ),
    });
    rmSync(script);
    this.outcomes.push({ name: step.name, code, output });
    if (code !== 0) this.#failed = true;
    Object.assign(this.#environment, assignments(readFileSync(fileOf('GITHUB_ENV'), 'utf8')));
    for (const [name, value] of Object.entries(
      assignments(readFileSync(fileOf('GITHUB_OUTPUT'), 'utf8')),
    )) {
      this.#outputs[`steps.${step.id ?? ''}.outputs.${name}`] = value;
    }
    const prepend = readFileSync(fileOf('GITHUB_PATH'), 'utf8').split('\n').filter(Boolean);
    for (const folder of [
      ...prepend,
      ...loggingCommands(output, 'task.prependpath').map(([, v]) => v),
    ]) {
      this.#environment['PATH'] = `${folder}${delimiter}${this.#environment['PATH'] ?? ''}`;
    }
    for (const [properties, value] of loggingCommands(output, 'task.setvariable')) {
      const name = /variable=([^;\]]+)/.exec(properties)?.[1];
      if (name !== undefined) this.#environment[name] = value;
    }
  }

  #evaluated(text: string): string {
    return text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (all, path: string) => {
      const input = /^(?:inputs|parameters)\.(.+)$/.exec(path)?.[1];
      if (input === undefined) return this.#outputs[path] ?? ''; // of a step that did not run
      const value = this.#inputs[input];
      if (value === undefined) throw new Error(`${all} has no value`);
      return value;
    });
  }
}

function assignments(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line): [string, string] => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );
}

/** `##vso[task.setvariable variable=A]b` → `['variable=A', 'b']` */
function loggingCommands(output: string, command: string): [string, string][] {
  return output.split('\n').flatMap((line): [string, string][] => {
    const match = /^##vso\[([\w.]+) ?([^\]]*)\](.*)$/.exec(line);
    return match?.[1] === command ? [[match[2] ?? '', match[3] ?? '']] : [];
  });
}

async function bash(
  script: string,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, output };
}
