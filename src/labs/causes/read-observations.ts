import { observationsOfJson } from './json-observations.js';
import type { Observation } from './observation.js';
import { piecesOf } from './pasted-text.js';

// eslint-disable-next-line no-control-regex -- the escape sequences of terminals
const TERMINAL_SEQUENCES = /\u001b\[[0-9;?]*[A-Za-z]/g;
const REVISION_NAME = /\b[a-z0-9][a-z0-9-]*--[a-z0-9]+\b/;

/**
 * Everything in a pasted text that symptoms can be found in: rows of the system log in whatever shape, errors,
 * states, and each line that is none of these.
 */
export function readObservations(text: string): Observation[] {
  return piecesOf(text.replace(TERMINAL_SEQUENCES, '').replaceAll('\r\n', '\n')).flatMap((piece) =>
    piece.kind === 'json'
      ? observationsOfJson(piece.value, `line ${piece.line}`)
      : [observationOfLine(piece.text, `line ${piece.line}`)],
  );
}

function observationOfLine(text: string, where: string): Observation {
  const revision = REVISION_NAME.exec(text)?.[0];
  return { where, text, ...(revision !== undefined && { revision }) };
}
