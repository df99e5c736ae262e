import { isMap } from 'yaml';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { parseYaml } from './parse-task.js';
import { SourceText } from './source-text.js';

/** A value given with `--set` or `--set-secret`. */
export interface SetValue {
  /** e.g. `'image.tag'`: a dot leads into a mapping. */
  name: string;
  value: string;
}

/**
 * What `{{.Values.…}}` means: the values file, and over it what was set one by one.
 *
 * @throws TaskYamlError for a values file that is no mapping
 */
export function mergeValues(
  file: { name: string; text: string } | undefined,
  set: readonly SetValue[],
): JsonObject {
  const values = file === undefined ? {} : readValues(file.name, file.text);
  for (const { name, value } of set) assign(values, name.split('.'), value);
  return values;
}

function readValues(name: string, text: string): JsonObject {
  const source = SourceText.of(name, text);
  const document = parseYaml(source);
  if (document.contents === null) return {};
  if (!isMap(document.contents)) throw source.errorAt(0, 'the file is not a mapping of values');
  return document.toJS() as JsonObject;
}

function assign(values: JsonObject, path: readonly string[], value: string): void {
  let inside = values;
  for (const name of path.slice(0, -1)) {
    const own: Json | undefined = Object.hasOwn(inside, name) ? inside[name] : undefined;
    const next = isJsonObject(own) ? own : {};
    define(inside, name, next);
    inside = next;
  }
  define(inside, path.at(-1) ?? '', value);
}

/** A plain assignment to `__proto__` would not make a property. */
function define(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
