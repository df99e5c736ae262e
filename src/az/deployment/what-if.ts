import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { objectAt, objectsAt, textAt } from '../json-path.js';
import { fillShape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import { preflightMessage } from './preflight.js';
import { WHAT_IF_SHAPE } from './shapes.js';

/**
 * Asks what a deployment would change.
 *
 * @param request.path of the deployment
 * @param request.exclude change types that are left out, e.g. `['Ignore']`
 * @returns `{ changes, diagnostics, error, potentialChanges, status }`
 * @throws AzError with what is wrong with the template
 */
export async function predict(
  session: Session,
  request: { path: string; apiVersion: string; body: string; exclude: readonly string[] },
): Promise<JsonObject> {
  const { path, apiVersion, body, exclude } = request;
  const answer = await session.armOperation(
    { method: 'POST', path: `${path}/whatIf`, apiVersion, body },
    { wait: true },
  );
  if (isJsonObject(answer?.['error'])) throw new AzError(preflightMessage(answer['error']));
  const properties = objectAt(answer, 'properties');
  const left = new Set(exclude.map((type) => type.toLowerCase()));
  const changes = objectsAt(properties, 'changes').filter(
    (change) => !left.has((textAt(change, 'changeType') ?? '').toLowerCase()),
  );
  const flat: JsonObject = { ...properties, changes, status: answer?.['status'] ?? null };
  const result: Json = fillShape(flat, WHAT_IF_SHAPE, { keepUnknown: false });
  return isJsonObject(result) ? result : {};
}
