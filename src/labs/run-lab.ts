import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { Failure, messageOf } from '../base/failure.js';
import { runCommand, type CommandOutcome } from './command.js';
import { PHASES, type Lab, type Phase, type Step } from './definition.js';
import { EvidenceWriter } from './evidence.js';
import { judge, type GateResult } from './gates.js';
import { attachInstance, startInstance, type Instance } from './instance.js';
import type { Progress } from './progress.js';
import { formatReport } from './report.js';
import { conclude, endOf, type RunResult, type StepResult } from './run-result.js';
import { createScriptEnvironment, requireAz, type AzChoice } from './script-environment.js';

export interface RunLabOptions {
  lab: Lab;
  /** Folder for the report and the evidence; made if it is not there. */
  output: string;
  az: AzChoice;
  /** Use the Lazurite that runs already, rather than one of its own. */
  useRunning: boolean;
  /** Leave the resources, and the Lazurite, as they are at the end. */
  keep: boolean;
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
  return await new LabRun(options).run();
}

class LabRun {
  readonly #options: RunLabOptions;
  readonly #evidence: EvidenceWriter;
  readonly #steps: StepResult[] = [];
  readonly #begun: Phase[] = [];
  #variables: Record<string, string> = {};
  #environment: Record<string, string> = {};
  #instance: Instance | undefined;

  constructor(options: RunLabOptions) {
    this.#options = options;
    this.#evidence = new EvidenceWriter(options.output);
  }

  async run(): Promise<RunResult> {
    const { progress, lab, signal } = this.#options;
    const started = new Date();
    progress.phase('start');
    const instance = await this.#open();
    this.#instance = instance;
    const scripts = createScriptEnvironment(instance, this.#options.az);
    this.#environment = scripts.variables;
    this.#variables = { ...lab.environment, ...this.#given() };
    try {
      const status = await instance.status();
      progress.line(`isolation: ${status.isolation || 'unknown'}`);
      const finished = await this.#experiment();
      const lost = finished ? undefined : await faultOf(instance);
      await this.#cleanUp(signal);
      const result: RunResult = {
        lab: lab.name,
        title: lab.title,
        ...(lost ?? conclude(this.#steps, finished)),
        startedAt: started.toISOString(),
        milliseconds: Date.now() - started.getTime(),
        az: this.#options.az,
        isolation: status.isolation,
        version: status.version,
        steps: this.#steps,
      };
      progress.phase('report');
      this.#evidence.finish(result, formatReport(lab, result));
      return result;
    } catch (error) {
      await this.#abandon(error);
      throw error;
    } finally {
      scripts.close();
      if (!this.#options.keep) await instance.close();
      else progress.line(`kept: end it with  lazurite down --home ${instance.home}`);
    }
  }

  async #open(): Promise<Instance> {
    const { progress, signal, upFlags, output } = this.#options;
    if (this.#options.useRunning) {
      const instance = attachInstance();
      progress.line(`use the Lazurite at ${instance.gateway}`);
      return instance;
    }
    return await progress.during('start a Lazurite of its own', () =>
      startInstance({ logFile: join(output, 'lazurite.log'), flags: upFlags, signal }),
    );
  }

  /** With a running Lazurite, whoever runs the lab may name the group and the place. */
  #given(): Record<string, string> {
    if (!this.#options.useRunning) return {};
    return Object.fromEntries(
      Object.keys(this.#options.lab.environment).flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /** @returns whether every phase but the cleanup was run to its end with all gates passed */
  async #experiment(): Promise<boolean> {
    for (const phase of PHASES) {
      if (phase === 'cleanup') continue;
      if (!(await this.#phase(phase, this.#options.signal))) return false;
    }
    return true;
  }

  async #phase(phase: Phase, signal: AbortSignal): Promise<boolean> {
    const steps = this.#options.lab.steps.filter((step) => step.phase === phase);
    if (steps.length === 0) return true;
    this.#options.progress.phase(phase);
    this.#begun.push(phase);
    for (const step of steps) {
      const result = await this.#step(step, signal);
      this.#steps.push(result);
      for (const gate of result.gates) this.#options.progress.gate(gate);
      if (!result.completed) this.#explain(result);
      if (!result.completed || result.gates.some((gate) => !gate.passed)) return false;
    }
    return true;
  }

  async #step(step: Step, signal: AbortSignal): Promise<StepResult> {
    await this.#resolveAppUrls();
    const { outcome, gates, attempts } = await this.#options.progress.during(step.title, () =>
      this.#attempts(step, signal),
    );
    const result = {
      id: step.id,
      title: step.title,
      phase: step.phase,
      command: step.run,
      outcome,
      attempts,
      completed: step.anyExit || outcome.exitCode === 0,
      gates,
      ...this.#captured(step, outcome),
    };
    return { ...result, evidence: this.#evidence.step(result) };
  }

  async #attempts(
    step: Step,
    signal: AbortSignal,
  ): Promise<{ outcome: CommandOutcome; gates: GateResult[]; attempts: number }> {
    const deadline = Date.now() + (step.retry?.within ?? 0) * 1000;
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await runCommand({
        command: step.run,
        directory: this.#options.lab.folder,
        environment: { ...this.#environment, ...this.#variables },
        timeout: step.timeout,
        signal,
      });
      const gates = step.gates.map((gate) => judge(gate, outcome.stdout, this.#variables));
      const isDone = outcome.exitCode === 0 && gates.every((gate) => gate.passed);
      if (isDone || !step.retry || Date.now() >= deadline) return { outcome, gates, attempts };
      await delay(step.retry.every * 1000, undefined, { signal });
    }
  }

  #captured(step: Step, outcome: CommandOutcome): { captured?: { name: string; value: string } } {
    if (step.capture === undefined || outcome.exitCode !== 0) return {};
    const value = outcome.stdout.trim();
    this.#variables[step.capture] = value;
    return { captured: { name: step.capture, value } };
  }

  /** An app on a local Lazurite answers at an address that no resource property holds. */
  async #resolveAppUrls(): Promise<void> {
    for (const [variable, nameVariable] of Object.entries(this.#options.lab.appUrls)) {
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
    const { progress, useRunning, keep, signal } = this.#options;
    progress.line(signal.aborted ? 'interrupted: cleaning up' : `stopped: ${messageOf(error)}`);
    if (!useRunning || keep || !this.#hasMadeSomething) return;
    const cleaned = await this.#phase('cleanup', AbortSignal.timeout(60_000)).catch(() => false);
    if (cleaned) return;
    const rest = this.#options.lab.steps.filter((step) => step.phase === 'cleanup');
    throw new Failure('the lab could not clean up after itself', {
      why: messageOf(error),
      help: `cd ${this.#options.lab.folder} && ${rest.map((step) => step.run).join(' && ')}   (with ${Object.entries(
        this.#variables,
      )
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')})`,
    });
  }
}

/** A Lazurite that does not answer any more makes every gate fail: that says nothing about the hypothesis. */
async function faultOf(
  instance: Instance,
): Promise<{ verdict: 'invalid'; reason: string } | undefined> {
  try {
    await instance.status();
    return undefined;
  } catch (error) {
    return { verdict: 'invalid', reason: `Lazurite stopped answering: ${messageOf(error)}` };
  }
}
