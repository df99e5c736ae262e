import type { Clock } from '../../../base/clock.js';
import { textOf, type Json } from '../../../base/json.js';
import type { RegistryToken, RepositoryAction } from '../../../registry/registry-host.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { createDocumentProvider } from '../../document-provider.js';
import { ArmError } from '../../errors.js';
import type { Resource, ResourceProvider } from '../../provider.js';
import { ResourceDocuments } from '../../resource-documents.js';
import { childId, nameOf, parseResourceId, type ResourceId } from '../../resource-id.js';
import { registryErrors } from './registry-errors.js';

export const SCOPE_MAPS_TYPE = 'Microsoft.ContainerRegistry/registries/scopeMaps';

const ACTIONS: Readonly<Record<string, RepositoryAction>> = {
  'content/read': 'content/read',
  'content/write': 'content/write',
  'content/delete': 'content/delete',
  'metadata/read': 'metadata/read',
  'metadata/write': 'metadata/write',
};
const ACTION = /^repositories\/(.+)\/((?:content|metadata)\/(?:read|write|delete))$/;

/** Scope maps that every registry has. */
const SYSTEM_MAPS: Readonly<Record<string, { description: string; allowed: string[] }>> = {
  _repositories_admin: {
    description: 'Can perform all read, write and delete operations on the registry',
    allowed: Object.keys(ACTIONS),
  },
  _repositories_pull: {
    description: 'Can pull any repository of the registry',
    allowed: ['content/read'],
  },
  _repositories_pull_metadata_read: {
    description: 'Can perform all read operations on the registry',
    allowed: ['content/read', 'metadata/read'],
  },
  _repositories_push: {
    description: 'Can push to any repository of the registry',
    allowed: ['content/read', 'content/write'],
  },
  _repositories_push_metadata_write: {
    description: 'Can perform all read and write operations on the registry',
    allowed: ['metadata/read', 'metadata/write', 'content/read', 'content/write'],
  },
};

/** Scope maps: named sets of repository permissions for tokens. */
export function createScopeMapsProvider(options: {
  metadata: MetadataStore;
  clock: Clock;
  changed: (id: ResourceId) => Promise<void>;
}): ResourceProvider {
  const { metadata, clock, changed } = options;
  return createDocumentProvider({
    type: SCOPE_MAPS_TYPE,
    metadata,
    clock,
    tracking: 'none',
    changed,
    pure: true,
    properties({ id, given, existing }) {
      if (nameOf(id).startsWith('_repositories_')) throw systemScopeMap(nameOf(id));
      const actions = given['actions'] ?? [];
      parsePermissions(actions);
      return {
        type: 'UserDefined',
        description: given['description'] ?? null,
        creationDate: existing?.properties['creationDate'] ?? clock.now().toISOString(),
        provisioningState: 'Succeeded',
        actions,
      };
    },
  });
}

/** Writes the scope maps a new registry has from the start. */
export async function createSystemScopeMaps(
  metadata: MetadataStore,
  registry: ResourceId,
  clock: Clock,
): Promise<void> {
  const documents = new ResourceDocuments(metadata, SCOPE_MAPS_TYPE);
  for (const [name, { description, allowed }] of Object.entries(SYSTEM_MAPS)) {
    await documents.put({
      id: childOf(registry, name).text,
      name,
      type: SCOPE_MAPS_TYPE,
      properties: {
        type: 'SystemDefined',
        description,
        creationDate: clock.now().toISOString(),
        provisioningState: 'Succeeded',
        actions: allowed.map((action) => `repositories/*/${action}`),
      },
    });
  }
}

/** The permissions of a scope map by its id, none when it is gone. */
export async function permissionsOf(
  metadata: MetadataStore,
  scopeMapId: string,
): Promise<RegistryToken['permissions']> {
  const id = parseResourceId(scopeMapId);
  const map: Resource | undefined =
    id === undefined ? undefined : await new ResourceDocuments(metadata, SCOPE_MAPS_TYPE).get(id);
  return map === undefined ? [] : parsePermissions(map.properties['actions'] ?? []);
}

/**
 * `['repositories/app/content/read']` → `[{ repository: 'app', actions: ['content/read'] }]`. Permissions
 * of gateways are taken and mean nothing here.
 *
 * @throws ArmError InvalidParameter
 */
export function parsePermissions(actions: Json): RegistryToken['permissions'] {
  if (!Array.isArray(actions)) throw registryErrors.invalidProperty('actions', 'a list of texts');
  const byRepository = new Map<string, RepositoryAction[]>();
  for (const item of actions) {
    const text = textOf(item);
    if (text.startsWith('gateway/')) continue;
    const [, repository = '', name = ''] = ACTION.exec(text) ?? [];
    const action = ACTIONS[name];
    if (action === undefined) {
      throw registryErrors.invalidProperty(
        'actions',
        `a list of texts like repositories/NAME/content/read, not '${text}'`,
      );
    }
    byRepository.set(repository, [...(byRepository.get(repository) ?? []), action]);
  }
  return [...byRepository].map(([repository, allowed]) => ({ repository, actions: allowed }));
}

function childOf(registry: ResourceId, name: string): ResourceId {
  const [registryName = ''] = registry.names;
  const scope = parseResourceId(registry.text.slice(0, registry.text.indexOf('/providers/')));
  return childId(scope ?? registry, SCOPE_MAPS_TYPE, [registryName, name]);
}

function systemScopeMap(name: string): ArmError {
  return new ArmError({
    status: 400,
    code: 'SystemScopeMapNotModifiable',
    message: `The scope map '${name}' belongs to the system and can't be changed.`,
  });
}
