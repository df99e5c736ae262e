import { randomInt } from 'node:crypto';
import type { Json, JsonObject } from '../../base/json.js';
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
import {
  APP_API_VERSION,
  environmentPath,
  groupPath,
  listOf,
  showResource,
} from '../containerapp/requests.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { textAt, objectsAt } from '../json-path.js';

const WORKSPACE_API_VERSION = '2022-10-01';
const KEYS_API_VERSION = '2020-08-01';
const PROVIDERS_API_VERSION = '2024-11-01';

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'Name of the Container Apps environment.',
};

interface LogsTarget {
  customerId: string;
  sharedKey: string;
}

async function create(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const group = args.text('resourceGroup');
  const location = args.optional('location') ?? (await firstLocation(session));
  const destination = args.text('logsDestination');
  const logs =
    destination === 'log-analytics' ? await logsTarget(session, args, group, location) : undefined;
  const body: JsonObject = {
    location,
    tags: args.has('tags') ? parseTags(args.list('tags') ?? []) : null,
    properties: {
      daprAIInstrumentationKey: null,
      vnetConfiguration: null,
      appLogsConfiguration: {
        destination: destination === 'none' ? null : destination,
        logAnalyticsConfiguration: logs ? { ...logs } : null,
      },
      customDomainConfiguration: null,
      workloadProfiles: [{ workloadProfileType: 'Consumption', Name: 'Consumption' }],
      zoneRedundant: false,
    },
  };
  const environment = await session.armOperation(
    {
      method: 'PUT',
      path: environmentPath(session, group, args.text('name')),
      apiVersion: APP_API_VERSION,
      body,
      style: 'containerapp',
    },
    { wait: !args.flag('noWait') },
  );
  if (textAt(environment, 'properties', 'provisioningState')?.toLowerCase() === 'succeeded') {
    session.warn(
      '\nContainer Apps environment created. To deploy a container app, use: az containerapp create --help\n',
    );
  }
  return environment;
}

async function firstLocation(session: Session): Promise<string> {
  const provider = await session.armJson({
    method: 'GET',
    path: `${session.subscription}/providers/Microsoft.App`,
    apiVersion: PROVIDERS_API_VERSION,
    style: 'containerapp',
  });
  const type = objectsAt(provider, 'resourceTypes').find(
    (item) => item['resourceType'] === 'managedEnvironments',
  );
  const locations = type?.['locations'];
  const first = Array.isArray(locations) ? locations[0] : undefined;
  if (typeof first !== 'string')
    throw new AzError('No location of Microsoft.App is known: use --location.');
  return first;
}

async function logsTarget(
  session: Session,
  args: ArgumentReader,
  group: string,
  location: string,
): Promise<LogsTarget> {
  const customerId = args.optional('workspaceId');
  const sharedKey = args.optional('workspaceKey');
  if (customerId !== undefined && sharedKey !== undefined) return { customerId, sharedKey };
  if (customerId !== undefined || sharedKey !== undefined) {
    throw new AzError('Usage error: supply --logs-workspace-id and --logs-workspace-key together');
  }
  session.warn('No Log Analytics workspace provided.');
  const name = `workspace-${group.replaceAll(/[^a-zA-Z0-9]/g, '').slice(0, 20)}${randomSuffix()}`;
  session.warn(`Generating a Log Analytics workspace with name "${name}"`);
  const path = `${groupPath(session, group)}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
  const workspace = await session.armOperation(
    {
      method: 'PUT',
      path,
      apiVersion: WORKSPACE_API_VERSION,
      body: {
        location,
        properties: {
          publicNetworkAccessForIngestion: 'Enabled',
          publicNetworkAccessForQuery: 'Enabled',
        },
      },
    },
    { wait: true },
  );
  const keys = await session.armJson({
    method: 'POST',
    path: `${path}/sharedKeys`,
    apiVersion: KEYS_API_VERSION,
  });
  return {
    customerId: textAt(workspace, 'properties', 'customerId') ?? '',
    sharedKey: textAt(keys, 'primarySharedKey') ?? '',
  };
}

function randomSuffix(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
}

/** The logs part of an update: only what was given. */
function changedLogs(args: ArgumentReader): JsonObject | undefined {
  const destination = args.optional('logsDestination');
  const customerId = args.optional('workspaceId');
  const sharedKey = args.optional('workspaceKey');
  const hasWorkspace = customerId !== undefined || sharedKey !== undefined;
  if (destination === undefined && !hasWorkspace) return undefined;
  if (destination !== 'log-analytics' && hasWorkspace) {
    throw new AzError(
      'When configuring Log Analytics workspace, --logs-destination should be "log-analytics"',
    );
  }
  if (destination !== 'log-analytics') {
    const kept = destination === 'none' ? null : (destination ?? null);
    return { destination: kept, logAnalyticsConfiguration: null };
  }
  if (customerId === undefined || sharedKey === undefined) {
    throw new AzError(
      "Must provide --logs-workspace-id and --logs-workspace-key if updating logs destination to type 'log-analytics'.",
    );
  }
  return { destination, logAnalyticsConfiguration: { customerId, sharedKey } };
}

async function update(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const appLogsConfiguration = changedLogs(args);
  const path = environmentPath(session, args.text('resourceGroup'), args.text('name'));
  const { location = null } = await showResource(session, path);
  const tags = args.list('tags');
  return await session.armOperation(
    {
      method: 'PATCH',
      path,
      apiVersion: APP_API_VERSION,
      body: {
        location,
        ...(tags === undefined ? {} : { tags: parseTags(tags) }),
        ...(appLogsConfiguration ? { properties: { appLogsConfiguration } } : {}),
      },
      style: 'containerapp',
    },
    { wait: !args.flag('noWait') },
  );
}

const LOGS_DESTINATION: ArgumentSpec = {
  name: 'logsDestination',
  options: ['--logs-destination'],
  choices: ['azure-monitor', 'log-analytics', 'none'],
  group: 'Monitoring',
  help: 'Logs destination.',
};

const WORKSPACE: readonly ArgumentSpec[] = [
  {
    name: 'workspaceId',
    options: ['--logs-workspace-id'],
    group: 'Monitoring',
    help: 'Workspace ID of the Log Analytics workspace to send diagnostics logs to.',
  },
  {
    name: 'workspaceKey',
    options: ['--logs-workspace-key'],
    group: 'Monitoring',
    help: 'Log Analytics workspace key to configure your Log Analytics workspace.',
  },
];

export const ENVIRONMENT_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp env create',
    summary: 'Create a Container Apps environment.',
    arguments: [
      NAME,
      RESOURCE_GROUP,
      {
        name: 'location',
        options: ['--location', '-l'],
        environment: 'AZURE_DEFAULTS_LOCATION',
        help: 'Location of resource. Examples: eastus2, northeurope.',
      },
      TAGS,
      NO_WAIT,
      { ...LOGS_DESTINATION, default: 'log-analytics' },
      ...WORKSPACE,
    ],
    examples: [
      {
        title: 'Create an environment without a Log Analytics workspace.',
        command:
          'az containerapp env create -n MyContainerappEnvironment -g MyResourceGroup --logs-destination none -l eastus2',
      },
    ],
    run: create,
  },
  {
    path: 'containerapp env update',
    summary: 'Update a Container Apps environment.',
    arguments: [NAME, RESOURCE_GROUP, TAGS, NO_WAIT, LOGS_DESTINATION, ...WORKSPACE],
    examples: [
      {
        title: "Send an environment's logs nowhere.",
        command:
          'az containerapp env update -n MyContainerappEnvironment -g MyResourceGroup --logs-destination none',
      },
    ],
    run: update,
  },
  {
    path: 'containerapp env show',
    summary: 'Show details of a Container Apps environment.',
    arguments: [NAME, RESOURCE_GROUP],
    run: async (session, args) =>
      await showResource(
        session,
        environmentPath(session, args.text('resourceGroup'), args.text('name')),
      ),
  },
  {
    path: 'containerapp env list',
    summary: 'List Container Apps environments by subscription or resource group.',
    arguments: [OPTIONAL_RESOURCE_GROUP],
    run: async (session, args) => {
      const group = args.optional('resourceGroup');
      const scope = group === undefined ? session.subscription : groupPath(session, group);
      return await listOf(session, `${scope}/providers/Microsoft.App/managedEnvironments`);
    },
  },
  {
    path: 'containerapp env delete',
    summary: 'Delete a Container Apps environment.',
    arguments: [NAME, RESOURCE_GROUP, NO_WAIT, YES],
    run: async (session, args) => {
      await confirm('Are you sure you want to perform this operation?', args.flag('yes'));
      const wait = !args.flag('noWait');
      await session.armOperation(
        {
          method: 'DELETE',
          path: environmentPath(session, args.text('resourceGroup'), args.text('name')),
          apiVersion: APP_API_VERSION,
          style: 'containerapp',
        },
        { wait },
      );
      if (wait) session.warn('Containerapp environment successfully deleted');
      return undefined;
    },
  },
];
