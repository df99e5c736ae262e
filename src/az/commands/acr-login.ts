import type { Json } from '../../base/json.js';
import { refreshToken, TOKEN_USER } from '../acr/data-plane.js';
import { dockerLogin } from '../acr/docker-login.js';
import { findRegistry, registryName } from '../acr/registries.js';
import { REGISTRY_NAME } from '../acr/registry-child.js';
import { registryUser } from '../acr/registry-user.js';
import { AzError } from '../az-error.js';
import { OPTIONAL_RESOURCE_GROUP } from '../common-arguments.js';
import type { Session } from '../session.js';
import type { ArgumentReader, CommandSpec } from '../spec.js';

async function login(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const expose = args.flag('exposeToken');
  if (expose && (args.has('username') || args.has('password'))) {
    throw new AzError('`--expose-token` cannot be combined with `--username` or `--password`.');
  }
  const registry = await findRegistry(
    session,
    registryName(args.text('registry')),
    args.optional('resourceGroup'),
  );
  if (!expose) {
    const user = await registryUser(session, args);
    await dockerLogin({
      session,
      loginServer: registry.loginServer,
      username: user?.name ?? TOKEN_USER,
      password: user?.password ?? (await refreshToken(session, registry.loginServer)),
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

export const LOGIN_COMMAND: CommandSpec = {
  path: 'acr login',
  summary: 'Log in to an Azure Container Registry through the Docker CLI.',
  arguments: [
    REGISTRY_NAME,
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
};
