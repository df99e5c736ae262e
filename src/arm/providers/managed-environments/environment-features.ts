import type { JsonObject } from '../../../base/json.js';
import { appErrors } from '../container-apps/errors.js';
import { Fields } from '../container-apps/fields.js';

/**
 * What an environment cannot do here is not taken and forgotten. Switched off it is no matter.
 *
 * @param properties of the environment, as a client sends them
 * @throws ArmError NotImplemented (501)
 */
export function refuseFeatures(properties: JsonObject): void {
  const fields = new Fields(properties, 'properties');
  const switches = [
    fields.object('peerAuthentication')?.object('mtls'),
    fields.object('peerTrafficConfiguration')?.object('encryption'),
  ];
  for (const one of switches) {
    if (one?.boolean('enabled')) throw appErrors.notImplemented(one.path);
  }
  const domain = fields.object('customDomainConfiguration');
  if (domain?.string('dnsSuffix')) throw appErrors.notImplemented(`${domain.path}.dnsSuffix`);
}
