import type { JsonObject } from '../../base/json.js';
import { taskErrors } from '../task-error.js';

/** @throws TaskError 400 when the field is there and no text */
export function optionalText(body: JsonObject, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw taskErrors.invalidRequest(`'${field}' is not a text.`);
  return value;
}
