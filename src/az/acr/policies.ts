import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { confirm } from '../confirm.js';
import { objectAt, textAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import {
  findRegistry,
  printedRegistry,
  REGISTRY_API_VERSION,
  registryName,
  registryPath,
  type FoundRegistry,
} from './registries.js';
import { given } from './task-step.js';

const PREMIUM_ONLY = 'Policies are only supported for managed registries in Premium SKU.';

/** A policy of a registry, by the name the library has for it. */
export type PolicyName =
  'trustPolicy' | 'retentionPolicy' | 'softDeletePolicy' | 'azureAdAuthenticationAsArmPolicy';

/** Policies that registries of every SKU have. */
const FOR_ALL: ReadonlySet<PolicyName> = new Set([
  ...(['softDeletePolicy', 'azureAdAuthenticationAsArmPolicy'] as const),
]);

async function registryOf(
  session: Session,
  args: ArgumentReader,
  policy: PolicyName,
): Promise<FoundRegistry> {
  const name = registryName(args.text('registry'));
  const registry = await findRegistry(session, name, args.optional('resourceGroup'));
  if (!FOR_ALL.has(policy) && valueAt(registry.resource, 'sku', 'name') !== 'Premium') {
    throw new AzError(PREMIUM_ONLY);
  }
  return registry;
}

function policyIn(resource: JsonObject, policy: PolicyName): Json {
  return valueAt(printedRegistry(resource), 'policies', policy) ?? null;
}

/** `az acr config … show` */
export async function showPolicy(
  session: Session,
  args: ArgumentReader,
  policy: PolicyName,
): Promise<Json> {
  return policyIn((await registryOf(session, args, policy)).resource, policy);
}

/** `az acr config retention update`, whose days have a default. */
export async function updateRetention(session: Session, args: ArgumentReader): Promise<Json> {
  const days = args.number('days') ?? 7;
  if (days < 0 || days > 365) {
    throw new AzError('Invalid value for days: should be from 0 to 365');
  }
  const registry = await registryOf(session, args, 'retentionPolicy');
  const change = given({ status: args.optional('status'), days });
  return await changePolicy(session, registry, 'retentionPolicy', change);
}

/** `az acr config soft-delete update`: asks before what is deleted would be gone sooner. */
export async function updateSoftDelete(session: Session, args: ArgumentReader): Promise<Json> {
  const registry = await registryOf(session, args, 'softDeletePolicy');
  const known = objectAt(registry.resource, 'properties', 'policies', 'softDeletePolicy');
  const status = args.optional('status');
  const days = args.number('days');
  if (textAt(known, 'status') === 'enabled' && status === 'disabled') {
    session.warn(
      'Disabling soft-delete does not affect purge behavior for previously deleted artifacts. Artifacts currently in a soft-deleted state will continue to be purged in accordance with the current soft-delete retention days policy.',
    );
  }
  if (days !== undefined && Number(known['retentionDays'] ?? 0) > days) {
    await confirm(
      "Soft-delete purge scheduling is determined by a registry's current soft-delete retention days policy at the time of purge. By reducing the retention days policy, you are changing the scheduled purge date of previously deleted artifacts. In doing so, you may be scheduling some artifacts in a soft-deleted state for immediate purge. Do you wish to proceed?",
      args.flag('yes'),
    );
  }
  const change = given({ status, retentionDays: days });
  return await changePolicy(session, registry, 'softDeletePolicy', change);
}

async function changePolicy(
  session: Session,
  registry: FoundRegistry,
  policy: PolicyName,
  change: JsonObject,
): Promise<Json> {
  const updated = await session.armOperation(
    {
      method: 'PATCH',
      path: registryPath(session, registry.resourceGroup, registry.name),
      apiVersion: REGISTRY_API_VERSION,
      body: { properties: { policies: { [policy]: change } } },
    },
    { wait: true },
  );
  return policyIn(updated ?? {}, policy);
}
