import type { CommandSpec } from './spec.js';

interface CommandGroup {
  /** One word after `az`, e.g. `'containerapp'`. */
  name: string;
  summary: string;
  load(): Promise<readonly CommandSpec[]>;
}

/** The command table, by first word; a group's commands are loaded when it is used. */
export const GROUPS: readonly CommandGroup[] = [
  {
    name: 'account',
    summary: 'Manage Azure subscription information.',
    load: async () => (await import('./commands/account.js')).ACCOUNT_COMMANDS,
  },
  {
    name: 'acr',
    summary: 'Manage private registries with Azure Container Registries.',
    load: async () => (await import('./commands/acr.js')).ACR_COMMANDS,
  },
  {
    name: 'cloud',
    summary: 'Manage registered Azure clouds.',
    load: async () => (await import('./commands/account.js')).CLOUD_COMMANDS,
  },
  {
    name: 'containerapp',
    summary: 'Manage Azure Container Apps.',
    load: async () => (await import('./commands/containerapp.js')).CONTAINERAPP_COMMANDS,
  },
  {
    name: 'deployment',
    summary: 'Manage Azure Resource Manager template deployment at subscription scope.',
    load: async () => (await import('./commands/deployment.js')).DEPLOYMENT_COMMANDS,
  },
  {
    name: 'extension',
    summary: 'Manage and update CLI extensions.',
    load: async () => (await import('./commands/account.js')).EXTENSION_COMMANDS,
  },
  {
    name: 'group',
    summary: 'Manage resource groups and template deployments.',
    load: async () => (await import('./commands/group.js')).GROUP_COMMANDS,
  },
  {
    name: 'identity',
    summary: 'Manage managed identities.',
    load: async () => (await import('./commands/identity.js')).IDENTITY_COMMANDS,
  },
  {
    name: 'lock',
    summary: 'Manage Azure locks.',
    load: async () => (await import('./commands/lock.js')).LOCK_COMMANDS,
  },
  {
    name: 'login',
    summary: 'Log in to Azure.',
    load: async () => (await import('./commands/account.js')).LOGIN_COMMANDS,
  },
  {
    name: 'logout',
    summary: 'Log out to remove access to Azure subscriptions.',
    load: async () => (await import('./commands/account.js')).LOGIN_COMMANDS,
  },
  {
    name: 'monitor',
    summary: 'Manage the Azure Monitor Service.',
    load: async () => (await import('./commands/monitor.js')).MONITOR_COMMANDS,
  },
  {
    name: 'provider',
    summary: 'Manage resource providers.',
    load: async () => (await import('./commands/provider.js')).PROVIDER_COMMANDS,
  },
  {
    name: 'resource',
    summary: 'Manage Azure resources.',
    load: async () => (await import('./commands/resource.js')).RESOURCE_COMMANDS,
  },
  {
    name: 'rest',
    summary: 'Invoke a custom request.',
    load: async () => (await import('./commands/rest.js')).REST_COMMANDS,
  },
  {
    name: 'role',
    summary: 'Manage Azure role-based access control (Azure RBAC).',
    load: async () => (await import('./commands/role.js')).ROLE_COMMANDS,
  },
  {
    name: 'tag',
    summary: 'Tag Management on a resource.',
    load: async () => (await import('./commands/tag.js')).TAG_COMMANDS,
  },
  {
    name: 'version',
    summary: 'Show the versions of Azure CLI modules and extensions.',
    load: async () => (await import('./commands/account.js')).VERSION_COMMANDS,
  },
];

/** What groups below the first word are about; help shows it. */
export const GROUP_SUMMARIES: Readonly<Record<string, string>> = {
  'acr config': 'Configure policies for Azure Container Registries.',
  'acr config authentication-as-arm':
    "Manage 'Azure AD authenticate as ARM' policy for Azure Container Registries.",
  'acr config content-trust': 'Manage content-trust policy for Azure Container Registries.',
  'acr config retention': 'Manage retention policy for Azure Container Registries.',
  'acr config soft-delete': 'Manage soft-delete policy for Azure Container Registries.',
  'acr credential': 'Manage login credentials for Azure Container Registries.',
  'acr manifest': 'Manage artifact manifests in Azure Container Registries.',
  'acr network-rule': 'Manage network rules for Azure Container Registries.',
  'acr repository': 'Manage repositories (image names) for Azure Container Registries.',
  'acr scope-map': 'Manage scope access maps for Azure Container Registries.',
  'acr task':
    'Manage a collection of steps for building, testing and OS & Framework patching container images using Azure Container Registries.',
  'acr task credential':
    'Manage credentials for a task. Please see https://aka.ms/acr/tasks/cross-registry-authentication for more information.',
  'acr task identity':
    'Managed Identities for Task. Please see https://aka.ms/acr/tasks/task-create-managed-identity for more information.',
  'acr task timer': 'Manage timer triggers for a task.',
  'acr taskrun': 'Manage taskruns using Azure Container Registries.',
  'acr token': 'Manage tokens for an Azure Container Registry.',
  'acr token credential': 'Manage credentials of a token for an Azure Container Registry.',
  'acr webhook': 'Manage webhooks for Azure Container Registries.',
  'containerapp env': 'Commands to manage Container Apps environments.',
  'containerapp identity': 'Commands to manage managed identities.',
  'containerapp env logs': 'Show container app environment logs.',
  'containerapp ingress': 'Commands to manage ingress and traffic-splitting.',
  'containerapp ingress traffic': 'Commands to manage traffic-splitting.',
  'containerapp job': 'Commands to manage Container Apps jobs.',
  'containerapp job execution': 'Commands to view executions of a Container App Job.',
  'containerapp job logs': 'Show container app job logs.',
  'containerapp logs': 'Show container app logs.',
  'containerapp registry': 'Commands to manage container registry information.',
  'containerapp replica': 'Manage container app replicas.',
  'containerapp revision': 'Commands to manage revisions.',
  'containerapp revision label': 'Manage revision labels assigned to traffic weights.',
  'containerapp secret': 'Commands to manage secrets.',
  'deployment group': 'Manage Azure Resource Manager template deployment at resource group.',
  'deployment operation': 'Manage deployment operations.',
  'monitor activity-log': 'Manage activity logs.',
  'monitor log-analytics': 'Manage Azure log analytics.',
  'monitor log-analytics workspace': 'Manage Azure log analytics workspace.',
  'role assignment': 'Manage role assignments.',
  'role definition': 'Manage role definitions.',
  'deployment operation group': 'Manage deployment operations for deployments at resource group.',
};

/** Every command, for help and for the coverage table. */
export async function allCommands(): Promise<CommandSpec[]> {
  const lists = await Promise.all(GROUPS.map((group) => group.load()));
  return [...new Set(lists.flat())].sort((a, b) => (a.path < b.path ? -1 : 1));
}
