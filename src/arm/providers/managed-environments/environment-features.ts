import type { JsonObject } from '../../../base/json.js';
import { armErrors } from '../../errors.js';
import { appErrors } from '../container-apps/errors.js';
import { Fields } from '../container-apps/fields.js';

const DESTINATIONS = ['', 'none', 'log-analytics', 'azure-monitor'];

/**
 * What an environment cannot do here is not taken and forgotten. Switched off it is no matter.
 *
 * @param properties of the environment, as a client sends them
 * @throws ArmError NotImplemented (501); InvalidRequestContent for a destination of logs that there is none of
 */
export function refuseFeatures(properties: JsonObject): void {
  const fields = new Fields(properties, 'properties');
  const logs = fields.object('appLogsConfiguration');
  const destination = logs?.string('destination') ?? '';
  if (!DESTINATIONS.includes(destination.toLowerCase())) {
    throw armErrors.invalidContent(
      `'properties.appLogsConfiguration.destination' is '${destination}', and must be 'log-analytics', 'azure-monitor' or 'none'`,
    );
  }
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
