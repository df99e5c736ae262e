import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { RESOURCE_GROUP } from '../common-arguments.js';
import { configurationOf, editApp } from '../containerapp/edit-app.js';
import { adminOf } from '../containerapp/create.js';
import { registrySecretName, storeRegistryPassword } from '../containerapp/flags.js';
import { assignIdentities } from '../containerapp/managed-identity.js';
import { requireApp } from '../containerapp/requests.js';
import { objectsAt, textAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { APP_NAME } from './containerapp-arguments.js';

function isServer(entry: JsonObject, server: string): boolean {
  return textAt(entry, 'server')?.toLowerCase() === server.toLowerCase();
}

async function setRegistry(session: Session, args: ArgumentReader): Promise<Json> {
  const identity = args.optional('identity');
  const given = { username: args.optional('username'), password: args.optional('password') };
  if ((given.username !== undefined || given.password !== undefined) && identity !== undefined) {
    throw new AzError('Use either identity or username/password.');
  }
  await requireApp(session, args.text('resourceGroup'), args.text('name'));
  const server = args.text('server');
  const user = identity === undefined ? await userOf(session, server, given) : undefined;
  const app = await editApp(session, args, (edited) => {
    const configuration = configurationOf(edited);
    const registries = objectsAt(configuration, 'registries');
    const known = registries.find((entry) => isServer(entry, server));
    if (known) session.warn('Updating existing registry.');
    const entry: JsonObject = known ?? { server };
    if (!known) registries.push(entry);
    configuration['registries'] = registries;
    if (user) {
      entry['username'] = user.username;
      entry['passwordSecretRef'] = secretFor(session, configuration, { server, ...user });
      if (known) entry['identity'] = null;
    } else if (identity !== undefined) {
      entry['identity'] = identity;
      entry['username'] = null;
      entry['passwordSecretRef'] = null;
      const isSystem = identity.toLowerCase() === 'system';
      assignIdentities(session, args, edited, {
        system: isSystem,
        user: isSystem ? undefined : [identity],
      });
    }
  });
  return valueAt(app, 'properties', 'configuration', 'registries') ?? [];
}

async function userOf(
  session: Session,
  server: string,
  given: { username: string | undefined; password: string | undefined },
): Promise<{ username: string; password: string }> {
  const { username, password } = given;
  if (username !== undefined && password !== undefined) return { username, password };
  if (!server.includes('.azurecr.io')) {
    throw new AzError(
      'Registry username and password are required if you are not using Azure Container Registry.',
    );
  }
  return await adminOf(session, server);
}

/** Keeps the password among the configuration's secrets. */
function secretFor(
  session: Session,
  configuration: JsonObject,
  registry: { server: string; username: string; password: string },
): string {
  const secrets = objectsAt(configuration, 'secrets');
  const name = storeRegistryPassword(session, secrets, registry);
  configuration['secrets'] = secrets;
  return name;
}

async function removeRegistry(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const server = args.text('server');
  const app = await editApp(session, args, (edited) => {
    const configuration = configurationOf(edited);
    const registries = objectsAt(configuration, 'registries');
    const removed = registries.find((entry) => isServer(entry, server));
    if (!removed) {
      throw new AzError(`Containerapp does not have registry server ${server} assigned.`);
    }
    const secret = registrySecretName(server, textAt(removed, 'username') ?? '');
    configuration['secrets'] = objectsAt(configuration, 'secrets').filter(
      (one) => textAt(one, 'name') !== secret,
    );
    const left = registries.filter((entry) => entry !== removed);
    if (left.length > 0) configuration['registries'] = left;
    else delete configuration['registries'];
  });
  session.warn('Registry successfully removed.');
  return valueAt(app, 'properties', 'configuration', 'registries');
}

async function registriesOf(session: Session, args: ArgumentReader): Promise<JsonObject[]> {
  const app = await requireApp(session, args.text('resourceGroup'), args.text('name'));
  return objectsAt(app, 'properties', 'configuration', 'registries');
}

const SERVER: ArgumentSpec = {
  name: 'server',
  options: ['--server'],
  required: true,
  help: 'The container registry server, e.g. myregistry.azurecr.io.',
};

const SET_ARGUMENTS: readonly ArgumentSpec[] = [
  APP_NAME,
  RESOURCE_GROUP,
  SERVER,
  {
    name: 'username',
    options: ['--username'],
    help: 'The username of the registry. If using Azure Container Registry, we will try to infer the credentials if not supplied.',
  },
  {
    name: 'password',
    options: ['--password'],
    help: 'The password of the registry. It becomes a secret of the app.',
  },
  {
    name: 'identity',
    options: ['--identity'],
    help: "The managed identity with which to authenticate to the Azure Container Registry (instead of username/password). Use 'system' for a system-assigned identity, or a resource ID for a user-assigned identity.",
  },
];

/** Commands on the registries that an app pulls from. */
export const APP_REGISTRY_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp registry list',
    summary: 'List container registries configured in a container app.',
    arguments: [APP_NAME, RESOURCE_GROUP],
    run: registriesOf,
  },
  {
    path: 'containerapp registry show',
    summary: 'Show details of a container registry.',
    arguments: [APP_NAME, RESOURCE_GROUP, SERVER],
    run: async (session, args) => {
      const found = await registriesOf(session, args);
      const entry = found.find((one) => isServer(one, args.text('server')));
      if (entry) return entry;
      throw new AzError(
        `The containerapp ${args.text('name')} does not have specified registry assigned.`,
      );
    },
  },
  {
    path: 'containerapp registry set',
    summary: "Add or update a container registry's details.",
    arguments: SET_ARGUMENTS,
    examples: [
      {
        title: 'Configure a container app to use a registry.',
        command:
          'az containerapp registry set -n my-containerapp -g MyResourceGroup --server myregistry.azurecr.io --username MyUsername --password MyPassword',
      },
      {
        title: 'Pull with a managed identity.',
        command:
          'az containerapp registry set -n my-containerapp -g MyResourceGroup --server myregistry.azurecr.io --identity system',
      },
    ],
    run: setRegistry,
  },
  {
    path: 'containerapp registry remove',
    summary: "Remove a container registry's details.",
    arguments: [APP_NAME, RESOURCE_GROUP, SERVER],
    run: removeRegistry,
  },
];
