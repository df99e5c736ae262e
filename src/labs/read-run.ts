import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, Failure, messageOf } from '../base/failure.js';
import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject, textOf } from '../base/json.js';
import { digestHex, digestOf } from '../oci/digest.js';
import { ADMISSIONS, MUTATIONS, PHASES, type Lab, type Phase, type Step } from './definition.js';
import { numberOf, objectOf, textMap } from './document-values.js';
import { DIGESTS_FILE, EVIDENCE_FOLDER, evidenceName, LAB_FILE, RUN_FILE } from './evidence.js';
import { readLab } from './read-lab.js';
import { conclude, type RunFacts, type RunResult, type StepEvidence } from './run-result.js';
import { readSnapshots, type SeenApps } from './snapshots.js';
import { isPassed, resultOf } from './step-result.js';
import { onCloud, underAdmission } from './under-admission.js';

/** A run as its folder tells it. */
export interface DerivedRun {
  /** What of the lab was part of the run. */
  lab: Lab;
  run: RunResult;
  /** The apps as the runner saw them. */
  seen: SeenApps;
}

/**
 * Judges a run again by its evidence alone: every gate is applied to what the commands printed.
 *
 * @throws Failure when there is no run in the folder, or a file of it was changed, added or removed
 */
export function readRun(folder: string): DerivedRun {
  checkDigests(folder);
  const facts = factsOf(parseObject(folder, RUN_FILE));
  const whole = readLab(join(folder, LAB_FILE));
  const lab = untilPhase(
    underAdmission(facts.cloud === true ? onCloud(whole) : whole, facts.imageAdmission),
    facts,
  );
  const files = evidenceFiles(folder);
  const steps = stepsTaken(lab, files).map((step, index) => {
    const file = `${EVIDENCE_FOLDER}/${evidenceName(index + 1, step)}`;
    return resultOf(step, evidenceOf(parseObject(folder, file), step), file);
  });
  const proper = lab.steps.filter(({ phase }) => phase !== 'cleanup');
  const finished = proper.every((step) =>
    steps.some((result) => result.id === step.id && isPassed(result)),
  );
  const { until, fault } = facts;
  const verdict =
    fault === undefined
      ? conclude(steps, { finished, until })
      : { verdict: 'invalid' as const, reason: fault };
  return { lab, run: { ...facts, ...verdict, steps }, seen: readSnapshots(folder) };
}

/** What of a lab is done when it is stopped after a phase; its cleanup finds less than it looks for then. */
export function untilPhase(lab: Lab, { until }: { until?: Phase | undefined }): Lab {
  if (until === undefined) return lab;
  const last = PHASES.indexOf(until);
  const proper = lab.steps.filter(({ phase }) => PHASES.indexOf(phase) <= last);
  const cleanup = lab.steps.filter(({ phase }) => phase === 'cleanup');
  return { ...lab, steps: [...proper, ...cleanup.map((step) => ({ ...step, gates: [] }))] };
}

function checkDigests(folder: string): void {
  const recorded = new Map(
    readText(folder, DIGESTS_FILE)
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(66), line.slice(0, 64)] as const),
  );
  const evidence = evidenceFiles(folder).map((name) => `${EVIDENCE_FOLDER}/${name}`);
  const faults = [
    ...evidence.filter((file) => !recorded.has(file)).map((file) => `${file} was added`),
    ...[...recorded].flatMap(([file, hex]) => {
      const found = digestOfFile(join(folder, file));
      if (found === undefined) return [`${file} is missing`];
      return found === hex ? [] : [`${file} was changed`];
    }),
  ];
  if (faults.length > 0) throw tampered(folder, faults);
}

function evidenceFiles(folder: string): string[] {
  try {
    return readdirSync(join(folder, EVIDENCE_FOLDER)).sort();
  } catch {
    return []; // the digests tell which files are missing
  }
}

function digestOfFile(path: string): string | undefined {
  try {
    return digestHex(digestOf(readFileSync(path)));
  } catch {
    return undefined;
  }
}

/** The steps that the evidence is of: the first of the lab's, in order, and the first of its cleanup. */
function stepsTaken(lab: Lab, files: readonly string[]): Step[] {
  const isCleanup = ({ phase }: Step): boolean => phase === 'cleanup';
  const cleanup = lab.steps.filter(isCleanup);
  const proper = lab.steps.filter((step) => !isCleanup(step));
  const cleaned = files.filter((name) => /^\d+-cleanup-/.test(name)).length;
  const steps = [...proper.slice(0, files.length - cleaned), ...cleanup.slice(0, cleaned)];
  const wrong = files.find((name, index) => {
    const step = steps[index];
    return step === undefined || name !== evidenceName(index + 1, step);
  });
  if (wrong === undefined) return steps;
  throw tampered('the run', [
    `${EVIDENCE_FOLDER}/${wrong} is not of the step that is next in the lab`,
  ]);
}

function tampered(folder: string, faults: readonly string[]): Failure {
  return new Failure(`the evidence in ${folder} is not as the run left it`, {
    why: faults.join('\n        '),
    help: 'run the lab again: nothing can be concluded from evidence that was changed',
  });
}

function factsOf(value: JsonObject): RunFacts {
  const mutation = MUTATIONS.find((known) => known === value['mutation']);
  const until = PHASES.find((known) => known === value['until']);
  const fault = value['fault'];
  return {
    lab: textOf(value['lab']),
    title: textOf(value['title']),
    startedAt: textOf(value['startedAt']),
    milliseconds: numberOf(value['milliseconds']) ?? 0,
    az: value['az'] === 'stock' ? 'stock' : 'own',
    ...(value['cloud'] === true && { cloud: true }),
    isolation: textOf(value['isolation']),
    imageAdmission: ADMISSIONS.find((mode) => mode === value['imageAdmission']) ?? 'documented',
    ...(mutation && { mutation }),
    ...(until && { until }),
    ...(typeof fault === 'string' && { fault }),
    version: textOf(value['version']),
    tools: textMap(value['tools']),
  };
}

function evidenceOf(value: JsonObject, step: Step): StepEvidence {
  const outcome = objectOf(value['outcome']);
  return {
    id: step.id,
    title: step.title,
    phase: step.phase,
    command: textOf(value['command']),
    outcome: {
      startedAt: textOf(outcome['startedAt']),
      milliseconds: numberOf(outcome['milliseconds']) ?? 0,
      exitCode: numberOf(outcome['exitCode']) ?? null,
      timedOut: outcome['timedOut'] === true,
      stdout: textOf(outcome['stdout']),
      stderr: textOf(outcome['stderr']),
    },
    attempts: numberOf(value['attempts']) ?? 1,
    variables: textMap(value['variables']),
  };
}

function parseObject(folder: string, file: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(readText(folder, file)) as Json; // JSON.parse answers JSON by definition
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw tampered(folder, [`${file}: ${messageOf(error)}`]);
  }
  if (isJsonObject(value)) return value;
  throw tampered(folder, [`${file} holds no JSON object`]);
}

function readText(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    throw new Failure(`there is no run in ${folder}`, {
      why: codeOf(error) === 'ENOENT' ? `${join(folder, file)} does not exist` : messageOf(error),
      help: 'lazurite lab run <lab> prints the folder of its report',
      cause: error,
    });
  }
}
