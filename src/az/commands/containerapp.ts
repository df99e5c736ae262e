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
import { CONFIGURATION_COMMANDS } from './containerapp-configuration.js';
import { ENVIRONMENT_COMMANDS } from './containerapp-env.js';
import { REVISION_COMMANDS } from './containerapp-revision.js';
import { APP_NAME, CONTAINER_ARGUMENTS } from './containerapp-arguments.js';
import { valueAt, textAt } from '../json-path.js';

const CREATE_ARGUMENTS: readonly ArgumentSpec[] = [
  APP_NAME,
  RESOURCE_GROUP,
  {
    name: 'environment',
    options: ['--environment'],
    help: "Name or resource ID of the container app's environment.",
  },
  {
    name: 'workloadProfileName',
    options: ['--workload-profile-name', '-w'],
    help: 'Name of the workload profile to run the app on.',
  },
  NO_WAIT,
  TAGS,
  ...CONTAINER_ARGUMENTS,
  {
    name: 'envVars',
    options: ['--env-vars'],
    kind: 'list',
    group: 'Container',
    help: "A list of environment variable(s) for the container. Space-separated values in 'key=value' format. Prefix value with 'secretref:' to reference a secret.",
  },
  {
    name: 'revisionsMode',
    options: ['--revisions-mode'],
    choices: ['multiple', 'single'],
    default: 'single',
    group: 'Configuration',
    help: 'The active revisions mode for the container app.',
  },
  {
    name: 'secrets',
    options: ['--secrets', '-s'],
    kind: 'list',
    group: 'Configuration',
    help: "A list of secret(s) for the container app. Space-separated values in 'key=value' format.",
  },
  {
    name: 'registryServer',
    options: ['--registry-server'],
    group: 'Configuration',
    help: 'The container registry server hostname, e.g. myregistry.azurecr.io.',
  },
  {
    name: 'registryUsername',
    options: ['--registry-username'],
    group: 'Configuration',
    help: 'The username to log in to container registry.',
  },
  {
    name: 'registryPassword',
    options: ['--registry-password'],
    group: 'Configuration',
    help: "The password to log in to container registry. If stored as a secret, value must start with 'secretref:' followed by the secret name.",
  },
  {
    name: 'registryIdentity',
    options: ['--registry-identity'],
    group: 'Configuration',
    help: "A Managed Identity to authenticate with the registry server instead of username/password. Use a resource ID or 'system'.",
  },
  {
    name: 'ingress',
    options: ['--ingress'],
    choices: ['external', 'internal'],
    group: 'Ingress',
    help: 'The ingress type.',
  },
  {
    name: 'targetPort',
    options: ['--target-port'],
    kind: 'integer',
    group: 'Ingress',
    help: 'The application port used for ingress traffic.',
  },
  {
    name: 'transport',
    options: ['--transport'],
    choices: ['auto', 'http', 'http2', 'tcp'],
    default: 'auto',
    group: 'Ingress',
    help: 'The transport protocol used for ingress traffic.',
  },
  {
    name: 'exposedPort',
    options: ['--exposed-port'],
    kind: 'integer',
    group: 'Ingress',
    help: 'Additional exposed port. Only supported by tcp transport protocol.',
  },
  {
    name: 'allowInsecure',
    options: ['--allow-insecure'],
    kind: 'flag',
    group: 'Ingress',
    help: 'Allow insecure connections for ingress traffic.',
  },
  {
    name: 'systemAssigned',
    options: ['--system-assigned'],
    kind: 'flag',
    group: 'Identity',
    help: 'Boolean indicating whether to assign system-assigned identity.',
  },
  {
    name: 'userAssigned',
    options: ['--user-assigned'],
    kind: 'list',
    group: 'Identity',
    help: 'Space-separated user identities to be assigned.',
  },
];

const UPDATE_ARGUMENTS: readonly ArgumentSpec[] = [
  APP_NAME,
  RESOURCE_GROUP,
  NO_WAIT,
  TAGS,
  ...CONTAINER_ARGUMENTS,
  ...(
    [
      [
        'setEnvVars',
        '--set-env-vars',
        "Add or update environment variable(s) in container. Existing environment variables are not modified. Space-separated values in 'key=value' format.",
      ],
      ['removeEnvVars', '--remove-env-vars', 'Remove environment variable(s) from container.'],
      [
        'replaceEnvVars',
        '--replace-env-vars',
        'Replace environment variable(s) in container. Other existing environment variables are removed.',
      ],
    ] as const
  ).map(([name, option, help]): ArgumentSpec => ({
    name,
    options: [option],
    kind: 'list',
    group: 'Environment variables',
    help,
  })),
  {
    name: 'removeAllEnvVars',
    options: ['--remove-all-env-vars'],
    kind: 'flag',
    group: 'Environment variables',
    help: 'Remove all environment variable(s) from container.',
  },
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
  ...CONFIGURATION_COMMANDS,
  ...REVISION_COMMANDS,
  ...ENVIRONMENT_COMMANDS,
];
