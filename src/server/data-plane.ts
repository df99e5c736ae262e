import { createRegistryAccess } from '../arm/providers/authorization/registry-access.js';
import { createRoleChecker } from '../arm/providers/authorization/role-assignments.js';
import { createAppService, type AppService } from '../apps/service.js';
import type { ImageAdmission } from '../apps/image-admission.js';
import { systemClock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import { createEmbeddedBuilder } from '../build/embedded/embedded-builder.js';
import type { TokenAuthority } from '../identity/token-authority.js';
import { createRegistryHost } from '../registry/create-registry-host.js';
import { FULL_ACCESS } from '../registry/access.js';
import { RegistryTokens, TOKEN_USERNAME } from '../registry/registry-tokens.js';
import type { LoginServers } from '../registry/login-servers.js';
import type { RegistryHost } from '../registry/registry-host.js';
import { openMirror, type Mirror } from '../mirror/mirror.js';
import { createRegistryClient } from '../remote/client.js';
import type { Credentials, RegistryClient } from '../remote/registry-client.js';
import { openRuntime, runtimeForBuilds } from '../runtime/open-runtime.js';
import type { ContainerRuntime, IsolationLevel, RuntimeChoice } from '../runtime/runtime.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { createRunService, type RunService } from '../tasks/run-service.js';
import { createTaskService, type TaskService } from '../tasks/task-service.js';
import { PUBLIC_REGISTRIES, type AzureNames } from './azure-names/azure-names.js';
import { lookupPastHostsFile } from './azure-names/direct-lookup.js';
import { AppListeners } from './app-listeners.js';
import { collectImages } from './collect-images.js';
import type { CertificateAuthority } from './certificate-authority.js';
import type { Home } from './home.js';
import { PortBook } from './ports.js';
import { createIdentityCredentials } from './identity-credentials.js';
import { createRegistryFacts } from './registry-facts.js';
import { findLocalRegistry, isLoopbackHost, localFirst } from './registry-directory.js';
import { ManagedIdentities } from './managed-identities.js';
import { ReplicaGateway } from './replica-gateway.js';
import { RegistryListeners } from './registry-listeners.js';
import type { Shutdown } from './shutdown.js';
import { packageVersion } from './version.js';

export interface DataPlaneOptions {
  home: Home;
  metadata: MetadataStore;
  tokens: TokenAuthority;
  authority: CertificateAuthority;
  /** Object id of the principal that owns the subscription. */
  ownerId: string;
  tenantId: string;
  logger: Logger;
  /** What runs containers. */
  runtime: RuntimeChoice;
  isolation?: IsolationLevel | undefined;
  replicaNetwork?: string | undefined;
  imageAdmission: ImageAdmission;
  rolePropagationMs?: number;
  /** Gives registries Azure's names; without it they go by their ports. */
  azureNames?: AzureNames | undefined;
}

/** What stores, builds and runs images. */
export interface DataPlane {
  registries: RegistryHost;
  loginServers: LoginServers;
  /** Asks the mirror before the network. */
  registryClient: RegistryClient;
  mirror: Mirror;
  runtime: ContainerRuntime;
  /** Why this driver. */
  whyRuntime: string;
  runs: RunService;
  tasks: TaskService;
  apps: AppService;
  appListeners: AppListeners;
  replicaGateway: ReplicaGateway;
}

export async function openDataPlane(
  options: DataPlaneOptions,
  shutdown: Shutdown,
): Promise<DataPlane> {
  const { home, metadata, tokens, authority, logger } = options;
  const clock = systemClock;
  const ports = new PortBook(metadata);

  // Registries tell tasks of pushes, and tasks run on registries.
  const later: { tasks?: TaskService } = {};
  const registries = await createRegistryHost({
    dataDirectory: home.path('registry'),
    metadata,
    tokenAuthority: tokens,
    principalAccess: createRegistryAccess({
      metadata,
      roles: createRoleChecker({
        metadata,
        clock,
        propagationDelayMs: options.rolePropagationMs ?? 0,
      }),
      ownerId: options.ownerId,
    }),
    clock,
    logger: logger.child({ plane: 'registry' }),
    onEvent: ({ name, loginServer }, { action, repository, tag, digest }) => {
      if (action !== 'push' || tag === undefined) return;
      const names = [loginServer, `${name}.azurecr.io`];
      later.tasks?.imagePushed({ registries: names, repository, tag, digest });
    },
  });
  shutdown.add('registries', () => registries.close());
  const registryListeners = new RegistryListeners(ports, authority, () => registries);
  shutdown.add('registry listeners', () => registryListeners.close());

  const place = {
    stateDirectory: home.path('runtime'),
    clock,
    logger: logger.child({ plane: 'runtime' }),
  };
  const { runtime, why } = await openRuntime({
    ...place,
    choice: options.runtime,
    isolation: options.isolation,
    network: options.replicaNetwork,
  });
  shutdown.add('runtime', () => runtime.close());
  shutdown.add('image collection', collectImages(runtime, clock, place.logger));
  const buildRuntime = runtimeForBuilds(runtime, place);
  shutdown.add('runtime of builds', buildRuntime.close);

  // References from a run without Azure's names hold ports, which are still listened on.
  const localName = (server: string): string | undefined =>
    findLocalRegistry(registries, server) ?? registryListeners.nameAt(server);
  const endpointOf = localFirst(localName, (name) => registryListeners.baseUrl(name));
  const mirror = await openMirror({
    directory: home.path('mirror'),
    network: createRegistryClient({
      resolveEndpoint: endpointOf,
      userAgent: `lazurite/${packageVersion()}`,
      ...(options.azureNames && { lookup: lookupPastHostsFile(PUBLIC_REGISTRIES) }),
      clock,
    }),
    isLocal: (server) => isLoopbackHost(server) || localName(server) !== undefined,
    clock,
    logger: logger.child({ plane: 'mirror' }),
  });
  shutdown.add('mirror', () => mirror.close());
  const registryClient = mirror.client;
  const builder = createEmbeddedBuilder({
    stateDirectory: home.path('build'),
    runtime: buildRuntime.open,
    registryClient,
    clock,
    logger: logger.child({ plane: 'build' }),
  });
  shutdown.add('builder', () => builder.close());
  const identityCredentials = createIdentityCredentials({
    metadata,
    tokens,
    tenantId: options.tenantId,
    baseUrl: (server) => endpointOf(server)?.baseUrl,
  });
  const runs = await createRunService({
    directory: home.path('tasks'),
    metadata,
    builder,
    runtime,
    registryClient,
    registryUrl: (server) => endpointOf(server)?.baseUrl,
    agentCredentials: (server, name) => agentCredentials(registries, tokens, { server, name }),
    identityLogin: identityCredentials,
    loginServerOf: (name) => registries.get(name)?.settings.loginServer,
    clock,
    logger: logger.child({ plane: 'tasks' }),
  });
  shutdown.add('runs', () => runs.close());
  const tasks = await createTaskService({
    metadata,
    runs,
    clock,
    logger: logger.child({ plane: 'tasks' }),
  });
  later.tasks = tasks;
  shutdown.add('tasks', () => tasks.close());

  const identities = await ManagedIdentities.open({
    metadata,
    tokens,
    tenantId: options.tenantId,
    apps: () => apps,
    ownNetwork: runtime.info.ownNetwork,
    logger: logger.child({ plane: 'identities' }),
  });
  shutdown.add('managed identities', () => {
    identities.close();
  });
  const replicaGateway = new ReplicaGateway({
    apps: () => apps,
    authority,
    address: runtime.info.network.gateway,
    isRegistry: (name) => findLocalRegistry(registries, name) !== undefined,
    services: identities.services,
    logger: logger.child({ plane: 'inside' }),
  });
  shutdown.add('replica gateway', () => replicaGateway.close());
  const apps: AppService = createAppService({
    metadata,
    runtime,
    registryClient,
    localRegistry: localName,
    registryFacts: createRegistryFacts({ registries, runs, clock }),
    identityCredentials,
    clock,
    logger: logger.child({ plane: 'apps' }),
    imageAdmission: options.imageAdmission,
    dataDirectory: home.path('apps'),
    tokens,
    connectReplica: replicaGateway.connect,
    identityVariables: (workload) => identities.variablesOf(workload),
  });
  shutdown.add('apps', () => apps.close());
  const appListeners = new AppListeners(ports, authority, apps, logger);
  shutdown.add('app listeners', () => appListeners.close());
  return {
    registries,
    loginServers: options.azureNames?.loginServers(registryListeners) ?? registryListeners,
    registryClient,
    mirror,
    runtime,
    whyRuntime: why,
    runs,
    tasks,
    apps,
    appListeners,
    replicaGateway,
  };
}

/** Runs pull and push as their registry's own agent, whether or not people may use the admin user. */
function agentCredentials(
  host: RegistryHost,
  tokens: TokenAuthority,
  own: { server: string; name: string },
): Credentials | undefined {
  const name = findLocalRegistry(host, own.server);
  const registry = name?.toLowerCase() === own.name ? host.get(own.name) : undefined;
  if (registry === undefined) return undefined;
  const agent = { name: 'acr-tasks', access: FULL_ACCESS };
  const registryTokens = new RegistryTokens(tokens, () => registry.settings.loginServer);
  return { username: TOKEN_USERNAME, password: registryTokens.issueRefresh(agent, undefined) };
}
