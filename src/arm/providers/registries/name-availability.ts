import type { JsonObject } from '../../../base/json.js';
import { registryErrors, REGISTRY_NAME, REGISTRY_NAME_RULE } from './registry-errors.js';

/**
 * `checkNameAvailability`'s answer.
 *
 * @param taken names in use, in lower case
 * @throws ArmError InvalidParameter when the body has no name
 */
export function checkNameAvailability(body: JsonObject, taken: readonly string[]): JsonObject {
  const { name } = body;
  if (typeof name !== 'string') throw registryErrors.invalidProperty('name', 'a text');
  if (!REGISTRY_NAME.test(name)) {
    return { nameAvailable: false, reason: 'Invalid', message: REGISTRY_NAME_RULE };
  }
  if (taken.includes(name.toLowerCase())) {
    return {
      nameAvailable: false,
      reason: 'AlreadyExists',
      message: `The registry ${name} is already in use.`,
    };
  }
  return { nameAvailable: true, availableLoginServerName: `${name.toLowerCase()}.azurecr.io` };
}
