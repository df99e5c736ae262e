import { TASK_TYPE } from '../arm/providers/registry-tasks/tasks-provider.js';
import { ResourceDocuments } from '../arm/resource-documents.js';
import { listManagedIdentities } from '../arm/providers/identities/user-assigned-identities.js';
import type { Workload } from '../apps/documents.js';
import { isJsonObject, textOf, type Json } from '../base/json.js';
import type { DirectoryPrincipal } from '../identity/graph-plane.js';
import type { HomePrincipal } from '../identity/home-principal.js';
import type { MetadataStore } from '../storage/metadata-store.js';

/** Every service principal of the tenant: the home's own and the managed identities, those of apps and tasks among them. */
export async function listPrincipals(
  home: HomePrincipal,
  metadata: MetadataStore,
  workloads: readonly Workload[],
): Promise<DirectoryPrincipal[]> {
  const managed = await listManagedIdentities(metadata);
  const tasks = await new ResourceDocuments(metadata, TASK_TYPE).list();
  return [
    { ...home, displayName: 'lazurite', kind: 'Application' },
    ...managed.map(({ principalId, clientId, name }) => ({
      objectId: principalId,
      clientId,
      displayName: name,
      kind: 'ManagedIdentity' as const,
    })),
    ...workloads.flatMap(({ name, resource }) => systemAssigned(name, resource['identity'])),
    ...tasks.flatMap(({ name, identity }) => systemAssigned(name, identity)),
  ];
}

function systemAssigned(name: string, identity: Json | undefined): DirectoryPrincipal[] {
  const objectId = isJsonObject(identity) ? textOf(identity['principalId']) : '';
  if (objectId === '') return [];
  return [{ objectId, clientId: objectId, displayName: name, kind: 'ManagedIdentity' }];
}
