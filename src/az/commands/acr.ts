import type { Json } from '../../base/json.js';
import { AzError, usageError } from '../az-error.js';
import {
  NO_WAIT,
  OPTIONAL_RESOURCE_GROUP,
  parseTags,
  RESOURCE_GROUP,
  TAGS,
  YES,
} from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { build } from '../acr/build.js';
import {
  findRegistry,
  groupOfRegistry,
  printedRegistry,
  REGISTRY_API_VERSION,
  registryName,
  registryPath,
} from '../acr/registries.js';
import { refreshToken, TOKEN_USER } from '../acr/data-plane.js';
import { IMPORT_ARGUMENTS, importImage } from '../acr/import-image.js';
import { dockerLogin } from '../acr/docker-login.js';
import { credentialTable, registryTable } from '../acr/tables.js';
import { REPOSITORY_COMMANDS } from './acr-repository.js';
import { RUN_COMMANDS } from './acr-run.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { textAt } from '../json-path.js';

const NAME: ArgumentSpec = {
  name: 'registry',
  options: ['--name', '-n'],
  required: true,
  environment: 'AZURE_DEFAULTS_ACR',
  help: 'The name of the container registry. You can configure the default registry name using `az configure --defaults acr=<registry name>`.',
};

async function create(session: Session, args: ArgumentReader): Promise<Json> {
  const name = args.text('registry');
  const group = args.text('resourceGroup');
  if (/[A-Z]/.test(name)) {
    throw usageError('argument error: Registry name must use only lowercase.');
  }
  if (name.includes('-')) throw usageError('argument error: Registry name cannot contain dashes.');
  const tags = args.list('tags');
  const resource = await session.armOperation(
    {
      method: 'PUT',
      path: registryPath(session, group, name),
      apiVersion: REGISTRY_API_VERSION,
      body: {
        location: args.optional('location') ?? (await groupLocation(session, group)),
        sku: { name: args.text('sku') },
        properties: { adminUserEnabled: args.state('adminEnabled') ?? false },
        ...(tags === undefined ? {} : { tags: parseTags(tags) }),
      },
    },
    { wait: true },
  );
  return printedRegistry(resource ?? {});
}

async function groupLocation(session: Session, group: string): Promise<string> {
  const found = await session.armJson({
    method: 'GET',
    path: `${session.subscription}/resourcegroups/${encodeURIComponent(group)}`,
    apiVersion: '2024-11-01',
  });
  return textAt(found, 'location') ?? '';
}

async function login(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const username = args.optional('username');
  const password = args.optional('password');
  const expose = args.flag('exposeToken');
  if (expose && (username !== undefined || password !== undefined)) {
    throw new AzError('`--expose-token` cannot be combined with `--username` or `--password`.');
  }
  const registry = await findRegistry(
    session,
    registryName(args.text('registry')),
    args.optional('resourceGroup'),
  );
  if (!expose) {
    if (username !== undefined && password === undefined) {
      throw new AzError('Please specify both username and password in non-interactive mode.');
    }
    await dockerLogin({
      session,
      loginServer: registry.loginServer,
      username: username ?? TOKEN_USER,
      password: password ?? (await refreshToken(session, registry.loginServer)),
      registry: registry.name,
    });
    return undefined;
  }
  const token = await refreshToken(session, registry.loginServer);
  session.warn(
    'Note: The token in both the accessToken and refreshToken fields is an ACR Refresh Token, not an ACR Access Token: it must be exchanged for one before registry APIs accept it. See https://aka.ms/acr/auth/oauth',
  );
  session.warn(
    `You can perform manual login using the provided refresh token below, for example: 'docker login loginServer -u ${TOKEN_USER} -p refreshToken'`,
  );
  return {
    loginServer: registry.loginServer,
    username: TOKEN_USER,
    accessToken: token,
    refreshToken: token,
  };
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
      NAME,
      RESOURCE_GROUP,
      {
        name: 'sku',
        options: ['--sku'],
        required: true,
        choices: ['Basic', 'Premium', 'Standard'],
        help: 'The SKU of the container registry.',
      },
      {
        name: 'adminEnabled',
        options: ['--admin-enabled'],
        kind: 'three-state',
        help: 'Indicates whether the admin user is enabled.',
      },
      {
        name: 'location',
        options: ['--location', '-l'],
        environment: 'AZURE_DEFAULTS_LOCATION',
        help: "Location. Default: the resource group's.",
      },
      TAGS,
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
    arguments: [NAME, OPTIONAL_RESOURCE_GROUP],
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
    arguments: [NAME, OPTIONAL_RESOURCE_GROUP, YES],
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
    arguments: [{ ...NAME, environment: '' }],
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
    path: 'acr login',
    summary: 'Log in to an Azure Container Registry through the Docker CLI.',
    arguments: [
      NAME,
      OPTIONAL_RESOURCE_GROUP,
      {
        name: 'exposeToken',
        options: ['--expose-token', '-t'],
        kind: 'flag',
        help: 'Expose refresh token instead of automatically logging in through Docker CLI.',
      },
      {
        name: 'username',
        options: ['--username', '-u'],
        help: 'The username used to log into a container registry.',
      },
      {
        name: 'password',
        options: ['--password', '-p'],
        help: 'The password used to log into a container registry.',
      },
    ],
    examples: [
      {
        title: 'Log in to an Azure Container Registry.',
        command: 'az acr login -n myregistry',
      },
      {
        title: 'Get an Azure Container Registry refresh token.',
        command: 'az acr login -n myregistry --expose-token',
      },
    ],
    run: login,
  },
  {
    path: 'acr credential show',
    summary: 'Get the login credentials for an Azure Container Registry.',
    arguments: [NAME, OPTIONAL_RESOURCE_GROUP],
    table: credentialTable,
    run: async (session, args) => await credential(session, args, { path: 'listCredentials' }),
  },
  {
    path: 'acr credential renew',
    summary: 'Regenerate login credentials for an Azure Container Registry.',
    arguments: [
      NAME,
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
    path: 'acr build',
    summary: 'Queues a quick build, providing streaming logs for an Azure Container Registry.',
    arguments: [
      {
        ...NAME,
        options: ['--registry', '-r'],
      },
      OPTIONAL_RESOURCE_GROUP,
      {
        name: 'sourceLocation',
        options: [],
        metavar: '<SOURCE_LOCATION>',
        required: true,
        help: "The local source code directory path (e.g., './src'), or the URL to a git repository or a remote tarball.",
      },
      {
        name: 'image',
        options: ['--image', '-t'],
        repeatable: true,
        help: 'The image repository and optionally a tag, in the format `repository:tag`.',
      },
      {
        name: 'file',
        options: ['--file', '-f'],
        help: "The relative path of the the docker file to the source code root folder. Default to 'Dockerfile'.",
      },
      {
        name: 'buildArg',
        options: ['--build-arg'],
        repeatable: true,
        help: "Build argument in '--build-arg name[=value]' format.",
      },
      {
        name: 'secretBuildArg',
        options: ['--secret-build-arg'],
        repeatable: true,
        help: 'Secret build argument in the same format; not shown in logs.',
      },
      {
        name: 'platform',
        options: ['--platform'],
        help: "The platform where build/task is run, Eg, 'windows' and 'linux', or os/arch/variant.",
      },
      { name: 'target', options: ['--target'], help: 'The name of the target build stage.' },
      {
        name: 'timeout',
        options: ['--timeout'],
        kind: 'integer',
        help: 'The timeout in seconds.',
      },
      {
        name: 'noPush',
        options: ['--no-push'],
        kind: 'flag',
        help: 'Indicates whether the image built should be pushed to the registry.',
      },
      {
        name: 'noLogs',
        options: ['--no-logs'],
        kind: 'flag',
        help: 'Do not show logs after successfully queuing the build.',
      },
      {
        name: 'noFormat',
        options: ['--no-format'],
        kind: 'flag',
        help: 'Indicates whether the logs should be displayed in raw format; they always are.',
      },
      NO_WAIT,
    ],
    examples: [
      {
        title: 'Queue a local context as a Linux build, tag it, and push it to the registry.',
        command: 'az acr build -t sample/hello-world:v1 -r myregistry .',
      },
    ],
    run: build,
  },
  {
    path: 'acr import',
    summary: 'Imports an image to an Azure Container Registry from another Container Registry.',
    arguments: [NAME, OPTIONAL_RESOURCE_GROUP, ...IMPORT_ARGUMENTS, NO_WAIT],
    examples: [
      {
        title: 'Import an image with every platform from Docker Hub.',
        command:
          'az acr import -n myregistry --source docker.io/library/hello-world:latest -t hello-world:latest',
      },
    ],
    run: importImage,
  },
  ...REPOSITORY_COMMANDS,
  ...RUN_COMMANDS,
];
