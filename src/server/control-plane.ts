import { createDeploymentProviders } from '../arm/deployments/deployments-provider.js';
import { createTemplateLinkReader } from '../arm/deployments/template-link.js';
import { createContainerAppsProvider } from '../arm/providers/container-apps/container-apps.js';
import { findManagedIdentity } from '../arm/providers/identities/user-assigned-identities.js';
import { createJobProviders } from '../arm/providers/jobs/jobs.js';
import { createReplicasProvider } from '../arm/providers/container-apps/replicas.js';
import { createRevisionsProvider } from '../arm/providers/container-apps/revisions.js';
import { createManagedEnvironmentsProvider } from '../arm/providers/managed-environments/managed-environments.js';
import { createRegistriesProvider } from '../arm/providers/registries/registries.js';
import {
  createRunsProvider,
  registryRunActions,
  type ScheduleRun,
} from '../arm/providers/registry-runs/registry-runs.js';
import { createAgentPoolsProvider } from '../arm/providers/registry-tasks/agent-pools.js';
import { createTaskRunsProvider } from '../arm/providers/registry-tasks/task-runs.js';
import { createTasksProvider } from '../arm/providers/registry-tasks/tasks-provider.js';
import { createWorkspacesProvider } from '../arm/providers/workspaces/workspaces.js';
import { createResourceManager, type ResourceManager } from '../arm/resource-manager.js';
import { systemClock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { TokenAuthority } from '../identity/token-authority.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import type { DataPlane } from './data-plane.js';

/** What tokens for the resource manager are for; both spellings are in use. */
export const ARM_AUDIENCES = [
  'https://management.azure.com/',
  'https://management.azure.com',
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
] as const;

export interface ControlPlaneOptions {
  metadata: MetadataStore;
  tokens: TokenAuthority;
  subscription: { subscriptionId: string; tenantId: string; displayName: string };
  data: DataPlane;
  logger: Logger;
}

/** The resource manager over the data plane, with what an earlier process left taken up again. */
export async function openControlPlane(options: ControlPlaneOptions): Promise<ResourceManager> {
  const { metadata, tokens, subscription, data } = options;
  const clock = systemClock;
  const { apps: service, runs, tasks } = data;
  const identities = {
    tenantId: subscription.tenantId,
    findIdentity: (resourceId: string) => findManagedIdentity(metadata, resourceId),
  };
  const workloads = { service, tokens, clock, ...identities };
  const schedule: ScheduleRun = (name, body) =>
    body['type'] === 'TaskRunRequest' ? tasks.runTask(name, body) : runs.scheduleRun(name, body);
  const registries = createRegistriesProvider({
    metadata,
    host: data.registries,
    loginServers: data.loginServers,
    actions: registryRunActions(runs, schedule),
    importing: { client: data.registryClient, tokenAuthority: tokens },
    onRemoved: async (name) => {
      await tasks.removeRegistry(name);
      await runs.removeRegistry(name);
    },
    clock,
  });
  const recoveries: (() => Promise<void>)[] = [];
  const manager = createResourceManager({
    // What others build on comes first: groups are emptied in the reverse order.
    providers: [
      createWorkspacesProvider({ metadata, clock }),
      registries,
      ...registries.children,
      createRunsProvider(runs),
      createTasksProvider({ metadata, clock, tasks, ...identities }),
      createTaskRunsProvider({ metadata, clock, runs, schedule }),
      createAgentPoolsProvider({ metadata, clock }),
      createManagedEnvironmentsProvider({ service, tokens, clock }),
      createContainerAppsProvider(workloads),
      createRevisionsProvider({ service }),
      createReplicasProvider({ service }),
      ...createJobProviders(workloads),
    ],
    withResources: (access) => {
      const deployments = createDeploymentProviders({
        ...access,
        metadata,
        subscription,
        readLink: createTemplateLinkReader(),
        clock,
      });
      recoveries.push(() => deployments.recover());
      return deployments.providers;
    },
    metadata,
    tokenAuthority: tokens,
    audiences: ARM_AUDIENCES,
    subscription,
    clock,
    logger: options.logger.child({ plane: 'arm' }),
  });
  await registries.restore();
  for (const recover of recoveries) await recover();
  await manager.recover();
  return manager;
}
