import type { IncomingMessage } from 'node:http';
import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { BodyTooLargeError, readBody } from '../http/body.js';
import { armErrors } from './errors.js';
import { JsonSyntaxError, parseJsonc } from './jsonc.js';

/**
 * Reads a request's JSON. An absent body is an empty object.
 *
 * @throws ArmError InvalidRequestContent (400), RequestContentTooLarge (413)
 */
export async function readJsonBody(request: IncomingMessage): Promise<JsonObject> {
  const text = await readText(request);
  if (text.trim() === '') return {};
  const value = parse(text);
  if (isJsonObject(value)) return value;
  if (value === null) return {};
  throw armErrors.invalidContent('The content is not a JSON object.');
}

async function readText(request: IncomingMessage): Promise<string> {
  try {
    return (await readBody(request)).toString('utf8');
  } catch (error) {
    if (error instanceof BodyTooLargeError) throw armErrors.bodyTooLarge(error.limit);
    throw error;
  }
}

function parse(text: string): Json {
  try {
    return parseJsonc(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw armErrors.invalidContent(error.message);
    throw error;
  }
}
