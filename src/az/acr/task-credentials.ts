import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { objectAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { printedTask, sendTask, taskDetails } from './tasks.js';

const KEY_VAULT = '.vault.azure.net';

/** `az acr task credential add` and `update`. @throws AzError when the registry is there already, or is not */
export async function setCredential(
  session: Session,
  args: ArgumentReader,
  verb: 'add' | 'update',
): Promise<Json | undefined> {
  const server = args.text('loginServer');
  const known = objectAt(await taskDetails(session, args), 'properties', 'credentials');
  const isKnown = server in objectAt(known, 'customRegistries');
  if (verb === 'add' && isKnown) {
    throw new AzError(`Login server '${server}' already exists. You cannot add it again.`);
  }
  if (verb === 'update' && !isKnown) throw new AzError(`Login server '${server}' not found.`);
  return await sendCredential(session, args, loginOf(args));
}

/** Sets the login of `--login-server`, or takes it away. */
export async function sendCredential(
  session: Session,
  args: ArgumentReader,
  login: JsonObject | null,
): Promise<Json | undefined> {
  const customRegistries = { [args.text('loginServer')]: login };
  const body = { properties: { credentials: { customRegistries } } };
  return registriesOf(await sendTask(session, args, 'PATCH', body));
}

export async function listCredentials(
  session: Session,
  args: ArgumentReader,
): Promise<Json | undefined> {
  return registriesOf(printedTask(await taskDetails(session, args)));
}

/** An identity alone, or a user name and a password. */
function loginOf(args: ArgumentReader): JsonObject {
  const identity = args.optional('useIdentity');
  const username = args.optional('username');
  const password = args.optional('password');
  if (!username && !password && identity !== undefined) return { identity };
  return {
    userName: secret(username),
    password: secret(password),
    ...(identity !== undefined && { identity }),
  };
}

function secret(value: string | undefined): JsonObject {
  const isVault = value?.toLowerCase().includes(KEY_VAULT) ?? false;
  return { type: isVault ? 'Vaultsecret' : 'Opaque', ...(value !== undefined && { value }) };
}

/** The stock client prints `{}` for a task without credentials, and nothing for one without such registries. */
function registriesOf(task: Json): Json | undefined {
  const credentials = valueAt(task, 'credentials');
  if (!isJsonObject(credentials)) return {};
  const { sourceRegistry, customRegistries } = credentials;
  return customRegistries ?? (sourceRegistry ? undefined : {});
}
