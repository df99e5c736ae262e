import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';
import type { Credentials } from '../../remote/registry-client.js';
import { StepFailure } from '../steps/step-run.js';
import { taskErrors } from '../task-error.js';

/** How a run signs in to a registry besides its own: with a password, or as an identity of its task. */
export type RegistryLogin = { server: string } & (
  { credentials: Credentials } | { identity: string }
);

/** Credentials of an identity for a registry; undefined when it is none of the task's, or may not pull. */
export type IdentityLogin = (request: {
  /** The task's `identity`: which ones it has, e.g. `{ type: 'SystemAssigned', principalId: '…' }`. */
  assigned: JsonObject | undefined;
  /** e.g. `'localhost:5001'` */
  server: string;
  /** `'system'` or the resource id of a user-assigned identity. */
  identity: string;
}) => Promise<Credentials | undefined>;

/**
 * `credentials.customRegistries` of a request for a run.
 *
 * @throws TaskError 400 for what is no login, 501 for one whose secrets are in a key vault
 * @see https://learn.microsoft.com/en-us/azure/container-registry/container-registry-tasks-cross-registry-authentication
 */
export function parseLogins(credentials: Json | undefined): RegistryLogin[] {
  const registries = isJsonObject(credentials) ? credentials['customRegistries'] : undefined;
  if (!isJsonObject(registries)) return [];
  return Object.entries(registries).flatMap(([server, login]) =>
    login === null ? [] : [parseLogin(server, login)],
  );
}

function parseLogin(server: string, login: Json): RegistryLogin {
  if (!isJsonObject(login)) {
    throw taskErrors.invalidRequest(`The credentials of the registry '${server}' are no object.`);
  }
  const username = opaque(server, login['userName']);
  const password = opaque(server, login['password']);
  if (username !== '' && password !== '') return { server, credentials: { username, password } };
  const identity = textOf(login['identity']);
  if (identity !== '') return { server, identity };
  throw taskErrors.invalidRequest(
    `The credentials of the registry '${server}' need a user name and a password, or an identity.`,
  );
}

function opaque(server: string, secret: Json | undefined): string {
  if (!isJsonObject(secret)) return '';
  if (textOf(secret['type']).toLowerCase() !== 'vaultsecret') return textOf(secret['value']);
  throw taskErrors.notImplemented(
    `Signing in to '${server}' with secrets of a key vault (give them as text, or use an identity)`,
  );
}

/**
 * The credentials of each login, by its server in lower case.
 *
 * @throws StepFailure when an identity gets none
 */
export async function signIn(
  logins: readonly RegistryLogin[],
  assigned: JsonObject | undefined,
  identityLogin: IdentityLogin | undefined,
): Promise<ReadonlyMap<string, Credentials>> {
  const found = new Map<string, Credentials>();
  for (const login of logins) {
    const { server } = login;
    const credentials =
      'credentials' in login
        ? login.credentials
        : await identityLogin?.({ assigned, server, identity: idOf(login.identity, assigned) });
    if (credentials === undefined) {
      const who = 'identity' in login ? login.identity : '';
      throw new StepFailure(
        `failed to login, err: the identity '${who}' of the task gets no token of the registry '${server}'. ` +
          'Assign the identity to the task, and a role on the registry to the identity.',
      );
    }
    found.set(server.toLowerCase(), credentials);
  }
  return found;
}

/** Tasks name a user-assigned identity by its client id, and the system-assigned one `[system]`. */
function idOf(identity: string, assigned: JsonObject | undefined): string {
  if (identity.toLowerCase() === '[system]') return 'system';
  const users = assigned?.['userAssignedIdentities'];
  const entries = isJsonObject(users) ? Object.entries(users) : [];
  const found = entries.find(([, user]) => isJsonObject(user) && user['clientId'] === identity);
  return found?.[0] ?? identity;
}
