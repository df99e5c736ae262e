import { isJsonObject, type Json, type JsonObject } from '../../../base/json.js';
import type { ParameterValues } from '../../../template/deployment-plan.js';
import { textOf } from '../../../template/functions/definition.js';

/**
 * Which of two made-up values stands for one that is not known. A template is evaluated with both; where
 * the results differ, they depend on what is not known.
 */
export type Guess = 'first' | 'second';

/** Makes values up for the parameters that have none. @returns their names too */
export function fillMissing(
  template: JsonObject,
  given: ParameterValues,
  guess: Guess,
): { values: ParameterValues; missing: string[] } {
  const declared = isJsonObject(template['parameters']) ? template['parameters'] : {};
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const values: ParameterValues = { ...given };
  const missing: string[] = [];
  for (const [name, schema] of Object.entries(declared)) {
    if (!isJsonObject(schema) || names.has(name.toLowerCase())) continue;
    if (schema['defaultValue'] !== undefined || schema['nullable'] === true) continue;
    missing.push(name);
    values[name] = { value: madeUp(schema, guess) };
  }
  return { values, missing };
}

/** Length of a made-up text, when no limit says otherwise. */
const USUAL_LENGTH = 12;

function madeUp(schema: JsonObject, guess: Guess): Json {
  const allowed = schema['allowedValues'];
  if (Array.isArray(allowed) && allowed.length > 0) {
    return allowed.at(guess === 'first' ? 0 : -1) ?? null;
  }
  switch (textOf(schema['type'] ?? null).toLowerCase()) {
    case 'int':
      return numberOr(schema['minValue'], 0);
    case 'bool':
      return false;
    case 'array':
      return [];
    case 'object':
    case 'secureobject':
      return {};
    default: {
      const least = numberOr(schema['minLength'], 0);
      const most = numberOr(schema['maxLength'], Infinity);
      const length = Math.min(Math.max(USUAL_LENGTH, least), most);
      return (guess === 'first' ? 'x' : 'y').repeat(length);
    }
  }
}

function numberOr(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
