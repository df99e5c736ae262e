import type { Clock } from '../../../base/clock.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { createDocumentProvider } from '../../document-provider.js';
import { ArmError } from '../../errors.js';
import type { ResourceProvider } from '../../provider.js';
import { nameOf } from '../../resource-id.js';

const TYPE = 'Microsoft.ContainerRegistry/registries/agentPools';
const TIERS = ['S1', 'S2', 'S3', 'I6'];

/**
 * Agent pools: kept as they are asked for. Every run is carried out by this machine, whatever its pool, so
 * that there is no queue of a pool to tell of.
 */
export function createAgentPoolsProvider(options: {
  metadata: MetadataStore;
  clock: Clock;
}): ResourceProvider {
  return createDocumentProvider({
    ...options,
    type: TYPE,
    apiVersions: ['2025-03-01-preview', '2019-06-01-preview'],
    pure: true,
    properties: ({ id, given, existing }) => {
      if (!/^[A-Za-z][A-Za-z0-9-]{2,19}$/.test(nameOf(id))) {
        throw invalid(`The agent pool name '${nameOf(id)}' is not valid.`);
      }
      const count = given['count'] ?? existing?.properties['count'] ?? 1;
      if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > 1000) {
        throw invalid("'count' must be a whole number from 0 to 1000.");
      }
      const tier = given['tier'] ?? 'S2';
      if (typeof tier !== 'string' || !TIERS.includes(tier)) {
        throw invalid(`'tier' must be one of ${TIERS.join(', ')}.`);
      }
      return {
        count,
        tier,
        os: 'Linux',
        virtualNetworkSubnetResourceId: given['virtualNetworkSubnetResourceId'] ?? null,
        provisioningState: 'Succeeded',
      };
    },
  });
}

function invalid(message: string): ArmError {
  return new ArmError({ status: 400, code: 'InvalidAgentPoolParameters', message });
}
