import { messageOf } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import { textOf } from '../../base/json.js';
import { objectOf, objects } from '../document-values.js';
import type { DocumentPath, Fault } from '../validate.js';
import { TELLING_WEIGHT } from './symptoms.js';

/** What a schema can't say: one kind of clue, valid expressions, and something that points to the cause. */
export function symptomFaults(symptoms: JsonObject, at: DocumentPath): Fault[] {
  const sides = ['for', 'against'] as const;
  const faults = sides.flatMap((side) =>
    objects(symptoms[side]).flatMap((clue, index) => clueFaults(clue, [...at, side, index])),
  );
  const clues = objects(symptoms['for']);
  const isTelling = clues.some((clue) => Number(clue['weight']) >= TELLING_WEIGHT);
  if (clues.length === 0 || isTelling) return faults;
  const message = `needs a clue with a weight of ${TELLING_WEIGHT} or more`;
  return [...faults, { path: [...at, 'for'], message }];
}

function clueFaults(clue: JsonObject, path: DocumentPath): Fault[] {
  if ((clue['text'] === undefined) === (clue['row'] === undefined)) {
    return [{ path, message: 'needs one of "text" and "row"' }];
  }
  const values = Object.values(objectOf(clue['row'])).map(textOf);
  const patterns = values.flatMap((value) => /^\/(.*)\/$/s.exec(value)?.[1] ?? []);
  return [textOf(clue['text']), ...patterns].flatMap((pattern) => patternFaults(pattern, path));
}

/** A regular expression that is none. */
export function patternFaults(pattern: string, path: DocumentPath): Fault[] {
  try {
    new RegExp(pattern, 'm');
    return [];
  } catch (error) {
    return [{ path, message: messageOf(error) }];
  }
}
