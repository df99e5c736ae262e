import { closest } from '../../base/closest.js';
import type { Json } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import type { SourceText } from './source-text.js';

/** What `{{.Run.…}}`, `{{.Values.…}}` and `{{.Secrets.…}}` stand for. */
export interface TemplateValues {
  /** By field, e.g. `ID` → `'ca1'`. */
  run: Readonly<Record<string, string>>;
  values: Json;
  /** By the id that a secret is asked for with. */
  secrets: ReadonlyMap<string, string>;
}

const ACTION = /\{\{([^{}]*)\}\}/g;
const FIELD = /^\.(Run|Values|Secrets)\.([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)$/;
const COMMENT = /^\/\*[^]*\*\/$/;

/**
 * Puts the run's values into a task file. Before that it need not be YAML: `- {{.Run.ID}}` is none.
 *
 * @throws TaskYamlError for a value that is not there, and for Go template actions other than a value
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-reference-yaml#run-variables
 */
export function renderTemplate(source: SourceText, values: TemplateValues): SourceText {
  return source.replace(ACTION, ([, inner = ''], offset) => {
    const action = inner.replace(/^-\s|\s-$/g, '').trim();
    if (COMMENT.test(action)) return '';
    const [, root, path] = FIELD.exec(action) ?? [];
    if (root === undefined || path === undefined) {
      throw source.errorAt(
        offset,
        `'{{${inner}}}' is not implemented: only values like {{.Run.ID}}, {{.Values.name}} and {{.Secrets.id}} are`,
      );
    }
    const found = lookUp(values, root, path);
    if (found !== undefined) return found;
    throw source.errorAt(offset, `'.${root}.${path}' has no value${hint(values, root, path)}`);
  });
}

function lookUp(
  { run, values, secrets }: TemplateValues,
  root: string,
  path: string,
): string | undefined {
  if (root === 'Run') return Object.hasOwn(run, path) ? run[path] : undefined;
  if (root === 'Secrets') return secrets.get(path);
  let value: Json | undefined = values;
  for (const name of path.split('.')) {
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function hint({ run, values, secrets }: TemplateValues, root: string, path: string): string {
  if (root === 'Run') {
    const near = closest(path, Object.keys(run), { slipsOnly: true });
    return near === undefined ? '' : `; did you mean '.Run.${near}'?`;
  }
  const known =
    root === 'Values' && isJsonObject(values) ? Object.keys(values) : [...secrets.keys()];
  const near = closest(path, known, { slipsOnly: true });
  if (near !== undefined) return `; did you mean '.${root}.${near}'?`;
  return `: give it with --set${root === 'Secrets' ? '-secret' : ''} ${path}=…`;
}
