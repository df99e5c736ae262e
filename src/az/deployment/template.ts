import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
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
  let document;
  try {
    document = parseJsonc(text);
  } catch (error) {
    throw new AzError(
      `Failed to parse '${path}', please check whether it is a valid JSON format: ${messageOf(error)}`,
    );
  }
  if (!isJsonObject(document)) throw new AzError(`The template '${path}' is not a JSON object.`);
  return { text, document };
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
