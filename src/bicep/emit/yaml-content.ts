import type * as Yaml from 'yaml';
import type { Json } from '../../base/json.js';
import { parseJsonc } from '../../template/jsonc.js';

/** YAML 1.2 as the JSON value it stands for. @throws when it is not well-formed */
export function parseYaml(text: string): Json {
  // Few files read YAML: the others do not wait for its parser.
  const load = process.getBuiltinModule('node:module').createRequire(import.meta.url);
  const { parse } = load('yaml') as typeof Yaml;
  const value: unknown = parse(text);
  return parseJsonc(JSON.stringify(value ?? null));
}
