import { isJsonObject, textOf } from '../base/json.js';
import type { Json, JsonObject } from '../base/json.js';
import { parsePlatform } from '../oci/platform.js';
import type { Platform } from '../oci/platform.js';
import type { EnvironmentDocument, Workload } from './documents.js';

/** The profile of this name, in any letter case; undefined when the environment has none. */
export function findWorkloadProfile(
  environment: EnvironmentDocument | undefined,
  name: string,
): JsonObject | undefined {
  const { properties } = environment?.resource ?? {};
  const profiles = isJsonObject(properties) ? properties['workloadProfiles'] : undefined;
  const all: Json[] = Array.isArray(profiles) ? profiles : [];
  const same = (profile: JsonObject): boolean =>
    textOf(profile['name']).toLowerCase() === name.toLowerCase();
  return all.filter(isJsonObject).find(same);
}

/**
 * The platform that images of an app or job must have: that of its workload profile, when the profile's
 * `workloadProfileType` is one, e.g. `'linux/arm64'`; else undefined. Azure's own types, `'Consumption'` or
 * `'D4'`, ask for none.
 */
export function profilePlatform(
  environment: EnvironmentDocument | undefined,
  workload: Workload,
): Platform | undefined {
  const name = textOf(workload.resource['workloadProfileName']);
  const type = textOf(findWorkloadProfile(environment, name)?.['workloadProfileType']);
  return type.includes('/') ? parsePlatform(type) : undefined;
}
