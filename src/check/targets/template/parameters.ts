import { messageOf } from '../../../base/failure.js';
import { isJsonObject, type JsonObject } from '../../../base/json.js';
import type { ParameterValues } from '../../../template/deployment-plan.js';
import { textOf } from '../../../template/functions/definition.js';
import { parseJsonc } from '../../../template/jsonc.js';
import type { FindingDraft } from '../../findings/finding.js';
import type { ReadText } from './bicep-locator.js';

/** What `--parameters` came to. */
export interface GivenParameters {
  values: ParameterValues;
  findings: FindingDraft[];
}

/**
 * Reads `--parameters`: `NAME=VALUE`, or the path of a JSON parameters file (with or without `@`). Later
 * ones win. Values are JSON where the template's type is not a string.
 */
export function readParameters(
  given: readonly string[],
  template: JsonObject,
  read: ReadText,
): GivenParameters {
  const result: GivenParameters = { values: {}, findings: [] };
  for (const entry of given) {
    const pair = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(entry);
    if (pair?.[1] !== undefined) {
      result.values[pair[1]] = { value: typedValue(template, pair[1], pair[2] ?? '') };
    } else readFile(entry.replace(/^@/, ''), read, result);
  }
  return result;
}

/** The `parameters` of a parameters file, or why it is not one. */
function readFile(path: string, read: ReadText, into: GivenParameters): void {
  const text = read(path);
  const positions = [{ file: path, line: 1, column: 1 }];
  if (text === undefined) {
    into.findings.push({
      code: 'LZ1502',
      message: `There is no parameters file ${path}.`,
      positions,
    });
    return;
  }
  try {
    Object.assign(into.values, parametersOf(parseJsonc(text)));
  } catch (error) {
    const message = `${path} is not a parameters file: ${messageOf(error)}.`;
    into.findings.push({ code: 'LZ1502', message, positions });
  }
}

/** References to a key vault have no value here, and so count as missing. */
export function parametersOf(document: unknown): ParameterValues {
  if (!isJsonObject(document as JsonObject)) return {};
  const { parameters } = document as JsonObject;
  if (!isJsonObject(parameters)) throw new SyntaxError('it has no "parameters"');
  const entries = Object.entries(parameters).flatMap(([name, entry]) =>
    isJsonObject(entry) && entry['value'] !== undefined
      ? [[name, { value: entry['value'] }] as const]
      : [],
  );
  return Object.fromEntries(entries);
}

function typedValue(template: JsonObject, name: string, text: string): JsonObject[string] {
  const declared = isJsonObject(template['parameters']) ? template['parameters'][name] : undefined;
  const type = isJsonObject(declared) ? textOf(declared['type'] ?? null).toLowerCase() : 'string';
  if (type === 'string' || type === 'securestring') return text;
  try {
    return parseJsonc(text);
  } catch {
    return text; // the template's own check says that it is of the wrong type
  }
}
