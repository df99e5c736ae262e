import { basename } from 'node:path';
import type { JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { readParametersFile } from './bicep-parameters.js';
import { download } from './download.js';
import { bicepParametersFile, readParameters, requireParameters } from './parameters.js';
import { loadTemplate, parseTemplate, requireScope } from './template.js';

/** What is deployed: a template or a link to one, and parameters. */
export interface DeploymentSource {
  /** As it was written, or as Bicep compiled it; the server follows the link when absent. */
  templateText?: string;
  templateLink?: { uri: string };
  /** `{ baseName: { value: 'labacr' } }` */
  parameters: JsonObject;
  /** Of a deployment that got none, e.g. `'main'`. */
  defaultName: string;
}

/**
 * Reads what `--template-file`, `--template-uri` and `--parameters` name.
 *
 * @throws AzError when something can't be read, parsed or compiled, or a parameter does not fit
 */
export async function readSource(
  session: Session,
  args: ArgumentReader,
): Promise<DeploymentSource> {
  const file = args.optional('templateFile');
  const uri = args.optional('templateUri');
  const lists = args.lists('parameters');
  if (file !== undefined && uri !== undefined) {
    throw new AzError(
      'incorrect usage: Choose only one of --template-file FILE | --template-uri URI',
    );
  }
  const parametersFile = bicepParametersFile(lists);
  if (parametersFile !== undefined) {
    if (uri !== undefined) {
      throw new AzError('A .bicepparam file names its template: leave out --template-uri.');
    }
    const read = await readParametersFile(session, parametersFile, { file, lists });
    return { ...read, defaultName: file === undefined ? 'deployment1' : nameOf(file) };
  }
  const warn = session.warn.bind(session);
  if (uri !== undefined) {
    const { document } = parseTemplate(uri, await download(session, uri));
    const parameters = await readParameters(session, document, lists);
    requireParameters(document, parameters);
    return { templateLink: { uri }, parameters, defaultName: nameOf(new URL(uri).pathname) };
  }
  if (file === undefined) {
    throw new AzError(
      'Please enter one of the following: template file, template spec, template url, or Bicep parameters file.',
      { advice: ['Template specs are not supported by this az.'] },
    );
  }
  const template = await loadTemplate(file, warn);
  if (file.toLowerCase().endsWith('.bicep')) requireScope(template.document);
  const parameters = await readParameters(session, template.document, lists);
  requireParameters(template.document, parameters);
  return { templateText: template.text, parameters, defaultName: nameOf(file) };
}

/**
 * The body of a request about a deployment.
 *
 * @param more further properties, e.g. `{ mode: 'Complete' }`
 * @returns JSON but for the spliced template: what the stock client sends, comments and all
 */
export function bodyOf(source: DeploymentSource, more: JsonObject): string {
  const { templateText, templateLink, parameters } = source;
  if (templateText === undefined) {
    return JSON.stringify({ properties: { templateLink, parameters, ...more } });
  }
  const partial = JSON.stringify({ properties: { parameters, ...more } });
  return `${partial.slice(0, -2)}, template:${templateText}}}`;
}

/** `'infra/main.bicep'` → `'main'` */
function nameOf(path: string): string {
  return basename(path).replace(/\.[^.]*$/, '');
}
