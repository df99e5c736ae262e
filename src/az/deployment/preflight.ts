import type { JsonObject } from '../../base/json.js';
import { objectsAt, textAt } from '../json-path.js';

/** The error of a template that was looked at and found wanting: `Code - message`, a line for each cause. */
export function preflightMessage(error: JsonObject): string {
  const own = `${textAt(error, 'code') ?? ''} - ${textAt(error, 'message') ?? ''}`;
  return [own, ...objectsAt(error, 'details').map(preflightMessage)].join('\n');
}
