import { isJsonObject, type Json } from '../../base/json.js';
import { parseJsonc } from '../../template/jsonc.js';
import type { FileReader } from '../semantics/symbols.js';
import type { RuleLevel } from './rule.js';

export const CONFIGURATION_FILE = 'bicepconfig.json';
/** Deeper than any folder. */
const MOST_FOLDERS = 64;

/** What a `bicepconfig.json` says of the linter. */
export interface LintConfiguration {
  readonly enabled: boolean;
  /** Levels by the code of the rule; those of the rules themselves for all others. */
  readonly levels: ReadonlyMap<string, RuleLevel>;
}

const DEFAULT: LintConfiguration = { enabled: true, levels: new Map() };

/** A configuration that can't be read, and why. */
export class ConfigurationFault extends Error {
  readonly file: string;

  constructor(file: string, why: string) {
    super(why);
    this.file = file;
  }
}

/**
 * The nearest configuration above a file.
 *
 * @param path e.g. `'infra/main.bicep'`
 * @throws ConfigurationFault when it is no JSON, or names a level that there is not
 * @see https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-config-linter
 */
export function findConfiguration(path: string, readFile: FileReader): LintConfiguration {
  for (const folder of foldersAbove(path)) {
    const file = folder + CONFIGURATION_FILE;
    const bytes = readFile(file);
    if (bytes) return readConfiguration(file, new TextDecoder().decode(bytes));
  }
  return DEFAULT;
}

/** `infra/`, ``, `../`, `../../` of `infra/main.bicep`; up to the root of a path that begins there. */
function* foldersAbove(path: string): Generator<string, undefined> {
  const parts = path.split('/').slice(0, -1);
  for (let count = parts.length; count >= 0; count -= 1)
    yield parts
      .slice(0, count)
      .map((part) => `${part}/`)
      .join('');
  if (path.startsWith('/')) return undefined;
  for (let count = 1; count <= MOST_FOLDERS; count += 1) yield '../'.repeat(count);
  return undefined;
}

function readConfiguration(file: string, text: string): LintConfiguration {
  let value: Json;
  try {
    value = parseJsonc(text);
  } catch (error) {
    throw new ConfigurationFault(file, error instanceof Error ? error.message : 'it is no JSON');
  }
  const core = at(value, 'analyzers', 'core');
  const rules = at(core, 'rules');
  const levels = new Map<string, RuleLevel>();
  for (const [code, rule] of Object.entries(isJsonObject(rules) ? rules : {})) {
    const level = at(rule, 'level');
    if (level !== undefined) levels.set(code, levelOf(file, code, level));
  }
  return { enabled: at(core, 'enabled') !== false, levels };
}

function levelOf(file: string, code: string, value: Json): RuleLevel {
  const level = LEVELS.get(typeof value === 'string' ? value.toLowerCase() : '');
  if (level) return level;
  throw new ConfigurationFault(
    file,
    `the level of "${code}" is ${JSON.stringify(value)}; it is one of off, info, warning and error.`,
  );
}

const LEVELS: ReadonlyMap<string, RuleLevel> = new Map([
  ['off', 'Off'],
  ['info', 'Info'],
  ['warning', 'Warning'],
  ['error', 'Error'],
]);

/** Keys are read in any letter case, as the real compiler does. */
function at(value: Json | undefined, ...keys: string[]): Json | undefined {
  return keys.reduce<Json | undefined>((inner, key) => {
    if (!isJsonObject(inner)) return undefined;
    const name = Object.keys(inner).find((one) => one.toLowerCase() === key);
    return name === undefined ? undefined : inner[name];
  }, value);
}
