import type { JsonObject } from '../../base/json.js';
import { textOf } from '../../base/json.js';
import { numberOf, objectOf, objects, textMap } from '../document-values.js';
import type { Clue, Symptoms } from './symptoms.js';

const FOR_WEIGHT = 1;
const AGAINST_WEIGHT = 3;

/** The symptoms that a valid document describes. */
export function symptomsOf(document: JsonObject): Symptoms {
  const { cause, fix, confirm } = document;
  return {
    cause: textOf(cause).trim(),
    fix: textOf(fix).trim(),
    ...(confirm !== undefined && { confirm: textOf(confirm).trim() }),
    for: objects(document['for']).map((clue) => clueOf(clue, FOR_WEIGHT)),
    against: objects(document['against']).map((clue) => clueOf(clue, AGAINST_WEIGHT)),
  };
}

function clueOf(clue: JsonObject, weight: number): Clue {
  const { shows, text, row } = clue;
  return {
    shows: textOf(shows),
    ...(text !== undefined && { text: textOf(text) }),
    ...(row !== undefined && { row: textMap(objectOf(row)) }),
    weight: numberOf(clue['weight']) ?? weight,
  };
}
