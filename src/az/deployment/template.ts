import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../base/json.js';
import { isJsonObject, textOf } from '../../base/json.js';
import { messageOf } from '../../base/failure.js';
import { AzError } from '../az-error.js';
import { parseJsonc } from './jsonc.js';

/** A template as it is sent, and as it is understood here to type parameters. */
export interface LoadedTemplate {
  /** The file's own text, or what its Bicep compiles to. */
  text: string;
  document: JsonObject;
}

/**
 * Reads an ARM template, or compiles a Bicep file.
 *
 * @throws AzError when the file can't be read, parsed or compiled; Bicep errors name file, line and column
 */
export async function loadTemplate(
  path: string,
  warn: (message: string) => void,
): Promise<LoadedTemplate> {
  const text = path.toLowerCase().endsWith('.bicep')
    ? (await import('./bicep-file.js')).compileBicepFile(path, warn)
    : readTemplate(path);
  return parseTemplate(path, text);
}

/** @param from the file or address that the error names */
export function parseTemplate(from: string, text: string): LoadedTemplate {
  let document;
  try {
    document = parseJsonc(text);
  } catch (error) {
    throw new AzError(
      `Failed to parse '${from}', please check whether it is a valid JSON format: ${messageOf(error)}`,
    );
  }
  if (!isJsonObject(document)) throw new AzError(`The template '${from}' is not a JSON object.`);
  return { text, document };
}

const SCOPES: Readonly<Record<string, string>> = {
  deployment: 'resourceGroup',
  subscriptiondeployment: 'subscription',
  managementgroupdeployment: 'managementGroup',
  tenantdeployment: 'tenant',
};

/** @throws AzError when what Bicep compiled is not for a resource group */
export function requireScope(template: JsonObject): void {
  const match = /\/([a-z]+)template\.json#?$/i.exec(textOf(template['$schema']));
  const scope = SCOPES[(match?.[1] ?? '').toLowerCase()] ?? 'None';
  if (scope === 'resourceGroup') return;
  throw new AzError(
    `The target scope "${scope}" does not match the deployment scope "resourceGroup".`,
  );
}

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new AzError(`[Errno 2] No such file or directory: '${path}'`, {
      cause: error,
      advice: [messageOf(error)],
    });
  }
}
