import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Failure } from '../../base/failure.js';
import type { Json } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import type { Lab } from '../definition.js';
import { objectOf } from '../document-values.js';
import { underAdmission } from '../under-admission.js';
import { validate } from '../validate.js';
import { symptomFaults } from './symptom-faults.js';
import { SYMPTOMS_SCHEMA } from './symptoms-schema.js';
import { symptomsOf } from './symptoms-of-document.js';
import type { KnownCause } from './match-causes.js';

/** Holds the causes that no lab reproduces. */
const FILE = join('common', 'causes.yaml');

/**
 * The causes that the labs know, each with the lab that reproduces it, and those that none does.
 *
 * @param folder the folder of the labs
 * @throws Failure when the file of the latter is faulty
 */
export function knownCauses(labs: readonly Lab[], folder: string): KnownCause[] {
  const own = labs.flatMap((lab) =>
    lab.symptoms
      ? [{ name: lab.name, lab: underAdmission(lab, 'revision'), symptoms: lab.symptoms }]
      : [],
  );
  const file = join(folder, FILE);
  const document = parse(readFileSync(file, 'utf8')) as Json; // YAML of the JSON schema
  const causes = isJsonObject(document) ? document : {};
  const faults = Object.entries(causes).flatMap(([name, symptoms]) =>
    [...validate(symptoms, SYMPTOMS_SCHEMA), ...symptomFaults(objectOf(symptoms), [])].map(
      ({ path, message }) => `${[name, ...path].join('.')}: ${message}`,
    ),
  );
  if (faults.length > 0) throw new Failure(`${file} is faulty`, { why: faults.join('\n        ') });
  return [
    ...own,
    ...Object.entries(causes).map(([name, symptoms]) => ({
      name,
      symptoms: symptomsOf(objectOf(symptoms)),
    })),
  ];
}
