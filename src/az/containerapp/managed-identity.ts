import type { JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';

/** Which identities a command gives or takes. */
export interface IdentityChange {
  system: boolean;
  /** Names or resource ids; undefined when `--user-assigned` is absent, empty when it has no word */
  user: readonly string[] | undefined;
}

/** The app's `identity`, made when there is none. */
export function identityOf(app: JsonObject): JsonObject {
  const known = app['identity'];
  const identity: JsonObject = isJsonObject(known) ? known : {};
  identity['type'] ??= 'None';
  app['identity'] = identity;
  return identity;
}

/** Gives the app identities, with a warning for those that it has. */
export function assignIdentities(
  session: Session,
  args: ArgumentReader,
  app: JsonObject,
  change: IdentityChange,
): void {
  const identity = identityOf(app);
  const type = textAt(identity, 'type') ?? 'None';
  if (change.system && type.includes('SystemAssigned')) {
    session.warn('System identity is already assigned to containerapp');
  }
  const user = change.user ?? [];
  identity['type'] = typeOf(
    change.system || type.includes('SystemAssigned'),
    user.length > 0 || type.includes('UserAssigned'),
  );
  if (user.length === 0) return;
  const assigned = assignedOf(identity);
  for (const name of user) {
    const id = identityId(session, args, name.toLowerCase());
    const known = Object.keys(assigned).find((other) => other.toLowerCase() === id.toLowerCase());
    if (known === undefined) assigned[id.replace('resourceGroup', 'resourcegroup')] = {};
    else session.warn(`User identity ${known} is already assigned to containerapp`);
  }
}

/** Takes identities from the app. @throws AzError for one that it has not */
export function removeIdentities(
  session: Session,
  args: ArgumentReader,
  app: JsonObject,
  change: IdentityChange,
): void {
  const name = args.text('name');
  const identity = identityOf(app);
  const type = textAt(identity, 'type') ?? 'None';
  if (type === 'None') {
    throw new AzError(`The containerapp ${name} has no system or user assigned identities.`);
  }
  if (change.system && type === 'UserAssigned') {
    throw new AzError(`The containerapp ${name} has no system assigned identities.`);
  }
  const removed = new Set<string>();
  const assigned = assignedOf(identity);
  for (const given of change.user ?? []) {
    const id = identityId(session, args, given).toLowerCase();
    if (!Object.keys(assigned).some((other) => other.toLowerCase() === id)) {
      throw new AzError(
        `The containerapp does not have specified user identity '${given}' assigned, so it cannot be removed.`,
      );
    }
    removed.add(id);
  }
  const left = Object.entries(assigned).filter(
    ([id]) => change.user?.length !== 0 && !removed.has(id.toLowerCase()),
  );
  identity['type'] = typeOf(type.includes('SystemAssigned') && !change.system, left.length > 0);
  identity['userAssignedIdentities'] = left.length > 0 ? Object.fromEntries(left) : null;
}

function typeOf(system: boolean, user: boolean): string {
  if (system && user) return 'SystemAssigned,UserAssigned';
  if (system) return 'SystemAssigned';
  return user ? 'UserAssigned' : 'None';
}

function assignedOf(identity: JsonObject): JsonObject {
  const known = identity['userAssignedIdentities'];
  if (isJsonObject(known)) return known;
  const made: JsonObject = {};
  identity['userAssignedIdentities'] = made;
  return made;
}

/** A resource id as it is; a name is of an identity in the app's own resource group. */
function identityId(session: Session, args: ArgumentReader, name: string): string {
  if (/^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\//i.test(name)) return name;
  return `${session.subscription}/resourceGroups/${args.text('resourceGroup')}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}
