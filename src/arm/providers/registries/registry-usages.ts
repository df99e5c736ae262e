import { isJsonObject, textOf, type JsonObject } from '../../../base/json.js';
import type { RegistryHost } from '../../../registry/registry-host.js';
import type { Resource } from '../../provider.js';

const GIB = 1024 ** 3;

/** Included storage by SKU. */
const SIZE_LIMITS: Readonly<Record<string, number>> = {
  Basic: 10 * GIB,
  Standard: 100 * GIB,
  Premium: 500 * GIB,
};

/** `listUsages`' answer. */
export async function describeUsages(registry: Resource, host: RegistryHost): Promise<JsonObject> {
  const sku = isJsonObject(registry['sku']) ? textOf(registry['sku']['name']) : '';
  const repositories = (await host.get(registry.name.toLowerCase())?.usage()) ?? [];
  const currentValue = repositories.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    value: [{ name: 'Size', limit: SIZE_LIMITS[sku] ?? 0, currentValue, unit: 'Bytes' }],
  };
}
