import type { JsonObject } from '../../../base/json.js';
import { isJsonObject } from '../../../base/json.js';
import type { Resource } from '../../provider.js';

/** @returns bytes stored in the registry */
export type MeasureRegistry = (registryName: string) => Promise<number>;

const GIB = 1024 ** 3;

/** Included storage by SKU. */
const SIZE_LIMITS: Readonly<Record<string, number>> = {
  Basic: 10 * GIB,
  Standard: 100 * GIB,
  Premium: 500 * GIB,
};

/** `listUsages`' answer. */
export async function describeUsages(
  registry: Resource,
  measure: MeasureRegistry | undefined,
): Promise<JsonObject> {
  if (measure === undefined) return { value: [] };
  const sku = isJsonObject(registry['sku']) ? registry['sku']['name'] : undefined;
  const limit = SIZE_LIMITS[typeof sku === 'string' ? sku : 'Basic'] ?? 0;
  const currentValue = await measure(registry.name.toLowerCase());
  return { value: [{ name: 'Size', limit, currentValue, unit: 'Bytes' }] };
}
