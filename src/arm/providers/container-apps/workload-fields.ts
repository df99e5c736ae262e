import type { Workload } from '../../../apps/documents.js';
import type { AppService } from '../../../apps/service.js';
import { findWorkloadProfile } from '../../../apps/workload-profile.js';
import type { Clock } from '../../../base/clock.js';
import type { Json, JsonObject } from '../../../base/json.js';
import type { RequestContext } from '../../provider.js';
import { parseResourceId } from '../../resource-id.js';
import { appErrors } from './errors.js';

/** The key of an environment that there is. @throws ArmError */
export function environmentKeyOf(
  environmentId: string | undefined,
  existing: Workload | undefined,
  service: AppService,
): string {
  if (environmentId === undefined) {
    if (existing) return existing.environmentKey;
    throw appErrors.environmentRequired();
  }
  const key = parseResourceId(environmentId)?.key;
  if (key === undefined || !service.environment(key)) {
    throw appErrors.environmentNotFound(environmentId);
  }
  if (existing && existing.environmentKey !== key) throw appErrors.environmentImmutable();
  return key;
}

/** An environment that lists profiles has no others. @throws ArmError */
export function checkWorkloadProfile(
  name: string,
  environmentKey: string,
  service: AppService,
): void {
  if (name.toLowerCase() === 'consumption') return;
  const environment = service.environment(environmentKey);
  if (environment && !findWorkloadProfile(environment, name)) {
    throw appErrors.workloadProfileNotFound(name, environment.name);
  }
}

/** Who made and last changed it; times have no zone, as the service writes them. */
export function systemData(
  existing: Json | undefined,
  context: RequestContext,
  clock: Clock,
): JsonObject {
  const now = clock.now().toISOString().replace('Z', '0000');
  const before = objectOf(existing);
  return {
    createdBy: context.caller,
    createdByType: 'Application',
    createdAt: now,
    ...before,
    lastModifiedBy: context.caller,
    lastModifiedByType: 'Application',
    lastModifiedAt: now,
  };
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
