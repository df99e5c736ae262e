import type { Json } from '../../base/json.js';
import { AzError } from '../az-error.js';
import {
  NO_WAIT,
  OPTIONAL_RESOURCE_GROUP,
  parseTags,
  RESOURCE_GROUP,
  TAGS,
  YES,
} from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { groupLocation } from '../placed-resource.js';
import {
  findRegistry,
  groupOfRegistry,
  printedRegistry,
  REGISTRY_API_VERSION,
  registryName,
  registryPath,
} from '../acr/registries.js';
import { PREMIUM_ONLY } from '../acr/network-rules.js';
import { IMPORT_ARGUMENTS, importImage } from '../acr/import-image.js';
import { REGISTRY_NAME, registryPathOf } from '../acr/registry-child.js';
import { credentialTable, registryTable, usageTable } from '../acr/tables.js';
import {
  networkProperties,
  NETWORK_ARGUMENTS,
  UPDATE_ARGUMENTS,
  updateRegistry,
} from '../acr/update-registry.js';
import { BUILD_COMMAND } from './acr-build.js';
import { CONFIG_COMMANDS } from './acr-config.js';
import { HEALTH_COMMAND } from './acr-health.js';
import { LOGIN_COMMAND } from './acr-login.js';
import { MANIFEST_COMMANDS } from './acr-manifest.js';
import { NETWORK_RULE_COMMANDS } from './acr-network-rule.js';
import { REPOSITORY_COMMANDS } from './acr-repository.js';
import { RUN_COMMANDS } from './acr-run.js';
import { SCOPE_MAP_COMMANDS } from './acr-scope-map.js';
import { TASK_COMMANDS } from './acr-task.js';
import { TASK_RUN_COMMANDS } from './acr-taskrun.js';
import { TOKEN_COMMANDS } from './acr-token.js';
import { WEBHOOK_COMMANDS } from './acr-webhook.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const ADMIN: ArgumentSpec = {
  name: 'adminEnabled',
  options: ['--admin-enabled'],
  kind: 'three-state',
  help: 'Indicates whether the admin user is enabled.',
};

async function create(session: Session, args: ArgumentReader): Promise<Json> {
  const name = args.text('registry');
  const group = args.text('resourceGroup');
  if (/[A-Z]/.test(name)) {
    throw new AzError('argument error: Registry name must use only lowercase.');
  }
  if (name.includes('-')) throw new AzError('argument error: Registry name cannot contain dashes.');
  if (args.has('defaultAction') && args.text('sku') !== 'Premium') throw new AzError(PREMIUM_ONLY);
  const tags = args.list('tags');
  const resource = await session.armOperation(
    {
      method: 'PUT',
      path: registryPath(session, group, name),
      apiVersion: REGISTRY_API_VERSION,
      body: {
        location: args.optional('location') ?? (await groupLocation(session, group)),
        sku: { name: args.text('sku') },
        properties: {
          adminUserEnabled: args.state('adminEnabled') ?? false,
          ...networkProperties(session, args),
        },
        ...(tags === undefined ? {} : { tags: parseTags(tags) }),
      },
    },
    { wait: true },
  );
  return printedRegistry(resource ?? {});
}

async function credential(
  session: Session,
  args: ArgumentReader,
  action: { path: string; body?: Json },
): Promise<Json> {
  const registry = await findRegistry(
    session,
    registryName(args.text('registry')),
    args.optional('resourceGroup'),
  );
  if (!registry.adminUserEnabled) {
    throw new AzError(
      `Run 'az acr update -n ${registry.name} --admin-enabled true' to enable admin first.`,
    );
  }
  const answer = await session.armJson({
    method: 'POST',
    path: `${registryPath(session, registry.resourceGroup, registry.name)}/${action.path}`,
    apiVersion: REGISTRY_API_VERSION,
    ...(action.body === undefined ? {} : { body: action.body }),
  });
  return { username: answer['username'] ?? null, passwords: answer['passwords'] ?? null };
}

export const ACR_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr create',
    summary: 'Create an Azure Container Registry.',
    arguments: [
      REGISTRY_NAME,
      RESOURCE_GROUP,
      {
        name: 'sku',
        options: ['--sku'],
        required: true,
        choices: ['Basic', 'Premium', 'Standard'],
        help: 'The SKU of the container registry.',
      },
      ADMIN,
      {
        name: 'location',
        options: ['--location', '-l'],
        environment: 'AZURE_DEFAULTS_LOCATION',
        help: "Location. Default: the resource group's.",
      },
      TAGS,
      ...NETWORK_ARGUMENTS,
    ],
    examples: [
      {
        title: 'Create a managed container registry with the Standard SKU.',
        command: 'az acr create -n myregistry -g MyResourceGroup --sku Standard',
      },
    ],
    table: registryTable,
    run: create,
  },
  {
    path: 'acr show',
    summary: 'Get the details of an Azure Container Registry.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP],
    examples: [
      {
        title: 'Get the login server for an Azure Container Registry.',
        command: 'az acr show -n myregistry --query loginServer',
      },
    ],
    table: registryTable,
    run: async (session, args) => {
      const name = registryName(args.text('registry'));
      const group = await groupOfRegistry(session, name, args.optional('resourceGroup'));
      return printedRegistry(
        await session.armJson({
          method: 'GET',
          path: registryPath(session, group, name),
          apiVersion: REGISTRY_API_VERSION,
        }),
      );
    },
  },
  {
    path: 'acr update',
    summary: 'Update an Azure Container Registry.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP, ADMIN, TAGS, ...UPDATE_ARGUMENTS],
    examples: [
      {
        title: 'Enable the administrator user account for an Azure Container Registry.',
        command: 'az acr update -n myregistry --admin-enabled true',
      },
    ],
    table: registryTable,
    run: updateRegistry,
  },
  {
    path: 'acr list',
    summary: 'List all the container registries under the current subscription.',
    arguments: [OPTIONAL_RESOURCE_GROUP],
    table: registryTable,
    run: async (session, args) => {
      const group = args.optional('resourceGroup');
      const scope = group === undefined ? '' : `/resourceGroups/${encodeURIComponent(group)}`;
      const found = await session.armList({
        method: 'GET',
        path: `${session.subscription}${scope}/providers/Microsoft.ContainerRegistry/registries`,
        apiVersion: REGISTRY_API_VERSION,
      });
      return found.map(printedRegistry);
    },
  },
  {
    path: 'acr delete',
    summary: 'Delete an Azure Container Registry.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP, YES],
    run: async (session, args) => {
      const name = registryName(args.text('registry'));
      await confirm(`Are you sure you want to delete the registry '${name}'?`, args.flag('yes'));
      const group = await groupOfRegistry(session, name, args.optional('resourceGroup'));
      await session.armOperation(
        {
          method: 'DELETE',
          path: registryPath(session, group, name),
          apiVersion: REGISTRY_API_VERSION,
        },
        { wait: true },
      );
      return undefined;
    },
  },
  {
    path: 'acr check-name',
    summary: 'Check if an Azure Container Registry name is valid and available for use.',
    arguments: [{ ...REGISTRY_NAME, environment: '' }],
    examples: [
      {
        title: 'Check if a registry name already exists.',
        command: 'az acr check-name -n doesthisnameexist',
      },
    ],
    run: async (session, args) => {
      const answer = await session.armJson({
        method: 'POST',
        path: `${session.subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability`,
        apiVersion: REGISTRY_API_VERSION,
        body: {
          name: args.text('registry'),
          type: 'Microsoft.ContainerRegistry/registries',
          autoGeneratedDomainNameLabelScope: 'Unsecure',
        },
      });
      return {
        availableLoginServerName: answer['availableLoginServerName'] ?? null,
        nameAvailable: answer['nameAvailable'] ?? null,
        reason: answer['reason'] ?? null,
        message: answer['message'] ?? null,
      };
    },
  },
  {
    path: 'acr show-usage',
    summary: 'Get the storage usage for an Azure Container Registry.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP],
    table: usageTable,
    run: async (session, args) => {
      const answer = await session.armJson({
        method: 'GET',
        path: `${await registryPathOf(session, args)}/listUsages`,
        apiVersion: REGISTRY_API_VERSION,
      });
      return { value: answer['value'] ?? null };
    },
  },
  {
    path: 'acr credential show',
    summary: 'Get the login credentials for an Azure Container Registry.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP],
    table: credentialTable,
    run: async (session, args) => await credential(session, args, { path: 'listCredentials' }),
  },
  {
    path: 'acr credential renew',
    summary: 'Regenerate login credentials for an Azure Container Registry.',
    arguments: [
      REGISTRY_NAME,
      OPTIONAL_RESOURCE_GROUP,
      {
        name: 'passwordName',
        options: ['--password-name'],
        required: true,
        choices: ['password', 'password2'],
        help: 'The name of password to regenerate.',
      },
    ],
    table: credentialTable,
    run: async (session, args) =>
      await credential(session, args, {
        path: 'regenerateCredential',
        body: { name: args.text('passwordName') },
      }),
  },
  {
    path: 'acr import',
    summary: 'Imports an image to an Azure Container Registry from another Container Registry.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP, ...IMPORT_ARGUMENTS, NO_WAIT],
    examples: [
      {
        title: 'Import an image with every platform from Docker Hub.',
        command:
          'az acr import -n myregistry --source docker.io/library/hello-world:latest -t hello-world:latest',
      },
    ],
    run: importImage,
  },
  LOGIN_COMMAND,
  BUILD_COMMAND,
  HEALTH_COMMAND,
  ...CONFIG_COMMANDS,
  ...NETWORK_RULE_COMMANDS,
  ...SCOPE_MAP_COMMANDS,
  ...TOKEN_COMMANDS,
  ...REPOSITORY_COMMANDS,
  ...MANIFEST_COMMANDS,
  ...TASK_COMMANDS,
  ...RUN_COMMANDS,
  ...TASK_RUN_COMMANDS,
  ...WEBHOOK_COMMANDS,
];
