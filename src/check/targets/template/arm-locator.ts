import type { JsonObject } from '../../../base/json.js';
import type { ValuePath } from '../../../template/known-values.js';
import type { SourceFile } from '../../source/position.js';
import { readYaml, type YamlValue } from '../../source/yaml-value.js';
import type { DeclaringTemplate } from './deployment-walk.js';
import { declarationsOf, type TemplateLocator } from './locator.js';

/** Finds values in the text of an ARM template. */
export function armLocator(file: SourceFile): TemplateLocator {
  const root = readYaml({ ...file, text: blankComments(file.text) })[0]?.value;
  const start = { file: file.path, line: 1, column: 1 };
  return {
    locate(chain, definition, path) {
      const declaration = root && declared(root, chain, definition);
      const value = declaration && deepest(declaration, path);
      return value
        ? { position: value.position, text: value.text ?? String(path.at(-1)) }
        : { position: start, text: String(path.at(-1)) };
    },
    parameter: (name) => root?.get('parameters', name)?.position,
  };
}

/** Follows the nested deployments down to the declaration. */
function declared(
  root: YamlValue,
  chain: readonly DeclaringTemplate[],
  definition: JsonObject,
): YamlValue | undefined {
  let current: YamlValue | undefined = root;
  for (const [index, { template }] of chain.entries()) {
    const next = chain[index + 1]?.deployment ?? definition;
    const order = declarationsOf(template).indexOf(next);
    const found: YamlValue | undefined = current && declarations(current)[order];
    current = next === definition ? found : found?.get('properties', 'template');
  }
  return current;
}

/** The same order as `declarationsOf`. */
function declarations(template: YamlValue): YamlValue[] {
  const resources = template.get('resources');
  const own = resources?.isList
    ? resources.items
    : (resources?.entries.map(([, one]) => one) ?? []);
  return own.flatMap((resource) => [resource, ...declarations(resource)]);
}

function deepest(value: YamlValue, path: ValuePath): YamlValue {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const member = typeof step === 'number' ? value.items[step] : value.get(step);
  return member ? deepest(member, rest) : value;
}

const STRING_OR_COMMENT = /"(?:[^"\\]|\\[\s\S])*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g;

/** Templates may have comments, which YAML does not know; blanks keep every place where it is. */
function blankComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\r\n]/g, ' '),
  );
}
