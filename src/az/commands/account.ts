import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError, usageError } from '../az-error.js';
import { YES } from '../common-arguments.js';
import { homeOf } from '../connection.js';
import { FOLLOWED_RELEASE } from '../followed-release.js';
import type { Session } from '../session.js';
import type { ArgumentReader, CommandSpec } from '../spec.js';

const SUBSCRIPTIONS_VERSION = '2022-12-01';
const CLOUD_NAME = 'AzureCloud';
const SIGNED_OUT = 'az-signed-out';

/** @throws AzError after `az logout` until `az login`. */
function requireAccount(session: Session): void {
  if (existsSync(signedOutFile(session))) {
    throw new AzError("Please run 'az login' to setup account.");
  }
}

function signedOutFile(session: Session): string {
  return join(homeOf(session.io.environment), 'run', SIGNED_OUT);
}

async function login(session: Session, args: ArgumentReader): Promise<Json> {
  const { connection } = session;
  const username = args.optional('username');
  if (args.flag('servicePrincipal')) {
    const password = args.optional('password');
    if (username === undefined || password === undefined) {
      throw usageError(
        'usage error: --service-principal --username NAME --password SECRET --tenant TENANT',
      );
    }
    await session.requestToken(`${connection.armAudience}/.default`, {
      clientId: username,
      clientSecret: password,
    });
    if (username !== connection.clientId) {
      throw new AzError(
        `The credentials of '${username}' are right, but this az always acts as the home's own identity.`,
        { advice: [`Use ${connection.clientId}, or the stock az with: eval "$(lazurite env)"`] },
      );
    }
  } else if (username !== undefined) {
    throw new AzError('Lazurite has no user accounts to log in with a password.', {
      advice: ["Run 'az login' without a user name."],
    });
  }
  const found = await session.armList({
    method: 'GET',
    path: '/subscriptions',
    apiVersion: SUBSCRIPTIONS_VERSION,
  });
  if (found.length === 0) throw new AzError('No subscriptions found.');
  rmSync(signedOutFile(session), { force: true });
  return [subscriptionOf(session, 'cloudName')];
}

function subscriptionOf(session: Session, cloudField: 'cloudName' | 'environmentName'): JsonObject {
  const { connection } = session;
  return {
    [cloudField]: CLOUD_NAME,
    homeTenantId: connection.tenantId,
    id: connection.subscriptionId,
    isDefault: true,
    managedByTenants: [],
    name: connection.subscriptionName,
    state: 'Enabled',
    tenantId: connection.tenantId,
    user: { name: connection.clientId, type: 'servicePrincipal' },
  };
}

async function logout(session: Session): Promise<undefined> {
  requireAccount(session);
  writeFileSync(signedOutFile(session), '', { mode: 0o600 });
  return undefined;
}

async function accessToken(session: Session, args: ArgumentReader): Promise<Json> {
  requireAccount(session);
  const { connection } = session;
  const resource = args.optional('resource') ?? connection.armAudience;
  const scope = args.list('scope')?.[0] ?? `${resource}/.default`;
  const answer = await session.requestToken(scope, connection);
  const seconds = Math.floor(Date.now() / 1000) + Number(answer['expires_in'] ?? 0);
  return {
    accessToken: answer['access_token'] ?? null,
    expiresOn: localTime(new Date(seconds * 1000)),
    expires_on: seconds,
    subscription: connection.subscriptionId,
    tenant: connection.tenantId,
    tokenType: 'Bearer',
  };
}

/** `'2026-06-23 14:22:11.000000'`, local time. */
function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.000000`;
}

export const LOGIN_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'login',
    summary: "Log in to Azure: here, to the running Lazurite, as its home's own identity.",
    arguments: [
      {
        name: 'servicePrincipal',
        options: ['--service-principal'],
        kind: 'flag',
        help: 'Log in with a service principal.',
      },
      {
        name: 'username',
        options: ['--username', '-u'],
        help: 'Application ID of a service principal.',
      },
      { name: 'password', options: ['--password', '-p'], help: "The service principal's secret." },
      { name: 'tenant', options: ['--tenant', '-t'], help: 'The tenant; Lazurite has one.' },
    ],
    examples: [{ title: 'Log in.', command: 'az login' }],
    table: tableOfAccounts,
    run: login,
  },
  {
    path: 'logout',
    summary: 'Log out to remove access to Azure subscriptions.',
    arguments: [
      { name: 'username', options: ['--username'], help: 'Account user; Lazurite has one.' },
    ],
    run: logout,
  },
];

function tableOfAccounts(result: Json): Json {
  const accounts = Array.isArray(result) ? result : [result];
  return accounts.filter(isJsonObject).map((account) => ({
    Name: account['name'] ?? null,
    CloudName: account['cloudName'] ?? null,
    SubscriptionId: account['id'] ?? null,
    TenantId: account['tenantId'] ?? null,
    State: account['state'] ?? null,
    IsDefault: account['isDefault'] ?? null,
  }));
}

export const ACCOUNT_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'account show',
    summary: 'Get the details of a subscription.',
    arguments: [],
    run: async (session) => {
      requireAccount(session);
      return subscriptionOf(session, 'environmentName');
    },
  },
  {
    path: 'account list',
    summary: 'Get a list of subscriptions for the logged in account.',
    arguments: [
      {
        name: 'all',
        options: ['--all'],
        kind: 'flag',
        help: 'List all subscriptions from all clouds, including subscriptions that are not enabled.',
      },
      {
        name: 'refresh',
        options: ['--refresh'],
        kind: 'flag',
        help: 'Retrieve up-to-date subscriptions from server.',
      },
    ],
    table: tableOfAccounts,
    run: async (session) => {
      requireAccount(session);
      return [subscriptionOf(session, 'cloudName')];
    },
  },
  {
    path: 'account list-locations',
    summary: 'List supported regions for the current subscription.',
    arguments: [],
    table: (result) =>
      (Array.isArray(result) ? result : []).filter(isJsonObject).map((location) => ({
        DisplayName: location['displayName'] ?? null,
        Name: location['name'] ?? null,
        RegionalDisplayName: location['regionalDisplayName'] ?? null,
      })),
    run: async (session) => {
      requireAccount(session);
      const path = `${session.subscription}/locations`;
      return await session.armList({ method: 'GET', path, apiVersion: '2022-12-01' });
    },
  },
  {
    path: 'account set',
    summary: 'Set a subscription to be the current active subscription.',
    arguments: [
      {
        name: 'name',
        options: ['--name', '--subscription', '-n', '-s'],
        required: true,
        help: 'Name or ID of subscription.',
      },
    ],
    run: async (session, args) => {
      requireAccount(session);
      const wanted = args.text('name').toLowerCase();
      const { subscriptionId, subscriptionName } = session.connection;
      if (wanted !== subscriptionId.toLowerCase() && wanted !== subscriptionName.toLowerCase()) {
        throw new AzError(
          `The subscription of '${args.text('name')}' doesn't exist in cloud '${CLOUD_NAME}'.`,
        );
      }
      return undefined;
    },
  },
  {
    path: 'account get-access-token',
    summary: 'Get a token for utilities to access Azure.',
    arguments: [
      {
        name: 'resource',
        options: ['--resource'],
        help: 'Azure resource endpoints in AAD v1.0. Default to Azure Resource Manager.',
      },
      {
        name: 'scope',
        options: ['--scope'],
        kind: 'list',
        help: 'Space-separated scopes in AAD v2.0. Default to Azure Resource Manager.',
      },
      {
        name: 'tenant',
        options: ['--tenant', '-t'],
        help: 'Tenant ID for which the token is acquired.',
      },
    ],
    run: accessToken,
  },
];

function cloudOf(session: Session): JsonObject {
  const { gateway, armAudience } = session.connection;
  return {
    endpoints: {
      activeDirectory: `${gateway}/adfs`,
      activeDirectoryResourceId: armAudience,
      logAnalyticsResourceId: gateway,
      management: gateway,
      microsoftGraphResourceId: `${gateway}/graph`,
      resourceManager: gateway,
    },
    isActive: true,
    name: CLOUD_NAME,
    profile: 'latest',
    suffixes: { acrLoginServerEndpoint: '.azurecr.io' },
  };
}

export const CLOUD_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'cloud show',
    summary: 'Get the details of a registered cloud.',
    arguments: [{ name: 'name', options: ['--name', '-n'], help: 'Name of a registered cloud.' }],
    run: async (session, args) => {
      const name = args.optional('name');
      if (name !== undefined && name.toLowerCase() !== CLOUD_NAME.toLowerCase()) {
        throw new AzError(`The cloud '${name}' is not registered.`);
      }
      return cloudOf(session);
    },
  },
  {
    path: 'cloud list',
    summary: 'List registered clouds.',
    arguments: [],
    run: async (session) => [cloudOf(session)],
  },
];

const BUILT_IN_EXTENSIONS = new Set(['containerapp']);

export const EXTENSION_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'extension add',
    summary: 'Add an extension.',
    arguments: [
      { name: 'name', options: ['--name', '-n'], help: 'Name of extension.' },
      {
        name: 'upgrade',
        options: ['--upgrade'],
        kind: 'flag',
        help: 'Update the extension if already installed.',
      },
      { name: 'source', options: ['--source', '-s'], help: 'Filepath or URL to an extension.' },
      YES,
    ],
    run: async (session, args) => {
      const name = args.optional('name');
      if (name === undefined) throw usageError('the following arguments are required: --name/-n');
      if (!BUILT_IN_EXTENSIONS.has(name)) {
        throw new AzError(`No extension found with name '${name}'.`, {
          advice: ['This az loads no extensions; use the stock az with: eval "$(lazurite env)"'],
        });
      }
      session.warn(`Extension '${name}' is part of this az: there is nothing to install.`);
      return undefined;
    },
  },
  {
    path: 'extension list',
    summary: 'List the installed extensions.',
    arguments: [],
    run: async () => [],
  },
];

export const VERSION_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'version',
    summary: 'Show the versions of Azure CLI modules and extensions.',
    arguments: [],
    run: async () => ({
      'azure-cli': FOLLOWED_RELEASE,
      'azure-cli-core': FOLLOWED_RELEASE,
      extensions: {},
    }),
  },
];

/** The text of `az --version`. */
export function versionText(): string {
  return `azure-cli                         ${FOLLOWED_RELEASE} (as Lazurite follows it)\n`;
}
