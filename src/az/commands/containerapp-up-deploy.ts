import type { JsonObject } from '../../base/json.js';
import { adminCredentials, findRegistry, type FoundRegistry } from '../acr/registries.js';
import { parseArguments } from '../arguments.js';
import { AzError } from '../az-error.js';
import { createApp } from '../containerapp/create.js';
import { APP_API_VERSION, appPath, environmentPath } from '../containerapp/requests.js';
import { findBuildRegistry, tagOfNow } from '../containerapp/up-registry.js';
import { updatePatch } from '../containerapp/update.js';
import type { Session } from '../session.js';
import type { ArgumentReader, CommandSpec } from '../spec.js';
import { CONTAINER_ARGUMENTS, VARIABLE_ARGUMENTS } from './containerapp-arguments.js';
import { CREATE_ARGUMENTS } from './containerapp-create-arguments.js';
import { APP_REGISTRY_COMMANDS } from './containerapp-registry.js';
import { commandIn, option, runCommand } from './run-command.js';

interface User {
  username: string;
  password: string;
}

/** Where an image is pulled from, and as whom if that is known. */
type Registry = { server: string } & Partial<User>;

interface Where {
  app: JsonObject | undefined;
  group: string;
  environment: { name: string; group: string };
}

export interface Ingress {
  type: string | undefined;
  targetPort: string | undefined;
}

const CREATE: CommandSpec = {
  path: 'containerapp create',
  summary: '',
  arguments: CREATE_ARGUMENTS,
  run: createApp,
};

const CHANGE = { ...CREATE, arguments: [...CONTAINER_ARGUMENTS, ...VARIABLE_ARGUMENTS] };

/** The registry that is named, or that the image names, with what opens it. */
export async function registryOf(
  session: Session,
  args: ArgumentReader,
  image: string | undefined,
): Promise<Registry | undefined> {
  const username = args.optional('registryUsername');
  const password = args.optional('registryPassword');
  const named = args.optional('registryServer');
  const server = named ?? (image?.includes('.azurecr.io') ? image.split('/')[0] : undefined);
  if (server === undefined) return undefined;
  if (username !== undefined && password !== undefined) return { server, username, password };
  if (!server.endsWith('.azurecr.io')) return { server };
  const name = server.slice(0, server.indexOf('.'));
  const found = await findRegistry(session, name, undefined).catch(() => undefined);
  return { server, ...(await adminOf(session, found)) };
}

async function adminOf(session: Session, registry: FoundRegistry | undefined): Promise<User> {
  if (registry?.adminUserEnabled === true) return adminCredentials(session, registry);
  throw new AzError(
    'Failed to retrieve credentials for container registry. Please provide the registry username and password',
  );
}

/** Builds the folder in a registry, which is made if need be. */
export async function build(
  session: Session,
  args: ArgumentReader,
  {
    source,
    app,
    group,
    environment,
    registry: given,
  }: Where & {
    source: string;
    registry: Registry | undefined;
  },
): Promise<{ image: string; registry: Registry }> {
  const { subscriptionId } = session.connection;
  const chosen = await findBuildRegistry(session, {
    server: args.optional('registryServer'),
    app,
    environmentId: `${subscriptionId}/${environment.group}/${environment.name}`,
  });
  if ('name' in chosen) {
    session.warn(`Creating Azure Container Registry ${chosen.name} in resource group ${group}`);
    const made = ['-n', chosen.name, '-g', group, '--sku', 'Basic', '--admin-enabled', 'true'];
    const words = [...made, '-l', args.optional('location') ?? 'eastus'];
    const { ACR_COMMANDS } = await import('./acr.js');
    await runCommand(session, commandIn(ACR_COMMANDS, 'acr create'), words);
  }
  const registry =
    'found' in chosen ? chosen.found : await findRegistry(session, chosen.name, group);
  const { name, resourceGroup, loginServer } = registry;
  // `registry/app:v1` is asked for as `appv1`, as the stock client has it
  const asked = args.optional('image')?.split('/').at(-1)?.replaceAll(':', '');
  const tagged = `${asked ?? args.text('name')}:${tagOfNow(new Date())}`;
  const { BUILD_COMMAND } = await import('./acr-build.js');
  const words = ['-r', name, '-g', resourceGroup, '-t', tagged, source];
  await runCommand(session, BUILD_COMMAND, words);
  const user = given?.username === undefined ? await adminOf(session, registry) : given;
  return { image: `${loginServer}/${tagged}`, registry: { ...user, server: loginServer } };
}

interface Deployment extends Where {
  image: string;
  registry: Registry | undefined;
  ingress: Ingress;
}

export async function deploy(
  session: Session,
  args: ArgumentReader,
  what: Deployment,
): Promise<void> {
  const { image, registry, app, group, environment, ingress } = what;
  const name = args.text('name');
  const variables = args.list('envVars');
  const named = ['-n', name, '-g', group];
  if (app) {
    session.warn(`Updating Containerapp ${name} in resource group ${group}`);
    if (registry) {
      await runCommand(session, commandIn(APP_REGISTRY_COMMANDS, 'containerapp registry set'), [
        ...[...named, '--server', registry.server],
        ...option('--username', registry.username),
        ...option('--password', registry.password),
      ]);
    }
    const changes = ['--image', image, ...option('--replace-env-vars', ...(variables ?? []))];
    const patch = updatePatch(app, parseArguments(CHANGE, changes, {}));
    await patchApp(session, { group, name }, withConfiguration(patch, args, ingress));
    return;
  }
  session.warn(`Creating Containerapp ${name} in resource group ${group}`);
  await runCommand(session, CREATE, [
    ...[...named, '--image', image],
    ...['--environment', environmentPath(session, environment.group, environment.name)],
    ...option('--ingress', ingress.type),
    ...option('--target-port', ingress.targetPort),
    ...option('--registry-server', registry?.server),
    ...option('--registry-username', registry?.username),
    ...option('--registry-password', registry?.password),
    ...option('--env-vars', ...(variables ?? [])),
    ...option('-w', args.optional('workloadProfileName')),
  ]);
}

function withConfiguration(
  patch: JsonObject,
  args: ArgumentReader,
  { type, targetPort }: Ingress,
): JsonObject {
  const profile = args.optional('workloadProfileName');
  const ingress: JsonObject = {
    ...(type === undefined ? {} : { external: type === 'external' }),
    ...(targetPort === undefined ? {} : { targetPort: Number(targetPort) }),
  };
  const { properties } = patch as { properties: JsonObject };
  if (profile !== undefined) properties['workloadProfileName'] = profile;
  if (Object.keys(ingress).length > 0) properties['configuration'] = { ingress };
  return patch;
}

async function patchApp(
  session: Session,
  app: { group: string; name: string },
  body: JsonObject,
): Promise<void> {
  const path = appPath(session, app.group, app.name);
  const request = { method: 'PATCH', path, apiVersion: APP_API_VERSION, body };
  await session.armOperation({ ...request, style: 'containerapp' }, { wait: true });
}
