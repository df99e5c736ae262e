import type { JsonObject } from '../base/json.js';
import { AzError } from './az-error.js';
import { objectsAt, textAt } from './json-path.js';
import type { Session } from './session.js';
import type { ArgumentReader, ArgumentSpec } from './spec.js';

export const RESOURCES_API_VERSION = '2024-11-01';

/** How a command names any resource: by ids, or by group, type and name. */
export const RESOURCE_ARGUMENTS: readonly ArgumentSpec[] = [
  {
    name: 'ids',
    options: ['--ids'],
    kind: 'list',
    help: 'One or more resource IDs (space-delimited). If provided, no other "Resource Id" arguments should be specified.',
  },
  { name: 'resourceGroup', options: ['--resource-group', '-g'], help: 'Name of resource group.' },
  { name: 'name', options: ['--name', '-n'], help: 'The resource name. (Ex: myC).' },
  {
    name: 'resourceType',
    options: ['--resource-type'],
    help: "The resource type (Ex: 'resC'). Can also accept namespace/type format (Ex: 'Microsoft.Provider/resC').",
  },
  {
    name: 'namespace',
    options: ['--namespace'],
    help: "Provider namespace (Ex: 'Microsoft.Provider').",
  },
  {
    name: 'parent',
    options: ['--parent'],
    help: "The parent path (Ex: 'resA/myA/resB/myB').",
  },
];

/** The ids that the arguments name. @throws AzError when something of a name is missing */
export function resourceIds(session: Session, args: ArgumentReader): string[] {
  const ids = args.list('ids');
  if (ids !== undefined) return ids;
  const name = args.optional('name');
  const type = args.optional('resourceType');
  if (name === undefined || type === undefined) {
    throw new AzError('(--ids | --resource-type --name [--resource-group]) is required.', {
      exitCode: 2,
    });
  }
  const [namespace, kind] = namespaceOf(type, args.optional('namespace'));
  const parent = args.optional('parent');
  const group = args.optional('resourceGroup');
  const scope = group === undefined ? '' : `/resourceGroups/${group}`;
  const path = parent === undefined ? '' : `${parent.replace(/^\/|\/$/g, '')}/`;
  return [`${session.subscription}${scope}/providers/${namespace}/${path}${kind}/${name}`];
}

function namespaceOf(type: string, namespace: string | undefined): [string, string] {
  if (namespace !== undefined) return [namespace, type];
  const at = type.indexOf('/');
  if (at > 0) return [type.slice(0, at), type.slice(at + 1)];
  throw new AzError(
    `Resource type '${type}' needs its namespace: --resource-type NAMESPACE/TYPE.`,
    {
      exitCode: 2,
    },
  );
}

/**
 * The newest version that a provider lists for a resource's type, a stable one when there is any.
 *
 * @throws AzError when the provider has no such type
 */
export async function versionOf(session: Session, id: string): Promise<string> {
  const match = /\/providers\/([^/]+)\/([^/]+)(?!.*\/providers\/)/i.exec(id);
  if (!match) return RESOURCES_API_VERSION; // a resource group
  const [, namespace = '', type = ''] = match;
  const provider = await session.armJson({
    method: 'GET',
    path: `${session.subscription}/providers/${encodeURIComponent(namespace)}`,
    apiVersion: RESOURCES_API_VERSION,
  });
  const found = objectsAt(provider, 'resourceTypes').find(
    (one) => textAt(one, 'resourceType')?.toLowerCase() === type.toLowerCase(),
  );
  const versions = versionsIn(found);
  const chosen = versions.find((version) => !/preview/i.test(version)) ?? versions[0];
  if (chosen === undefined) throw new AzError(`Resource type ${type} not found.`);
  return chosen;
}

function versionsIn(type: JsonObject | undefined): string[] {
  const versions = type?.['apiVersions'];
  return Array.isArray(versions) ? versions.filter((one) => typeof one === 'string') : [];
}
