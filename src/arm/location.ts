import type { JsonObject } from '../base/json.js';
import { ArmError, armErrors } from './errors.js';
import type { RequestContext, ResourceProvider } from './provider.js';
import { findRegion, normaliseLocation, regions } from './regions.js';
import { nameOf, type ResourceId } from './resource-id.js';

/**
 * A tracked resource has a location of its type, and keeps it.
 *
 * @throws ArmError LocationRequired, LocationNotAvailableForResourceType, InvalidResourceLocation
 */
export async function checkLocation(
  provider: ResourceProvider,
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
): Promise<void> {
  if (provider.tracking === 'none' || id.names.length > 1) return;
  const { location } = body;
  if (typeof location !== 'string' || location === '') throw armErrors.locationRequired();
  const name = normaliseLocation(location);
  const offered = provider.locations ?? regions.map(({ displayName }) => displayName);
  if (findRegion(name) === undefined || !offered.some((item) => normaliseLocation(item) === name)) {
    const names = offered.map(normaliseLocation).join(',');
    throw armErrors.locationUnavailable(name, provider.type, names);
  }
  const existing = (await provider.get(id, context))?.['location'];
  if (typeof existing === 'string' && normaliseLocation(existing) !== name) {
    throw moved(id, normaliseLocation(existing), name);
  }
}

function moved(id: ResourceId, from: string, to: string): ArmError {
  return new ArmError({
    status: 409,
    code: 'InvalidResourceLocation',
    message:
      `The resource '${nameOf(id)}' already exists in location '${from}' in resource group '${id.resourceGroup ?? ''}'. ` +
      `A resource with the same name cannot be created in location '${to}'. Please select a new resource name.`,
  });
}
