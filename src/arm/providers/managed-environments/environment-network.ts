import type { EnvironmentDocument, EnvironmentNetwork } from '../../../apps/documents.js';
import type { JsonObject } from '../../../base/json.js';
import { ArmError } from '../../errors.js';
import { parentOf, parseResourceId } from '../../resource-id.js';
import { Fields } from '../container-apps/fields.js';

const SUBNETS = 'microsoft.network/virtualnetworks/subnets';

/**
 * The virtual network that an environment names. There are no networks to look it up in: the id counts.
 *
 * @param properties of the environment, as a client sends them
 * @throws ArmError 400 for what is no subnet, for `internal` without one, and for a change of either
 */
export function environmentNetwork(
  properties: JsonObject,
  existing: EnvironmentDocument | undefined,
): EnvironmentNetwork | undefined {
  const fields = new Fields(properties, 'properties').object('vnetConfiguration');
  const internal = fields?.boolean('internal') ?? false;
  const subnet = fields?.string('infrastructureSubnetId');
  const network = subnet ? { key: networkOf(subnet), internal } : undefined;
  if (internal && !network) {
    throw invalid("an internal environment needs 'vnetConfiguration.infrastructureSubnetId'");
  }
  const { network: before } = existing ?? {};
  const isSame = before?.key === network?.key && before?.internal === network?.internal;
  if (existing && !isSame) {
    throw invalid('its virtual network and whether it is internal are set when it is created');
  }
  return network;
}

function networkOf(subnet: string): string {
  const id = parseResourceId(subnet);
  const network = id?.type.toLowerCase() === SUBNETS ? parentOf(id) : undefined;
  if (network) return network.key;
  throw invalid(
    `'${subnet}' is not the id of a subnet, ` +
      '/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…',
  );
}

function invalid(why: string): ArmError {
  return new ArmError({
    status: 400,
    code: 'ManagedEnvironmentInvalidNetworkConfiguration',
    message: `The environment network configuration is invalid: ${why}.`,
  });
}
