import type { Json, JsonObject } from '../../base/json.js';
import {
  NO_WAIT,
  OPTIONAL_RESOURCE_GROUP,
  RESOURCE_GROUP,
  TAGS,
  YES,
} from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { createApp } from '../containerapp/create.js';
import {
  APP_API_VERSION,
  appPath,
  groupPath,
  listOf,
  showResource,
} from '../containerapp/requests.js';
import { appRow, appRows } from '../containerapp/tables.js';
import { updateApp } from '../containerapp/update.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { CREATE_ARGUMENTS } from './containerapp-create-arguments.js';
import { APP_IDENTITY_COMMANDS } from './containerapp-identity.js';
import { INGRESS_COMMANDS } from './containerapp-ingress.js';
import { LOG_COMMANDS } from './containerapp-logs.js';
import { APP_REGISTRY_COMMANDS } from './containerapp-registry.js';
import { SECRET_COMMANDS } from './containerapp-secret.js';
import { ENVIRONMENT_COMMANDS } from './containerapp-env.js';
import { JOB_COMMANDS } from './containerapp-job.js';
import { STREAM_COMMANDS } from './containerapp-streams.js';
import { REVISION_COMMANDS } from './containerapp-revision.js';
import { UP_COMMAND } from './containerapp-up.js';
import { APP_NAME, CONTAINER_ARGUMENTS, VARIABLE_ARGUMENTS } from './containerapp-arguments.js';
import { valueAt, textAt } from '../json-path.js';

const UPDATE_ARGUMENTS: readonly ArgumentSpec[] = [
  APP_NAME,
  RESOURCE_GROUP,
  NO_WAIT,
  TAGS,
  ...CONTAINER_ARGUMENTS,
  ...VARIABLE_ARGUMENTS,
];

async function showApp(session: Session, args: ArgumentReader): Promise<Json> {
  const path = appPath(session, args.text('resourceGroup'), args.text('name'));
  const app = await showResource(session, path);
  if (!args.flag('showSecrets')) return app;
  const secrets = await session.armJson({
    method: 'POST',
    path: `${path}/listSecrets`,
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
  const configuration = valueAt(app, 'properties', 'configuration');
  if (
    typeof configuration === 'object' &&
    configuration !== null &&
    !Array.isArray(configuration)
  ) {
    configuration['secrets'] = secrets['value'] ?? null;
  }
  return app;
}

async function listApps(session: Session, args: ArgumentReader): Promise<Json> {
  const group = args.optional('resourceGroup');
  const scope = group === undefined ? session.subscription : groupPath(session, group);
  const apps = await listOf(session, `${scope}/providers/Microsoft.App/containerApps`);
  const environment = args.optional('environment')?.toLowerCase();
  if (environment === undefined) return apps;
  return apps.filter((app) => {
    const id = environmentOf(app);
    return id === environment || id.endsWith(`/${environment}`);
  });
}

function environmentOf(app: JsonObject): string {
  return (textAt(app, 'properties', 'environmentId') ?? '').toLowerCase();
}

async function deleteApp(session: Session, args: ArgumentReader): Promise<undefined> {
  await confirm('Are you sure you want to perform this operation?', args.flag('yes'));
  const wait = !args.flag('noWait');
  await session.armOperation(
    {
      method: 'DELETE',
      path: appPath(session, args.text('resourceGroup'), args.text('name')),
      apiVersion: APP_API_VERSION,
      style: 'containerapp',
    },
    { wait },
  );
  if (wait) session.warn('Containerapp successfully deleted');
  return undefined;
}

export const CONTAINERAPP_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp create',
    summary: 'Create a container app.',
    arguments: CREATE_ARGUMENTS,
    examples: [
      {
        title: 'Create a container app and retrieve its fully qualified domain name.',
        command:
          'az containerapp create -n my-containerapp -g MyResourceGroup --image myregistry.azurecr.io/my-app:v1.0 --environment MyContainerappEnv --ingress external --target-port 80 --query properties.configuration.ingress.fqdn',
      },
    ],
    table: appRow,
    run: createApp,
  },
  {
    path: 'containerapp update',
    summary:
      'Update a container app. In multiple revisions mode, create a new revision based on the latest revision.',
    arguments: UPDATE_ARGUMENTS,
    examples: [
      {
        title: "Update a container app's container image.",
        command:
          'az containerapp update -n my-containerapp -g MyResourceGroup --image myregistry.azurecr.io/my-app:v2.0',
      },
    ],
    table: appRow,
    run: updateApp,
  },
  {
    path: 'containerapp show',
    summary: 'Show details of a container app.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'showSecrets',
        options: ['--show-secrets'],
        kind: 'flag',
        help: 'Show Containerapp secrets.',
      },
    ],
    examples: [
      {
        title: 'Show the details of a container app.',
        command: 'az containerapp show -n my-containerapp -g MyResourceGroup',
      },
    ],
    table: appRow,
    run: showApp,
  },
  {
    path: 'containerapp list',
    summary: 'List container apps.',
    arguments: [
      OPTIONAL_RESOURCE_GROUP,
      {
        name: 'environment',
        options: ['--environment'],
        help: "Name or resource ID of the container app's environment.",
      },
    ],
    table: appRows,
    run: listApps,
  },
  {
    path: 'containerapp delete',
    summary: 'Delete a container app.',
    arguments: [APP_NAME, RESOURCE_GROUP, NO_WAIT, YES],
    run: deleteApp,
  },
  UP_COMMAND,
  ...INGRESS_COMMANDS,
  ...APP_REGISTRY_COMMANDS,
  ...APP_IDENTITY_COMMANDS,
  ...SECRET_COMMANDS,
  ...LOG_COMMANDS,
  ...REVISION_COMMANDS,
  ...STREAM_COMMANDS,
  ...JOB_COMMANDS,
  ...ENVIRONMENT_COMMANDS,
];
