import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject, textOf } from '../base/json.js';
import {
  ADMISSIONS,
  MEASUREMENT_TAGS,
  MUTATIONS,
  PHASES,
  type Admission,
  type Check,
  type EvidenceRow,
  type Gate,
  type Lab,
  type LogRow,
  type Measurement,
  type Phase,
  type Step,
} from './definition.js';
import { symptomsOf } from './causes/symptoms-of-document.js';
import { list, numberOf, objectOf, objects, textMap, texts } from './document-values.js';

const DEFAULT_TIMEOUT_SECONDS = 60;

/** The lab that a valid document describes. */
export function labOfDocument(document: JsonObject, folder: string): Lab {
  const metadata = objectOf(document['metadata']);
  const hypothesis = objectOf(document['hypothesis']);
  const claim = { if: textOf(hypothesis['if']), then: textOf(hypothesis['then']) };
  const steps = PHASES.flatMap((phase) =>
    objects(document[phase]).map((step) => stepOf(step, phase)),
  );
  return {
    name: textOf(document['name']),
    title: textOf(document['title']),
    folder,
    metadata: {
      difficulty: textOf(metadata['difficulty']),
      duration: textOf(metadata['duration']),
      tier: textOf(metadata['tier']),
      category: textOf(metadata['category']),
      failureMode: textOf(metadata['failureMode']),
      skills: texts(metadata['skills']),
    },
    question: textOf(document['question']),
    hypothesis: claim,
    prediction: proseOf(document['prediction']) || `If ${claim.if}, then ${claim.then}.`,
    variables: objects(document['variables']).map((row) => ({
      name: textOf(row['name']),
      control: textOf(row['control']),
      experimental: textOf(row['experimental']),
    })),
    environment: textMap(document['environment']),
    appUrls: textMap(document['appUrls']),
    admission: admissionOf(document),
    mutations: mutationsOf(objectOf(document['mutations'])),
    steps,
    signature: texts(document['signature']),
    ...reportOf(objectOf(document['report']), steps),
    measurements: objects(document['measurements']).map(measurementOf),
    analysis: proseOf(document['analysis']),
    conclusion: proseOf(document['conclusion']),
    solution: proseOf(document['solution']),
    prevention: proseOf(document['prevention']),
    takeaway: proseOf(document['takeaway']),
    supportTakeaway: proseOf(document['supportTakeaway']),
    ...('symptoms' in document && { symptoms: symptomsOf(objectOf(document['symptoms'])) }),
    seeAlso: texts(document['seeAlso']),
  };
}

function stepOf(step: JsonObject, phase: Phase): Step {
  const retry = objectOf(step['retry']);
  const capture = step['capture'];
  return {
    id: textOf(step['id']),
    title: textOf(step['title']),
    phase,
    run: textOf(step['run']).trim(),
    timeout: numberOf(step['timeout']) ?? DEFAULT_TIMEOUT_SECONDS,
    anyExit: step['exit'] === 'any',
    ...(typeof capture === 'string' ? { capture } : {}),
    ...('retry' in step
      ? { retry: { within: numberOf(retry['within']) ?? 0, every: numberOf(retry['every']) ?? 1 } }
      : {}),
    gates: objects(step['gates']).map(gateOf),
    admission: admissionOf(step),
    localOnly: step['localOnly'] === true,
  };
}

function gateOf(gate: JsonObject): Gate {
  return {
    id: textOf(gate['id']),
    expect: textOf(gate['expect']),
    precondition: gate['precondition'] === true,
    check: checkOf(gate),
    admission: admissionOf(gate),
  };
}

function checkOf(gate: JsonObject): Check {
  const stdout = gate['stdout'];
  if (!isJsonObject(stdout)) return { kind: 'row', fields: textMap(gate['row']) };
  if ('contains' in stdout) return { kind: 'contains', text: textOf(stdout['contains']) };
  if ('matches' in stdout) return { kind: 'matches', pattern: textOf(stdout['matches']) };
  const except = stdout['except'];
  return {
    kind: 'lacks',
    text: textOf(stdout['lacks']),
    ...(typeof except === 'string' ? { except } : {}),
  };
}

function admissionOf(part: JsonObject): readonly Admission[] {
  const given = list(part['admission']);
  return 'admission' in part ? ADMISSIONS.filter((mode) => given.includes(mode)) : ADMISSIONS;
}

/** Without tables of its own, a lab's steps make them. */
function reportOf(
  report: JsonObject,
  steps: readonly Step[],
): { log: LogRow[]; evidence: EvidenceRow[] } {
  const judged = steps.filter((step) => step.gates.length > 0 && step.phase !== 'require');
  const gatesOf = (step: Step): string[] => step.gates.map(({ id }) => id);
  const expectedOf = (step: Step): string => step.gates.map((gate) => gate.expect).join('; ');
  return {
    log:
      'log' in report
        ? objects(report['log']).map((row) => ({
            action: textOf(row['action']),
            expected: textOf(row['expected']),
            gates: texts(row['gates']),
            steps: texts(row['steps']),
          }))
        : judged.map((step) => ({
            action: step.title,
            expected: expectedOf(step),
            gates: gatesOf(step),
            steps: [],
          })),
    evidence:
      'evidence' in report
        ? objects(report['evidence']).map((row) => ({
            step: textOf(row['step']),
            expected: textOf(row['expected']),
            gates: texts(row['gates']),
          }))
        : judged.map((step) => ({
            step: step.id,
            expected: expectedOf(step),
            gates: gatesOf(step),
          })),
  };
}

function measurementOf(measurement: JsonObject): Measurement {
  const tag = MEASUREMENT_TAGS.find((known) => known === measurement['tag']) ?? 'Observed';
  return {
    tag,
    statement: proseOf(measurement['statement']),
    gates: texts(measurement['gates']),
  };
}

function mutationsOf(mutations: JsonObject): Lab['mutations'] {
  return Object.fromEntries(
    MUTATIONS.filter((name) => name in mutations).map((name) => [name, textMap(mutations[name])]),
  );
}

function proseOf(value: Json | undefined): string {
  return textOf(value).trim();
}
