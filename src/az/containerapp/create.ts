import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { containerAppError, jsonBody } from '../arm-error.js';
import { isJsonObject } from '../../base/json.js';
import { parseTags } from '../common-arguments.js';
import { adminCredentials, findRegistry } from '../acr/registries.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { parseSecrets, parseVariables, storeRegistryPassword } from './flags.js';
import { APP_API_VERSION, appPath, environmentPath } from './requests.js';
import { hideSensitiveValues } from './tables.js';
import { textAt } from '../json-path.js';

const DEFAULT_IMAGE = 'mcr.microsoft.com/k8se/quickstart:latest';

/** `az containerapp create` */
export async function createApp(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const name = args.text('name');
  const group = args.text('resourceGroup');
  checkAppName(name);
  checkSuffix(args.optional('revisionSuffix'));
  const environment = await readEnvironment(session, group, args.optional('environment'));
  const secrets = args.has('secrets') ? parseSecrets(args.list('secrets') ?? []) : [];
  const registry = await registryEntry(session, args, secrets);
  const body: JsonObject = {
    location: environment['location'] ?? null,
    identity: identityOf(args),
    properties: {
      environmentId: environment['id'] ?? null,
      configuration: {
        secrets: secrets.length > 0 ? secrets : null,
        activeRevisionsMode: args.text('revisionsMode'),
        ingress: ingressOf(args),
        dapr: null,
        registries: registry ? [registry] : null,
      },
      template: templateOf(args, name),
      workloadProfileName: args.optional('workloadProfileName') ?? null,
    },
    tags: args.has('tags') ? parseTags(args.list('tags') ?? []) : null,
  };
  const wait = !args.flag('noWait');
  const app = await session.armOperation(
    {
      method: 'PUT',
      path: appPath(session, group, name),
      apiVersion: APP_API_VERSION,
      body,
      style: 'containerapp',
    },
    { wait },
  );
  announce(session, args, app);
  return app ? hideSensitiveValues(app) : undefined;
}

function announce(session: Session, args: ArgumentReader, app: JsonObject | undefined): void {
  const fqdn = textAt(app, 'properties', 'configuration', 'ingress', 'fqdn');
  session.warn(
    fqdn === undefined
      ? `\nContainer app created. To access it over HTTPS, enable ingress: az containerapp ingress enable -n ${args.text('name')} -g ${args.text('resourceGroup')} --type external --target-port ${args.optional('targetPort') ?? '<port>'} --transport auto\n`
      : `\nContainer app created. Access your app at https://${fqdn}/\n`,
  );
}

export async function readEnvironment(
  session: Session,
  group: string,
  given: string | undefined,
): Promise<JsonObject> {
  if (given === undefined) {
    throw new AzError('Usage error: --environment is required if not using --yaml');
  }
  const path = given.startsWith('/') ? given : environmentPath(session, group, given);
  const response = await session.exchange({ method: 'GET', path, apiVersion: APP_API_VERSION });
  if (response.status === 404) {
    throw new AzError(`The environment '${path}' does not exist. Specify a valid environment`);
  }
  if (response.status >= 400) throw containerAppError(response);
  const body = jsonBody(response);
  if (!isJsonObject(body)) throw new AzError(`${path} answered no JSON object.`);
  return body;
}

export function checkAppName(name: string): void {
  if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) && !name.includes('--') && name.length < 33) return;
  throw new AzError(
    `Invalid ContainerApp name ${name}. A name must consist of lower case alphanumeric characters or '-', start with a letter, end with an alphanumeric character, cannot have '--', and must be less than 32 characters.`,
  );
}

export function checkSuffix(suffix: string | undefined): void {
  if (suffix === undefined || suffix === '' || /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(suffix))
    return;
  throw new AzError(
    `Invalid Container App revision suffix '${suffix}'. A revision suffix must consist of lower case alphanumeric characters or '-', start and end with an alphanumeric character.`,
  );
}

export function identityOf(args: ArgumentReader): JsonObject {
  const user = args.list('userAssigned') ?? [];
  const system = args.flag('systemAssigned');
  const type = [
    ...(system ? ['SystemAssigned'] : []),
    ...(user.length > 0 ? ['UserAssigned'] : []),
  ];
  return {
    type: type.length === 0 ? 'None' : type.join(', '),
    userAssignedIdentities:
      user.length === 0 ? null : Object.fromEntries(user.map((id) => [id.toLowerCase(), {}])),
  };
}

function ingressOf(args: ArgumentReader): JsonObject | null {
  const type = args.optional('ingress');
  if (type === undefined) return null;
  const transport = args.text('transport');
  return {
    fqdn: null,
    external: type === 'external',
    targetPort: args.number('targetPort') ?? null,
    transport,
    exposedPort: transport === 'tcp' ? (args.number('exposedPort') ?? null) : null,
    allowInsecure: args.flag('allowInsecure'),
    traffic: null,
    customDomains: null,
    ipSecurityRestrictions: null,
    stickySessions: null,
  };
}

function templateOf(args: ArgumentReader, name: string): JsonObject {
  const cpu = args.number('cpu');
  const memory = memoryText(args.optional('memory'));
  const minimum = args.number('minReplicas');
  const maximum = args.number('maxReplicas');
  const hasScale = minimum !== undefined || maximum !== undefined;
  return {
    revisionSuffix: args.optional('revisionSuffix') ?? null,
    containers: [
      {
        image: args.optional('image') ?? DEFAULT_IMAGE,
        name: args.optional('containerName') ?? name,
        command: wordsOf(args, 'command'),
        args: wordsOf(args, 'args'),
        env: args.has('envVars') ? parseVariables(args.list('envVars') ?? []) : null,
        resources:
          cpu === undefined && memory === undefined
            ? null
            : { cpu: cpu ?? null, memory: memory ?? null },
        volumeMounts: null,
      },
    ],
    initContainers: null,
    scale: hasScale
      ? { minReplicas: minimum ?? null, maxReplicas: maximum ?? null, rules: [] }
      : null,
    volumes: null,
    serviceBinds: null,
  };
}

/** A list of words; a single word that is a JSON list stands for its items, as `'["sleep","3600"]'`. */
export function wordsOf(args: ArgumentReader, name: string): Json {
  const words = args.list(name);
  if (words === undefined) return null;
  return words.length === 1 && words[0] === '' ? null : words;
}

/** `'0.5'` → `'0.5Gi'` */
export function memoryText(text: string | undefined): string | undefined {
  return text === undefined || text.endsWith('Gi') ? text : `${text}Gi`;
}

export async function registryEntry(
  session: Session,
  args: ArgumentReader,
  secrets: JsonObject[],
): Promise<JsonObject | undefined> {
  const server = args.optional('registryServer');
  if (server === undefined) return undefined;
  const identity = args.optional('registryIdentity');
  if (identity !== undefined) return { server, username: null, passwordSecretRef: null, identity };
  const username = args.optional('registryUsername');
  const password = args.optional('registryPassword');
  const user =
    username === undefined || password === undefined
      ? await adminOf(session, server)
      : { username, password };
  return {
    server,
    username: user.username,
    passwordSecretRef: storeRegistryPassword(session, secrets, { server, ...user }),
  };
}

/** The admin user of the registry whose login server it is. @throws AzError when it can't be found */
export async function adminOf(
  session: Session,
  server: string,
): Promise<{ username: string; password: string }> {
  if (!server.includes('.azurecr.io')) {
    throw new AzError(
      'Registry url is required if using Azure Container Registry, otherwise Registry username and password are required if using Dockerhub',
    );
  }
  session.warn(
    'No credential was provided to access Azure Container Registry. Trying to look up...',
  );
  const registry = await findRegistry(session, server.split('.')[0] ?? server, undefined);
  if (!registry.adminUserEnabled) {
    throw new AzError(
      `Failed to retrieve credentials for container registry ${registry.name}. Please provide the registry username and password`,
    );
  }
  return adminCredentials(session, registry);
}
