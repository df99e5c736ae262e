import { Failure, messageOf } from '../base/failure.js';
import { deletionCommands, withCloudTimes, type AzureTarget } from './azure-target.js';
import { PHASES, type Lab, type Mutation, type Phase, type Step } from './definition.js';
import type { EvidenceWriter } from './evidence.js';
import { formatHtml } from './html-report.js';
import type { Instance, InstanceStatus } from './instance.js';
import type { Progress } from './progress.js';
import { readRun, untilPhase } from './read-run.js';
import { formatReport } from './report.js';
import { endOf, type RunResult, type StepResult } from './run-result.js';
import type { AzChoice, ScriptEnvironment } from './script-environment.js';
import type { Snapshot } from './snapshots.js';
import { isPassed } from './step-result.js';
import { StepRunner } from './step-runner.js';
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

/** What a run is done with. */
export interface Equipment {
  started: Date;
  evidence: EvidenceWriter;
  instance: Instance;
  scripts: ScriptEnvironment;
  /** In the place of those of the lab's environment. */
  variables: Readonly<Record<string, string>>;
}

/** A lab on its way through its phases. */
export class LabRun {
  readonly #options: RunLabOptions;
  readonly #equipment: Equipment;
  readonly #steps: StepRunner;
  readonly #begun: Phase[] = [];
  #fault: string | undefined;
  #last: StepResult | undefined;
  /** What of it applies under the image admission of the Lazurite it runs on. */
  #lab: Lab;

  constructor(options: RunLabOptions, equipment: Equipment) {
    const { azure, lab, progress } = options;
    this.#options = options;
    this.#equipment = equipment;
    this.#lab = azure ? withCloudTimes(onCloud(lab)) : lab;
    this.#steps = new StepRunner({
      folder: lab.folder,
      instance: equipment.instance,
      environment: equipment.scripts.variables,
      variables: { ...this.#lab.environment, ...equipment.variables },
      appUrls: lab.appUrls,
      evidence: equipment.evidence,
      progress,
    });
  }

  /** @throws the signal's reason when it is aborted, after cleaning up */
  async run(): Promise<RunResult> {
    const { progress, signal } = this.#options;
    const { instance } = this.#equipment;
    try {
      const status = await instance.status();
      progress.line(
        `isolation: ${status.isolation || 'unknown'}; image admission: ${status.imageAdmission}`,
      );
      this.#lab = untilPhase(underAdmission(this.#lab, status.imageAdmission), this.#options);
      this.#steps.set('IMAGE_ADMISSION', status.imageAdmission);
      const finished = await this.#experiment();
      await this.#look('experiment');
      if (!finished) this.#fault ??= portFault(this.#last, status) ?? (await faultOf(instance));
      await this.#cleanUp(signal);
      return await this.#conclude(status);
    } catch (error) {
      await this.#abandon(error);
      throw error;
    } finally {
      const rest = this.#options.keep ? this.#endOfKept() : undefined;
      if (rest !== undefined) progress.line(`kept: end it with  ${rest}`);
    }
  }

  /** The run is judged by what it wrote, as anyone can judge it later. */
  async #conclude(status: InstanceStatus): Promise<RunResult> {
    const { az, mutation, until, output, progress } = this.#options;
    const { started, evidence, scripts } = this.#equipment;
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
      tools: await toolVersions(az, scripts.variables),
    };
    evidence.facts(facts);
    const { lab, run, seen } = readRun(output);
    evidence.finish(run, {
      markdown: formatReport(lab, run),
      html: formatHtml(lab, run, seen),
    });
    return run;
  }

  async #look(after: Snapshot['after']): Promise<void> {
    await this.#steps.look(after, this.#begun, this.#options.signal);
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
      const result = await this.#steps.run(step, signal);
      this.#last = result;
      for (const gate of result.gates) this.#options.progress.gate(gate);
      if (!result.completed) this.#explain(result);
      if (!isPassed(result)) return false;
    }
    return true;
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
    throw new Failure('the lab could not clean up after itself', {
      why: messageOf(error),
      help: this.#cleanupCommands(),
    });
  }

  /** What ends what `--keep` left: of a Lazurite or a subscription that was there before, only the lab's own. */
  #endOfKept(): string | undefined {
    const { azure, useRunning } = this.#options;
    if (azure || useRunning) return this.#hasMadeSomething ? this.#cleanupCommands() : undefined;
    const { home } = this.#equipment.instance;
    return `lazurite down --home ${home} && rm -r ${home}`;
  }

  /** To type by hand, where the lab could not do it or was not to. */
  #cleanupCommands(): string {
    const { azure, lab } = this.#options;
    if (azure) return deletionCommands(azure.resourceGroup);
    const steps = lab.steps.filter(({ phase }) => phase === 'cleanup');
    const commands = steps.map(({ run }) => run).join(' && ');
    return `(cd ${lab.folder} && export ${assignments(this.#steps.variables)} && ${commands})`;
  }
}

/** `"RG='rg-lab' APP_NAME='ca-lab'"`: as a shell reads it. */
function assignments(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join(' ');
}

/** Two apps of a lab can't listen on one port where replicas share a network, whatever the hypothesis says. */
function portFault(last: StepResult | undefined, status: InstanceStatus): string | undefined {
  if (!last || !/"Reason": ?"Pending:PortInUse"/.test(last.outcome.stdout)) return undefined;
  return `replicas share this machine's network at isolation ${status.isolation}, and another one had the port: run it with --isolation oci or namespaces`;
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
