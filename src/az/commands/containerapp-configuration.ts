import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { NO_WAIT, RESOURCE_GROUP } from '../common-arguments.js';
import { storeRegistryPassword } from '../containerapp/flags.js';
import { APP_API_VERSION, appPath, requireApp } from '../containerapp/requests.js';
import { objectAt, objectsAt, textAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { APP_NAME } from './containerapp-arguments.js';

async function showIngress(session: Session, args: ArgumentReader): Promise<Json> {
  const app = await requireApp(session, args.text('resourceGroup'), args.text('name'));
  return ingressOf(app, args.text('name'));
}

function ingressOf(app: JsonObject, name: string): JsonObject {
  if (valueAt(app, 'properties', 'configuration', 'ingress') == null) {
    throw new AzError(`The containerapp '${name}' does not have ingress enabled.`);
  }
  return objectAt(app, 'properties', 'configuration', 'ingress');
}

async function updateIngress(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const name = args.text('name');
  const app = await requireApp(session, args.text('resourceGroup'), name);
  ingressOf(app, name);
  const type = args.optional('type');
  const targetPort = args.number('targetPort');
  const transport = args.optional('transport');
  const allowInsecure = args.state('allowInsecure');
  const ingress = {
    ...(type === undefined ? {} : { external: type === 'external' }),
    ...(targetPort === undefined ? {} : { targetPort }),
    ...(transport === undefined ? {} : { transport }),
    ...(allowInsecure === undefined ? {} : { allowInsecure }),
  };
  const patched = await patchConfiguration(session, args, { ingress });
  return patched && valueAt(patched, 'properties', 'configuration', 'ingress');
}

async function setRegistry(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const app = await requireApp(session, args.text('resourceGroup'), args.text('name'));
  const server = args.text('server');
  const known = objectsAt(app, 'properties', 'configuration', 'registries');
  const isSame = (entry: JsonObject): boolean =>
    textAt(entry, 'server')?.toLowerCase() === server.toLowerCase();
  if (known.some(isSame)) {
    session.warn('Updating existing registry.');
  }
  const { entry, secrets } = await registryEntry(session, args, server);
  const registries = [...known.filter((other) => !isSame(other)), entry];
  const patched = await patchConfiguration(session, args, {
    registries,
    ...(secrets && { secrets }),
  });
  return patched && (valueAt(patched, 'properties', 'configuration', 'registries') ?? []);
}

/** The registry as the app is to know it; a password becomes one of the app's secrets. */
async function registryEntry(
  session: Session,
  args: ArgumentReader,
  server: string,
): Promise<{ entry: JsonObject; secrets?: JsonObject[] }> {
  const identity = args.optional('identity');
  if (identity !== undefined) {
    return { entry: { server, username: '', passwordSecretRef: '', identity } };
  }
  const username = args.optional('username');
  const password = args.optional('password');
  if (username === undefined || password === undefined) {
    throw new AzError('--username and --password are required, or --identity');
  }
  const secrets = await secretsOf(session, args);
  const passwordSecretRef = storeRegistryPassword(session, secrets, {
    server,
    username,
    password,
  });
  return { entry: { server, username, passwordSecretRef, identity: '' }, secrets };
}

async function listRegistries(session: Session, args: ArgumentReader): Promise<Json> {
  const app = await requireApp(session, args.text('resourceGroup'), args.text('name'));
  return objectsAt(app, 'properties', 'configuration', 'registries');
}

/** With their values: a patch replaces the whole list. */
async function secretsOf(session: Session, args: ArgumentReader): Promise<JsonObject[]> {
  const answer = await session.armJson({
    method: 'POST',
    path: appPath(session, args.text('resourceGroup'), args.text('name'), '/listSecrets'),
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
  return objectsAt(answer, 'value');
}

async function patchConfiguration(
  session: Session,
  args: ArgumentReader,
  configuration: JsonObject,
): Promise<JsonObject | undefined> {
  const wait = !args.flag('noWait');
  const patched = await session.armOperation(
    {
      method: 'PATCH',
      path: appPath(session, args.text('resourceGroup'), args.text('name')),
      apiVersion: APP_API_VERSION,
      body: { properties: { configuration } },
      style: 'containerapp',
    },
    { wait },
  );
  return wait ? objectAt(patched) : undefined;
}

const INGRESS_ARGUMENTS: readonly ArgumentSpec[] = [
  APP_NAME,
  RESOURCE_GROUP,
  {
    name: 'type',
    options: ['--type'],
    choices: ['external', 'internal'],
    help: 'The ingress type.',
  },
  {
    name: 'targetPort',
    options: ['--target-port'],
    kind: 'integer',
    help: 'The application port used for ingress traffic.',
  },
  {
    name: 'transport',
    options: ['--transport'],
    choices: ['auto', 'http', 'http2', 'tcp'],
    help: 'The transport protocol used for ingress traffic.',
  },
  {
    name: 'allowInsecure',
    options: ['--allow-insecure'],
    kind: 'three-state',
    help: 'Allow insecure connections for ingress traffic.',
  },
];

const REGISTRY_ARGUMENTS: readonly ArgumentSpec[] = [
  APP_NAME,
  RESOURCE_GROUP,
  {
    name: 'server',
    options: ['--server'],
    required: true,
    help: 'The container registry server, e.g. myregistry.azurecr.io.',
  },
  {
    name: 'username',
    options: ['--username'],
    help: 'The username of the registry.',
  },
  {
    name: 'password',
    options: ['--password'],
    help: 'The password of the registry. It becomes a secret of the app.',
  },
  {
    name: 'identity',
    options: ['--identity'],
    help: "The managed identity to authenticate with: 'system', or a user identity's resource ID.",
  },
  NO_WAIT,
];

/** Commands on what an app's revisions share. */
export const CONFIGURATION_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp ingress show',
    summary: "Show details of a container app's ingress.",
    arguments: [APP_NAME, RESOURCE_GROUP],
    run: showIngress,
  },
  {
    path: 'containerapp ingress update',
    summary: "Update a container app's ingress.",
    arguments: INGRESS_ARGUMENTS,
    examples: [
      {
        title: 'Update the target port.',
        command:
          'az containerapp ingress update -n my-containerapp -g MyResourceGroup --target-port 8080',
      },
    ],
    run: updateIngress,
  },
  {
    path: 'containerapp registry list',
    summary: 'List container registries configured in a container app.',
    arguments: [APP_NAME, RESOURCE_GROUP],
    run: listRegistries,
  },
  {
    path: 'containerapp registry set',
    summary: "Add or update a container registry's details.",
    arguments: REGISTRY_ARGUMENTS,
    examples: [
      {
        title: 'Configure a container app to use a registry.',
        command:
          'az containerapp registry set -n my-containerapp -g MyResourceGroup --server myregistry.azurecr.io --username MyUsername --password MyPassword',
      },
    ],
    run: setRegistry,
  },
];
