import { readFileSync, statSync } from 'node:fs';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { messageOf } from '../../base/failure.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import { download } from './download.js';
import { parseJsonc } from './jsonc.js';

/**
 * Reads `--parameters`: each word is a file, JSON, an address, or `name=value`, typed by the template; later
 * ones win.
 *
 * @returns `{ baseName: { value: 'labacr' } }`
 * @throws AzError for a name that the template does not have, and for a value of the wrong type
 */
export async function readParameters(
  session: Session,
  template: JsonObject,
  lists: readonly (readonly string[])[],
): Promise<JsonObject> {
  const parameters: JsonObject = {};
  for (const word of lists.flat()) {
    const document = fromFile(word) ?? fromJson(word) ?? (await fromAddress(session, word));
    if (document) Object.assign(parameters, document);
    else readPair(word, template, parameters, session.warn.bind(session));
  }
  return parameters;
}

/**
 * Reads `name=value` pairs that stand beside a `.bicepparam` file.
 *
 * @returns the values by name, `{ baseName: 'labacr' }`
 * @throws AzError as `readParameters` does, and for words that are no pair
 */
export function readPairs(
  session: Session,
  template: JsonObject,
  words: readonly string[],
): JsonObject {
  const parameters: JsonObject = {};
  for (const word of words) {
    if (!word.includes('=')) {
      throw new AzError(
        `Unable to parse parameter: ${word}. Only correctly formatted in-line parameters are allowed with a .bicepparam file`,
      );
    }
    readPair(word, template, parameters, session.warn.bind(session));
  }
  const entries = Object.entries(parameters);
  return Object.fromEntries(
    entries.map(([name, given]) => [name, objectOf(given)['value'] ?? null]),
  );
}

export function isBicepParameters(word: string): boolean {
  return word.toLowerCase().endsWith('.bicepparam');
}

/** The one `.bicepparam` file among the words. @throws AzError when there are two */
export function bicepParametersFile(lists: readonly (readonly string[])[]): string | undefined {
  const [file, second] = lists.flat().filter(isBicepParameters);
  if (second === undefined) return file;
  throw new AzError('Only one .bicepparam file can be provided with --parameters argument');
}

/** @throws AzError naming the parameters that have neither a value nor a default. */
export function requireParameters(template: JsonObject, parameters: JsonObject): void {
  const declared = objectOf(template['parameters']);
  const missing = Object.keys(declared).filter((name) => {
    const declaration = resolveType(declared[name] ?? null, template);
    const isOptional = 'defaultValue' in declaration || declaration['nullable'] === true;
    return !isOptional && (parameters[name] ?? null) === null;
  });
  if (missing.length > 0) {
    throw new AzError(`Missing input parameters: ${missing.sort().join(', ')}`);
  }
}

function fromFile(word: string): JsonObject | undefined {
  try {
    if (!statSync(word).isFile()) return undefined;
  } catch {
    return undefined; // not a file: JSON or a pair
  }
  try {
    return parametersIn(parseJsonc(readFileSync(word, 'utf8')));
  } catch (error) {
    throw new AzError(`Failed to parse ${word} with exception:\n    ${messageOf(error)}`);
  }
}

function fromJson(word: string): JsonObject | undefined {
  if (!word.trimStart().startsWith('{')) return undefined;
  try {
    return parametersIn(parseJsonc(word));
  } catch {
    return undefined;
  }
}

/** `http://host/main.parameters.json`; a value that holds an address has its name before it. */
async function fromAddress(session: Session, word: string): Promise<JsonObject | undefined> {
  if (!/^https?:\/\//i.test(word)) return undefined;
  const text = await download(session, word);
  try {
    return parametersIn(parseJsonc(text));
  } catch (error) {
    throw new AzError(`Failed to parse ${word} with exception:\n    ${messageOf(error)}`);
  }
}

function parametersIn(document: Json): JsonObject {
  if (!isJsonObject(document)) throw new AzError('a parameters document is a JSON object');
  const inner = document['parameters'];
  return isJsonObject(inner) ? inner : document;
}

function readPair(
  word: string,
  template: JsonObject,
  parameters: JsonObject,
  warn: (message: string) => void,
): void {
  const at = word.indexOf('=');
  if (at === -1) throw new AzError(`Unable to parse parameter: ${word}`);
  const name = word.slice(0, at);
  const text = word.slice(at + 1);
  const declared = objectOf(template['parameters']);
  const declaration = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (declaration === undefined) {
    const allowed = Object.keys(declared).sort().join(', ');
    throw new AzError(`unrecognized template parameter '${name}'. Allowed parameters: ${allowed}`);
  }
  const type = resolveType(declaration, template)['type'];
  parameters[name] = { value: typed(name, text, typeof type === 'string' ? type : '', warn) };
}

function typed(name: string, text: string, type: string, warn: (message: string) => void): Json {
  switch (type.toLowerCase()) {
    case 'string':
    case 'securestring':
      return text;
    case 'bool':
      return text.toLowerCase() === 'true';
    case 'int':
      if (!/^\s*[+-]?\d+\s*$/.test(text)) {
        throw new AzError(`invalid literal for int() with base 10: '${text}'`, {
          advice: [`The template declares the parameter '${name}' as int.`],
        });
      }
      return Number(text);
    case 'object':
    case 'array':
    case 'secureobject':
      try {
        return parseJsonc(text);
      } catch (error) {
        throw new AzError(
          `Failed to parse string as JSON:\n${text}\nError detail: ${messageOf(error)}`,
        );
      }
    default:
      warn(`Unrecognized type '${type}' for parameter '${name}'. Interpretting as string.`);
      return text;
  }
}

/** Follows `$ref` into the template's definitions. */
function resolveType(declaration: Json, template: JsonObject): JsonObject {
  let current = objectOf(declaration);
  const visited = new Set<string>();
  for (
    let reference = current['$ref'];
    typeof reference === 'string';
    reference = current['$ref']
  ) {
    if (visited.has(reference)) throw new AzError(`Cycle detected with processing ${reference}.`);
    visited.add(reference);
    const target = lookUp(template, reference);
    const own = Object.entries(current).filter(([key]) => key !== '$ref');
    current = { ...target, ...Object.fromEntries(own) };
  }
  return current;
}

function lookUp(template: JsonObject, reference: string): JsonObject {
  const [root, ...path] = reference.split('/');
  if (root !== '#' || path.length < 2) throw new AzError(`Invalid $ref ${reference}.`);
  let found: Json = template;
  for (const segment of path) {
    const key = decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
    found = objectOf(found)[key] ?? null;
  }
  if (!isJsonObject(found)) throw new AzError(`Invalid $ref ${reference}.`);
  return found;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
