import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AzError } from '../az-error.js';
import { OPTIONAL_RESOURCE_GROUP } from '../common-arguments.js';
import { checkAppName } from '../containerapp/create.js';
import { exposedPort } from '../containerapp/exposed-port.js';
import { APP_API_VERSION, environmentPath, findApp } from '../containerapp/requests.js';
import { findPlace, groupExists, type Place } from '../containerapp/up-place.js';
import { textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { APP_NAME } from './containerapp-arguments.js';
import { CREATE_ARGUMENTS } from './containerapp-create-arguments.js';
import { ENVIRONMENT_COMMANDS } from './containerapp-env.js';
import { build, deploy, registryOf, type Ingress } from './containerapp-up-deploy.js';
import { commandIn, option, runCommand } from './run-command.js';

const DOCKERFILE = 'Dockerfile';
const QUICKSTART = 'mcr.microsoft.com/k8se/quickstart';

async function up(session: Session, args: ArgumentReader): Promise<undefined> {
  const source = args.optional('source');
  const image = args.optional('image');
  const name = args.text('name');
  if (source === undefined && image === undefined) {
    throw new AzError('You must specify either --source, --repo, or --image');
  }
  checkAppName(name);
  const dockerfile = source === undefined ? undefined : readDockerfile(source);
  const ingress = ingressOf(session, args, dockerfile);
  const place = await findPlace(session, args);
  const { group, environment } = await makePlace(session, args, place);
  const app = await findApp(session, group, name);
  const where = { app, group, environment };
  const registry = await registryOf(session, args, image);
  const what =
    source === undefined
      ? { image: image ?? '', registry }
      : await build(session, args, { ...where, source, registry });
  await deploy(session, args, { ...where, ...what, ingress });
  await announce(session, group, name);
  return undefined;
}

/** @throws AzError when there is none: the stock client would take buildpacks, which are not here */
function readDockerfile(source: string): string {
  const file = join(source, DOCKERFILE);
  if (!existsSync(file)) {
    throw new AzError(`There is no ${file}.`, {
      advice: ['Images without a Dockerfile (buildpacks) are not made here: write one.'],
    });
  }
  return readFileSync(file, 'utf8');
}

function ingressOf(
  session: Session,
  args: ArgumentReader,
  dockerfile: string | undefined,
): Ingress {
  const type = args.optional('ingress');
  const targetPort = args.number('targetPort')?.toString();
  if (args.optional('image')?.toLowerCase().includes(QUICKSTART) === true) {
    return { type: type ?? 'external', targetPort: targetPort ?? '80' };
  }
  if (type !== undefined || targetPort !== undefined) {
    return { type: type ?? 'external', targetPort };
  }
  const exposed = dockerfile === undefined ? undefined : exposedPort(dockerfile);
  if (exposed === undefined) return { type, targetPort };
  session.warn(`Adding external ingress port ${exposed} based on dockerfile expose.`);
  return { type: 'external', targetPort: exposed };
}

/** Makes the group and the environment, unless they are there. */
async function makePlace(
  session: Session,
  args: ArgumentReader,
  place: Place,
): Promise<{ group: string; environment: { name: string; group: string } }> {
  const location = args.optional('location');
  const group = place.group ?? `lazurite_rg_${String(Date.now() % 10_000).padStart(4, '0')}`;
  if (await groupExists(session, group)) session.warn(`Using resource group '${group}'`);
  else {
    session.warn(`Creating resource group '${group}'`);
    const { GROUP_COMMANDS } = await import('./group.js');
    const words = ['-n', group, '-l', location ?? 'eastus'];
    await runCommand(session, commandIn(GROUP_COMMANDS, 'group create'), words);
  }
  const environment = {
    name: place.environment?.name ?? `${args.text('name')}-env`.replaceAll('_', '-'),
    group: place.environment?.group ?? group,
  };
  const which = `ContainerAppEnvironment '${environment.name}' in resource group ${environment.group}`;
  const path = environmentPath(session, environment.group, environment.name);
  const { status } = await session.exchange({ method: 'GET', path, apiVersion: APP_API_VERSION });
  if (status < 400) session.warn(`Using ${which}`);
  else {
    session.warn(`Creating ${which}`);
    await runCommand(session, commandIn(ENVIRONMENT_COMMANDS, 'containerapp env create'), [
      ...['-n', environment.name, '-g', environment.group],
      ...option('-l', location),
      ...option('--logs-workspace-id', args.optional('workspaceId')),
      ...option('--logs-workspace-key', args.optional('workspaceKey')),
    ]);
  }
  return { group, environment };
}

async function announce(session: Session, group: string, name: string): Promise<void> {
  const app = await findApp(session, group, name);
  const fqdn = textAt(app, 'properties', 'configuration', 'ingress', 'fqdn');
  session.warn(`\nYour container app ${name} has been created and deployed! Congrats! \n`);
  if (fqdn !== undefined) session.warn(`Browse to your container app at: http://${fqdn} \n`);
  session.warn(
    `Stream logs for your container with: az containerapp logs show -n ${name} -g ${group} \n`,
  );
  session.warn(`See full output using: az containerapp show -n ${name} -g ${group} \n`);
}

const SHARED = [
  'environment',
  'workloadProfileName',
  'envVars',
  'registryServer',
  'registryUsername',
  'registryPassword',
  'ingress',
  'targetPort',
];

const ARGUMENTS: readonly ArgumentSpec[] = [
  APP_NAME,
  OPTIONAL_RESOURCE_GROUP,
  {
    name: 'location',
    options: ['--location', '-l'],
    environment: 'AZURE_DEFAULTS_LOCATION',
    help: 'Location. Values from: `az account list-locations`.',
  },
  {
    name: 'image',
    options: ['--image', '-i'],
    help: 'Container image, e.g. publisher/image-name:tag.',
  },
  {
    name: 'source',
    options: ['--source'],
    help: 'Local directory path containing the application source and Dockerfile for building the container image.',
  },
  ...CREATE_ARGUMENTS.filter(({ name }) => SHARED.includes(name)),
  {
    name: 'workspaceId',
    options: ['--logs-workspace-id'],
    group: 'Log Analytics (Environment)',
    help: 'Workspace ID of the Log Analytics workspace to send diagnostics logs to.',
  },
  {
    name: 'workspaceKey',
    options: ['--logs-workspace-key'],
    group: 'Log Analytics (Environment)',
    help: 'Log Analytics workspace key to configure your Log Analytics workspace.',
  },
];

export const UP_COMMAND: CommandSpec = {
  path: 'containerapp up',
  summary:
    'Create or update a container app as well as any associated resources (ACR, resource group, container apps environment).',
  arguments: ARGUMENTS,
  examples: [
    {
      title: 'Create a container app from a dockerfile in a local directory.',
      command: 'az containerapp up -n my-containerapp --source .',
    },
    {
      title:
        'Create a container app from an image in a registry with ingress enabled and a specified environment.',
      command:
        'az containerapp up -n my-containerapp --image myregistry.azurecr.io/myImage:myTag --ingress external --target-port 80 --environment MyEnv',
    },
  ],
  run: up,
};
