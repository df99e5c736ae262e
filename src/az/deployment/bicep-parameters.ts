import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import type { CompiledParameters } from './bicep-file.js';
import { isBicepParameters, readPairs } from './parameters.js';
import { loadTemplate, parseTemplate, requireScope, type LoadedTemplate } from './template.js';

/**
 * A deployment from a `.bicepparam` file: its template is what it uses, or the file given beside it;
 * `name=value` pairs win over the file's values.
 *
 * @throws AzError
 */
export async function readParametersFile(
  session: Session,
  path: string,
  given: { file: string | undefined; lists: readonly (readonly string[])[] },
): Promise<{ templateText: string; parameters: JsonObject }> {
  const { file, lists } = given;
  const usesNone = namesNoTemplate(path);
  if (usesNone && file === undefined) {
    throw new AzError(
      "The .bicepparam file uses 'using none', so a --template-file (-f) must be provided.",
    );
  }
  if (!usesNone && file !== undefined && !file.toLowerCase().endsWith('.bicep')) {
    throw new AzError('Only a .bicep template is allowed with a .bicepparam file');
  }
  const { compileParametersFile } = await import('./bicep-file.js');
  const templatePath = usesNone || file === undefined ? {} : { templatePath: file };
  const options = { environment: session.io.environment, ...templatePath };
  const warn = session.warn.bind(session);
  const compiled = compileParametersFile(path, { ...options, warn });
  const template = await templateOf(compiled, file, warn);
  requireScope(template.document);
  const pairs = lists.flat().filter((word) => !isBicepParameters(word));
  if (pairs.length === 0) return { templateText: template.text, parameters: compiled.parameters };
  const overrides = readPairs(session, template.document, pairs);
  const quiet = (): void => undefined; // the warnings have been told
  const { parameters } = compileParametersFile(path, { ...options, overrides, warn: quiet });
  return { templateText: template.text, parameters };
}

async function templateOf(
  compiled: CompiledParameters,
  file: string | undefined,
  warn: (message: string) => void,
): Promise<LoadedTemplate> {
  if (compiled.templateText !== undefined) return parseTemplate('', compiled.templateText);
  return await loadTemplate(file ?? '', warn);
}

/** Whether its first statement is `using none`. */
function namesNoTemplate(path: string): boolean {
  try {
    const text = readFileSync(path, 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    return /^\s*using\s+none\s*$/im.test(text);
  } catch {
    return false; // the compiler says that it is not there
  }
}
