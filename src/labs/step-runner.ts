import { setTimeout as delay } from 'node:timers/promises';
import { runCommand, type CommandOutcome } from './command.js';
import type { Lab, Phase, Step } from './definition.js';
import type { EvidenceWriter } from './evidence.js';
import type { Instance } from './instance.js';
import type { Progress } from './progress.js';
import type { StepEvidence, StepResult } from './run-result.js';
import { SNAPSHOTS, type Snapshot } from './snapshots.js';
import { isPassed, resultOf } from './step-result.js';

const LOOK_LIMIT_SECONDS = 60;

/** Where the steps of a run are done, and what they share. */
export interface StepSetting {
  /** Of `lab.yaml`: its scripts are called from there. */
  folder: string;
  instance: Instance;
  /** Of every command, e.g. its PATH. */
  environment: Readonly<Record<string, string>>;
  /** Of the lab; what steps capture is added. */
  variables: Record<string, string>;
  /** Variable → the variable that names the app whose address it takes. */
  appUrls: Lab['appUrls'];
  evidence: EvidenceWriter;
  progress: Progress;
}

/** Runs the commands of a lab one by one, keeps what they print, and hands on what they capture. */
export class StepRunner {
  readonly #setting: StepSetting;

  constructor(setting: StepSetting) {
    this.#setting = setting;
  }

  /** Of the lab, with what was captured so far. */
  get variables(): Readonly<Record<string, string>> {
    return this.#setting.variables;
  }

  /** For the steps that follow. */
  set(name: string, value: string): void {
    this.#setting.variables[name] = value;
  }

  /** Runs a step to its end, again and again where it is to be retried. @throws the signal's reason when aborted */
  async run(step: Step, signal: AbortSignal): Promise<StepResult> {
    const { progress, evidence: writer, variables } = this.#setting;
    await this.#resolveAppUrls();
    const evidence = await progress.during(step.title, () => this.#attempts(step, signal));
    const result = resultOf(step, evidence, writer.step(evidence));
    if (result.captured) variables[result.captured.name] = result.captured.value;
    return result;
  }

  /** For the report alone: where something can't be looked at, the report has less to show. */
  async look(
    after: Snapshot['after'],
    begun: readonly Phase[],
    signal: AbortSignal,
  ): Promise<void> {
    const { variables, evidence } = this.#setting;
    for (const { file, needs, command, ...snapshot } of SNAPSHOTS) {
      if (snapshot.after !== after || !begun.includes(snapshot.begun)) continue;
      if (needs.some((name) => variables[name] === undefined)) continue;
      const { exitCode, stdout } = await this.#command(command, LOOK_LIMIT_SECONDS, signal);
      if (exitCode === 0) evidence.snapshot(file, stdout);
    }
  }

  async #attempts(step: Step, signal: AbortSignal): Promise<StepEvidence> {
    const deadline = Date.now() + (step.retry?.within ?? 0) * 1000;
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await this.#command(step.run, step.timeout, signal);
      const { id, title, phase, run: command } = step;
      const variables = { ...this.#setting.variables };
      const evidence = { id, title, phase, command, outcome, attempts, variables };
      const isDone = isPassed(resultOf(step, evidence, ''));
      if (isDone || !step.retry || Date.now() >= deadline) return evidence;
      await delay(step.retry.every * 1000, undefined, { signal });
    }
  }

  async #command(command: string, timeout: number, signal: AbortSignal): Promise<CommandOutcome> {
    const { folder: directory, environment, variables } = this.#setting;
    return await runCommand({
      command,
      directory,
      environment: { ...environment, ...variables },
      timeout,
      signal,
    });
  }

  /** An app on a local Lazurite answers at an address that no resource property holds. */
  async #resolveAppUrls(): Promise<void> {
    const { appUrls, variables, instance } = this.#setting;
    for (const [variable, nameVariable] of Object.entries(appUrls)) {
      const name = variables[nameVariable];
      if (name === undefined || variables[variable] !== undefined) continue;
      const { apps } = await instance.status();
      const app = apps.find((candidate) => candidate.name === name);
      if (app) variables[variable] = app.url;
    }
  }
}
