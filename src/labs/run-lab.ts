import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { Failure, messageOf } from '../base/failure.js';
import {
  azureInstance,
  deletionCommands,
  withCloudTimes,
  type AzureTarget,
} from './azure-target.js';
import { runCommand } from './command.js';
import { PHASES, type Lab, type Mutation, type Phase, type Step } from './definition.js';
import { EvidenceWriter } from './evidence.js';
import { formatHtml } from './html-report.js';
import { attachInstance, startInstance, type Instance, type InstanceStatus } from './instance.js';
import type { Progress } from './progress.js';
import { readRun, untilPhase } from './read-run.js';
import { formatReport } from './report.js';
import { endOf, type RunResult, type StepEvidence, type StepResult } from './run-result.js';
import { createScriptEnvironment, requireAz, type AzChoice } from './script-environment.js';
import { SNAPSHOTS, type Snapshot } from './snapshots.js';
import { isPassed, resultOf } from './step-result.js';
import { toolVersions } from './tool-versions.js';
import { onCloud, underAdmission } from './under-admission.js';

export interface RunLabOptions {
  lab: Lab;
  /** Folder for the report and the evidence; made if it is not there. */
  output: string;
  az: AzChoice;
  /** Use the Lazurite that runs already, rather than one of its own. */
  useRunning: boolean;
  /** Run on a subscription of Azure, rather than on a Lazurite. */
  azure?: AzureTarget | undefined;
  /** Leave the resources, and the Lazurite, as they are at the end. */
  keep: boolean;
  /** Break the experiment on purpose, to see that its gates notice. */
  mutation?: Mutation | undefined;
  /** Stop after this phase, and clean up. */
  until?: Phase | undefined;
  /** Asked before each step; `'stop'` ends the run, with its cleanup. */
  pace?: ((step: Step) => Promise<'go' | 'stop'>) | undefined;
  /** More flags for `lazurite up`, e.g. `['--isolation', 'process']`. */
  upFlags: readonly string[];
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Runs a lab through its phases and writes its report.
 *
 * @throws Failure when no Lazurite can be had; the signal's reason when it is aborted, after cleaning up
 */
export async function runLab(options: RunLabOptions): Promise<RunResult> {
  requireAz(options.az);
  mutationOf(options);
  return await new LabRun(options).run();
}

class LabRun {
  readonly #options: RunLabOptions;
  readonly #evidence: EvidenceWriter;
  readonly #begun: Phase[] = [];
  #variables: Record<string, string> = {};
  #environment: Record<string, string> = {};
  #instance: Instance | undefined;
  #fault: string | undefined;
  /** What of it applies under the image admission of the Lazurite it runs on. */
  #lab: Lab;

  constructor(options: RunLabOptions) {
    this.#options = options;
    this.#lab = options.azure ? withCloudTimes(onCloud(options.lab)) : options.lab;
    this.#evidence = new EvidenceWriter(options.output);
    this.#evidence.definition(options.lab.folder);
  }

  async run(): Promise<RunResult> {
    const { progress, signal } = this.#options;
    const started = new Date();
    progress.phase('start');
    const instance = await this.#open();
    this.#instance = instance;
    const scripts = createScriptEnvironment(instance, this.#options);
    this.#environment = scripts.variables;
    this.#variables = { ...this.#lab.environment, ...this.#given(), ...mutationOf(this.#options) };
    try {
      const status = await instance.status();
      progress.line(
        `isolation: ${status.isolation || 'unknown'}; image admission: ${status.imageAdmission}`,
      );
      this.#lab = untilPhase(underAdmission(this.#lab, status.imageAdmission), this.#options);
      this.#variables['IMAGE_ADMISSION'] = status.imageAdmission;
      const finished = await this.#experiment();
      await this.#look('experiment');
      if (!finished) this.#fault ??= await faultOf(instance);
      await this.#cleanUp(signal);
      return await this.#conclude(started, status);
    } catch (error) {
      await this.#abandon(error);
      throw error;
    } finally {
      scripts.close();
      if (!this.#options.keep) await instance.close();
      else progress.line(`kept: end it with  ${this.#endOfKept(instance)}`);
    }
  }

  /** The run is judged by what it wrote, as anyone can judge it later. */
  async #conclude(started: Date, status: InstanceStatus): Promise<RunResult> {
    const { az, mutation, until, output, progress } = this.#options;
    progress.phase('report');
    const facts = {
      lab: this.#lab.name,
      title: this.#lab.title,
      startedAt: started.toISOString(),
      milliseconds: Date.now() - started.getTime(),
      az,
      ...(this.#options.azure && { cloud: true }),
      isolation: status.isolation,
      imageAdmission: status.imageAdmission,
      ...(mutation && { mutation }),
      ...(until && { until }),
      ...(this.#fault !== undefined && { fault: this.#fault }),
      version: status.version,
      tools: await toolVersions(az, this.#environment),
    };
    this.#evidence.facts(facts);
    const { lab, run, seen } = readRun(output);
    this.#evidence.finish(run, {
      markdown: formatReport(lab, run),
      html: formatHtml(lab, run, seen),
    });
    return run;
  }

  #endOfKept({ home }: Instance): string {
    const { azure } = this.#options;
    return azure ? deletionCommands(azure.resourceGroup) : `lazurite down --home ${home}`;
  }

  async #open(): Promise<Instance> {
    const { progress, signal, upFlags, keep, output, azure } = this.#options;
    if (azure) {
      progress.line(`use the subscription ${azure.subscription} (${azure.subscriptionId})`);
      return azureInstance(azure);
    }
    if (this.#options.useRunning) {
      const instance = attachInstance();
      progress.line(`use the Lazurite at ${instance.gateway}`);
      return instance;
    }
    return await progress.during('start a Lazurite of its own', () =>
      startInstance({ logFile: join(output, 'lazurite.log'), flags: upFlags, keep, signal }),
    );
  }

  /** With a running Lazurite, whoever runs the lab may name the group and the place. */
  #given(): Record<string, string> {
    const { useRunning, azure } = this.#options;
    if (!useRunning && !azure) return {};
    const named = Object.fromEntries(
      Object.keys(this.#lab.environment).flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    return { ...named, ...(azure && { RG: azure.resourceGroup }) };
  }

  /** For the report alone: where something can't be looked at, the report has less to show. */
  async #look(after: Snapshot['after']): Promise<void> {
    for (const { file, needs, command, ...snapshot } of SNAPSHOTS) {
      if (snapshot.after !== after || !this.#begun.includes(snapshot.begun)) continue;
      if (needs.some((name) => this.#variables[name] === undefined)) continue;
      const { exitCode, stdout } = await runCommand({
        command,
        directory: this.#lab.folder,
        environment: { ...this.#environment, ...this.#variables },
        timeout: 60,
        signal: this.#options.signal,
      });
      if (exitCode === 0) this.#evidence.snapshot(file, stdout);
    }
  }

  /** @returns whether every phase but the cleanup was run to its end with all gates passed */
  async #experiment(): Promise<boolean> {
    for (const phase of PHASES) {
      if (phase === 'cleanup') continue;
      if (!(await this.#phase(phase, this.#options.signal))) return false;
      await this.#look(phase);
    }
    return true;
  }

  async #phase(phase: Phase, signal: AbortSignal): Promise<boolean> {
    const steps = this.#lab.steps.filter((step) => step.phase === phase);
    if (steps.length === 0) return true;
    this.#options.progress.phase(phase);
    this.#begun.push(phase);
    for (const step of steps) {
      if (phase !== 'cleanup' && (await this.#options.pace?.(step)) === 'stop') {
        this.#fault = `it was stopped by hand before "${step.title}"`;
        return false;
      }
      const result = await this.#step(step, signal);
      for (const gate of result.gates) this.#options.progress.gate(gate);
      if (!result.completed) this.#explain(result);
      if (!isPassed(result)) return false;
    }
    return true;
  }

  async #step(step: Step, signal: AbortSignal): Promise<StepResult> {
    await this.#resolveAppUrls();
    const evidence = await this.#options.progress.during(step.title, () =>
      this.#attempts(step, signal),
    );
    const result = resultOf(step, evidence, this.#evidence.step(evidence));
    if (result.captured) this.#variables[result.captured.name] = result.captured.value;
    return result;
  }

  async #attempts(step: Step, signal: AbortSignal): Promise<StepEvidence> {
    const deadline = Date.now() + (step.retry?.within ?? 0) * 1000;
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await runCommand({
        command: step.run,
        directory: this.#lab.folder,
        environment: { ...this.#environment, ...this.#variables },
        timeout: step.timeout,
        signal,
      });
      const { id, title, phase, run: command } = step;
      const variables = { ...this.#variables };
      const evidence = { id, title, phase, command, outcome, attempts, variables };
      const isDone = isPassed(resultOf(step, evidence, ''));
      if (isDone || !step.retry || Date.now() >= deadline) return evidence;
      await delay(step.retry.every * 1000, undefined, { signal });
    }
  }

  /** An app on a local Lazurite answers at an address that no resource property holds. */
  async #resolveAppUrls(): Promise<void> {
    for (const [variable, nameVariable] of Object.entries(this.#lab.appUrls)) {
      const name = this.#variables[nameVariable];
      if (name === undefined || this.#variables[variable] !== undefined) continue;
      const app = (await this.#instance?.status())?.apps.find(
        (candidate) => candidate.name === name,
      );
      if (app) this.#variables[variable] = app.url;
    }
  }

  #explain(result: StepResult): void {
    const { progress } = this.#options;
    progress.line(`FAIL ${result.title}: it ${endOf(result.outcome)}`);
    const said = `${result.outcome.stdout}\n${result.outcome.stderr}`.trim().split('\n').slice(-8);
    for (const line of said) progress.line(`  | ${line}`);
  }

  /** Whether a step after `require` was begun: before that there is nothing of the lab's own to remove. */
  get #hasMadeSomething(): boolean {
    return this.#begun.some((phase) => phase !== 'require');
  }

  async #cleanUp(signal: AbortSignal): Promise<void> {
    if (this.#options.keep || !this.#hasMadeSomething) return;
    await this.#phase('cleanup', signal);
  }

  /** After Ctrl-C or a fault: the resources of a Lazurite that goes on running must go. */
  async #abandon(error: unknown): Promise<void> {
    const { progress, useRunning, keep, signal, azure } = this.#options;
    progress.line(signal.aborted ? 'interrupted: cleaning up' : `stopped: ${messageOf(error)}`);
    if ((!useRunning && !azure) || keep || !this.#hasMadeSomething) return;
    const limit = AbortSignal.timeout(azure ? 600_000 : 60_000);
    const cleaned = await this.#phase('cleanup', limit).catch(() => false);
    if (cleaned) return;
    const rest = this.#lab.steps.filter((step) => step.phase === 'cleanup');
    throw new Failure('the lab could not clean up after itself', {
      why: messageOf(error),
      help: azure
        ? deletionCommands(azure.resourceGroup)
        : `cd ${this.#lab.folder} && ${rest.map((step) => step.run).join(' && ')}   (with ${Object.entries(
            this.#variables,
          )
            .map(([name, value]) => `${name}=${value}`)
            .join(' ')})`,
    });
  }
}

/** @throws Failure when the lab does not say how it is broken in that way */
function mutationOf({ lab, mutation }: RunLabOptions): Readonly<Record<string, string>> {
  if (mutation === undefined) return {};
  const variables = lab.mutations[mutation];
  if (variables) return variables;
  throw new Failure(`the lab ${lab.name} has no mutation of its ${mutation}`, {
    why: `its lab.yaml has no field mutations.${mutation}`,
    help: `lazurite lab run ${lab.name}`,
    exitCode: 2,
  });
}

/** A Lazurite that does not answer any more makes every gate fail: that says nothing about the hypothesis. */
async function faultOf(instance: Instance): Promise<string | undefined> {
  try {
    await instance.status();
    return undefined;
  } catch (error) {
    return `Lazurite stopped answering: ${messageOf(error)}`;
  }
}
