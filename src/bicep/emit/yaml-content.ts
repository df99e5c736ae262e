import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Json } from '../../base/json.js';
import { parseJsonc } from '../../template/jsonc.js';

const load = createRequire(import.meta.url);

/** YAML 1.2 as the JSON value it stands for. @throws when it is not well-formed */
export function parseYaml(text: string): Json {
  // Few files read YAML: the others do not wait for its parser.
  const { parse } = load('yaml') as typeof Yaml;
  const value: unknown = parse(text);
  return parseJsonc(JSON.stringify(value ?? null));
}
