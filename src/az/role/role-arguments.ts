import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';

/** `--scope`, else the resource group, else the subscription. */
export function scopeOf(session: Session, args: ArgumentReader): string {
  const scope = args.optional('scope');
  const group = args.optional('resourceGroup');
  if (scope !== undefined) {
    if (group !== undefined) {
      throw new AzError(`Resource group "${group}" is redundant because scope is supplied`);
    }
    if (
      scope.startsWith('/subscriptions/') &&
      !/^\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+(\/providers(\/[^/]+){3,})?)?$/i.test(scope)
    ) {
      throw new AzError('Invalid scope. Please use --help to view the valid format.');
    }
    return scope;
  }
  if (group !== undefined) return `${session.subscription}/resourceGroups/${group}`;
  return session.subscription;
}

/** An empty filter would match everything, so that a delete would delete everything. */
export function refuseEmpty(args: ArgumentReader, names: readonly string[]): void {
  for (const name of names) {
    if (args.optional(name) !== '') continue;
    const option = name === 'resourceGroup' ? '--resource-group' : `--${name}`;
    throw new AzError(
      `usage error: ${option} can't be an empty string. Either omit it or provide a non-empty string.`,
    );
  }
}

/** @throws AzError when the assignee is named in two ways */
export function refuseBothAssignees(args: ArgumentReader): void {
  if (args.has('assignee') && args.has('assigneeObjectId')) {
    throw new AzError('Usage error: Provide only one of --assignee or --assignee-object-id.');
  }
}
