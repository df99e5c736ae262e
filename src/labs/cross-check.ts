import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject, textOf } from '../base/json.js';
import { PHASES } from './definition.js';
import { list, objectOf, objects } from './document-values.js';
import { patternFaults, symptomFaults } from './causes/symptom-faults.js';
import type { DocumentPath, Fault } from './validate.js';

/** What a schema can't say: unique names, references that exist, one check a gate, valid expressions. */
export function crossCheck(lab: JsonObject): Fault[] {
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
  return [
    ...faults,
    ...referenceFaults(lab, gates, steps),
    ...symptomFaults(objectOf(lab['symptoms']), ['symptoms']),
  ];
}

/** Rows and statements that name gates or steps which the lab does not have. */
function referenceFaults(
  lab: JsonObject,
  gates: ReadonlySet<string>,
  steps: ReadonlySet<string>,
): Fault[] {
  const report = objectOf(lab['report']);
  const rows = [
    ...objects(report['log']).map((row, index) => ({ row, at: ['report', 'log', index] })),
    ...objects(report['evidence']).map((row, index) => ({
      row,
      at: ['report', 'evidence', index],
    })),
    ...objects(lab['measurements']).map((row, index) => ({ row, at: ['measurements', index] })),
  ];
  const unknown = (
    known: ReadonlySet<string>,
    name: Json | undefined,
    path: DocumentPath,
  ): Fault[] =>
    name === undefined || known.has(textOf(name))
      ? []
      : [{ path, message: `there is no "${textOf(name)}"` }];
  const signature = list(lab['signature']).flatMap((name, index) =>
    unknown(gates, name, ['signature', index]),
  );
  const named = rows.flatMap(({ row, at }) => [
    ...list(row['gates']).flatMap((name, index) => unknown(gates, name, [...at, 'gates', index])),
    ...list(row['steps']).flatMap((name, index) => unknown(steps, name, [...at, 'steps', index])),
    ...unknown(steps, row['step'], [...at, 'step']),
  ]);
  return [...signature, ...named];
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
  return patterns.flatMap((pattern) => patternFaults(pattern, path));
}
