import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { codeOf, Failure, messageOf } from '../base/failure.js';
import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject } from '../base/json.js';
import { PHASES, type Check, type Gate, type Lab, type Phase, type Step } from './definition.js';
import { LAB_SCHEMA } from './lab-schema.js';
import { validate, type DocumentPath, type Fault } from './validate.js';

const DEFAULT_TIMEOUT_SECONDS = 60;

/**
 * Reads a lab's definition.
 *
 * @param folder the lab's folder, or its `lab.yaml`
 * @throws Failure with every fault as `file:line:column: what`
 */
export function readLab(folder: string): Lab {
  const file = folder.endsWith('.yaml') ? resolve(folder) : join(resolve(folder), 'lab.yaml');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`there is no lab at ${folder}`, {
      why: codeOf(error) === 'ENOENT' ? `${file} does not exist` : messageOf(error),
      help: 'lazurite lab list',
      exitCode: 2,
      cause: error,
    });
  }
  return parseLab(text, file);
}

/** @throws Failure like {@link readLab} */
export function parseLab(text: string, file: string): Lab {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors[0];
  if (syntax) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    throw faulty([`${file}:${line}:${col}: ${syntax.message.split('\n')[0] ?? ''}`]);
  }
  let value: Json;
  try {
    value = toJson(document.toJS());
  } catch (error) {
    throw faulty([`${file}:1:1: ${messageOf(error)}`]); // an alias without its anchor, or around itself
  }
  const faults = validate(value, LAB_SCHEMA);
  const more = faults.length === 0 && isJsonObject(value) ? crossCheck(value) : [];
  if (faults.length + more.length > 0 || !isJsonObject(value)) {
    throw faulty([...faults, ...more].map((fault) => place(fault, document, lines, file)));
  }
  return labOf(value, dirname(file));
}

function faulty(lines: string[]): Failure {
  return new Failure(
    `the lab's definition has ${lines.length === 1 ? 'a fault' : `${lines.length} faults`}`,
    {
      why: lines.join('\n        '),
      help: 'the fields are in docs/reference/lab.schema.json',
      exitCode: 2,
    },
  );
}

function place(fault: Fault, document: Document, lines: LineCounter, file: string): string {
  const { line, col } = lines.linePos(offsetOf(fault.path, document));
  const where = fault.path.length === 0 ? '' : `${fault.path.join('.')}: `;
  return `${file}:${line}:${col}: ${where}${fault.message}`;
}

/** The offset of the node at the path, or of the nearest one around it. */
function offsetOf(path: DocumentPath, document: Document): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      const start: unknown = node.range[0];
      if (typeof start === 'number') return start;
    }
  }
  return 0;
}

/** What a schema can't say: unique names, references that exist, one check a gate, valid expressions. */
function crossCheck(lab: JsonObject): Fault[] {
  const steps = new Set<string>();
  const gates = new Set<string>();
  const faults: Fault[] = [];
  const once = (seen: Set<string>, id: Json | undefined, path: DocumentPath): void => {
    const name = textOf(id);
    if (seen.has(name)) faults.push({ path, message: `"${name}" is used twice` });
    seen.add(name);
  };
  for (const phase of PHASES) {
    for (const [index, step] of objects(lab[phase]).entries()) {
      once(steps, step['id'], [phase, index, 'id']);
      for (const [number, gate] of objects(step['gates']).entries()) {
        const path = [phase, index, 'gates', number];
        once(gates, gate['id'], [...path, 'id']);
        faults.push(...gateFaults(gate, path));
      }
      if ('retry' in step && objects(step['gates']).length === 0) {
        faults.push({ path: [phase, index, 'retry'], message: 'needs gates to wait for' });
      }
    }
  }
  const report = isJsonObject(lab['report']) ? lab['report'] : {};
  for (const table of ['log', 'evidence']) {
    for (const [index, row] of objects(report[table]).entries()) {
      for (const [key, known] of [
        ['gates', gates],
        ['steps', steps],
      ] as const) {
        for (const [number, name] of list(row[key]).entries()) {
          if (known.has(textOf(name))) continue;
          faults.push({
            path: ['report', table, index, key, number],
            message: `there is no "${textOf(name)}"`,
          });
        }
      }
      const step = row['step'];
      if (step !== undefined && !steps.has(textOf(step))) {
        faults.push({
          path: ['report', table, index, 'step'],
          message: `there is no step "${textOf(step)}"`,
        });
      }
    }
  }
  return faults;
}

function gateFaults(gate: JsonObject, path: DocumentPath): Fault[] {
  const stdout = gate['stdout'];
  if ((stdout === undefined) === (gate['row'] === undefined)) {
    return [{ path, message: 'needs one of "stdout" and "row"' }];
  }
  const patterns: string[] = [];
  if (isJsonObject(stdout)) {
    const kinds = ['contains', 'matches', 'lacks'].filter((kind) => kind in stdout);
    if (kinds.length !== 1) {
      return [{ path: [...path, 'stdout'], message: 'needs one of contains, matches and lacks' }];
    }
    if ('matches' in stdout) patterns.push(textOf(stdout['matches']));
  }
  for (const value of Object.values(isJsonObject(gate['row']) ? gate['row'] : {})) {
    const match = /^\/(.*)\/$/s.exec(textOf(value));
    if (match) patterns.push(match[1] ?? '');
  }
  return patterns.flatMap((pattern): Fault[] => {
    try {
      new RegExp(pattern, 'm');
      return [];
    } catch (error) {
      return [{ path, message: messageOf(error) }];
    }
  });
}

function labOf(value: JsonObject, folder: string): Lab {
  const metadata = objectOf(value['metadata']);
  const hypothesis = objectOf(value['hypothesis']);
  const report = objectOf(value['report']);
  return {
    name: textOf(value['name']),
    title: textOf(value['title']),
    folder,
    metadata: {
      difficulty: textOf(metadata['difficulty']),
      duration: textOf(metadata['duration']),
      tier: textOf(metadata['tier']),
      category: textOf(metadata['category']),
      failureMode: textOf(metadata['failureMode']),
      skills: texts(metadata['skills']),
    },
    question: textOf(value['question']),
    hypothesis: { if: textOf(hypothesis['if']), then: textOf(hypothesis['then']) },
    variables: objects(value['variables']).map((row) => ({
      name: textOf(row['name']),
      control: textOf(row['control']),
      experimental: textOf(row['experimental']),
    })),
    environment: textMap(value['environment']),
    appUrls: textMap(value['appUrls']),
    steps: PHASES.flatMap((phase) => objects(value[phase]).map((step) => stepOf(step, phase))),
    log: objects(report['log']).map((row) => ({
      action: textOf(row['action']),
      expected: textOf(row['expected']),
      gates: texts(row['gates']),
      steps: texts(row['steps']),
    })),
    evidence: objects(report['evidence']).map((row) => ({
      step: textOf(row['step']),
      expected: textOf(row['expected']),
      gates: texts(row['gates']),
    })),
    takeaway: textOf(value['takeaway']),
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
  };
}

function gateOf(gate: JsonObject): Gate {
  return {
    id: textOf(gate['id']),
    expect: textOf(gate['expect']),
    precondition: gate['precondition'] === true,
    check: checkOf(gate),
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

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json; // a round trip through JSON is JSON
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function objects(value: Json | undefined): JsonObject[] {
  return list(value).filter((item) => isJsonObject(item));
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function texts(value: Json | undefined): string[] {
  return list(value).map(textOf);
}

function textMap(value: Json | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).map(([key, item]) => [key, textOf(item)]),
  );
}
