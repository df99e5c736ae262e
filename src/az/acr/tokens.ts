import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { findRegistry, REGISTRY_API_VERSION, registryName } from './registries.js';
import {
  childPath,
  getChild,
  listChildren,
  registryPathOf,
  sendChild,
  type RegistryChild,
} from './registry-child.js';
import { scopeActions } from './scope-actions.js';
import { SCOPE_MAPS } from './scope-maps.js';
import { objectsAt, textAt } from '../json-path.js';
import { fillShape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';

const PASSWORDS = [{ creationTime: 'time', expiry: 'time', name: 'any', value: 'any' }] as const;
export const TOKENS: RegistryChild = {
  kind: 'tokens',
  fields: {
    creationDate: 'time',
    provisioningState: 'any',
    scopeMapId: 'any',
    credentials: {
      certificates: [
        { name: 'any', expiry: 'time', thumbprint: 'any', encodedPemCertificate: 'any' },
      ],
      passwords: PASSWORDS,
    },
    status: 'any',
  },
};

/** `az acr token create` */
export async function createToken(session: Session, args: ArgumentReader): Promise<Json> {
  const isCustom = args.has('repository') || args.has('gateway');
  if (isCustom === args.has('scopeMap')) {
    throw new AzError("usage error: can't use --scope-map and --repository | --gateway");
  }
  const withPasswords = args.state('noPasswords') !== true;
  if (!withPasswords && (args.has('expiration') || args.has('expirationInDays'))) {
    throw new AzError(
      'usage error: --no-passwords and expiration arguments are mutually exclusive.',
    );
  }
  const expiry = expiryOf(args);
  const name = args.text('name');
  const scopeMapId = isCustom
    ? await defaultScopeMap(session, args, name)
    : await childPath(session, args, SCOPE_MAPS, args.text('scopeMap'));
  const body = { properties: { scopeMapId, status: args.text('status') } };
  const token = await sendChild(session, args, TOKENS, { method: 'PUT', name, body });
  if (!withPasswords) return token;
  const credentials = await generate(session, args, { expiry });
  const { loginServer } = await findRegistry(
    session,
    registryName(args.text('registry')),
    args.optional('resourceGroup'),
  );
  const password = textAt(objectsAt(credentials, 'passwords')[0], 'value') ?? '';
  session.warn(
    `Please store your generated credentials safely. Meanwhile you can use it through "docker login ${loginServer} -u ${name} -p ${password}".`,
  );
  return { ...token, credentials };
}

/** The scope map that a token's own `--repository` rules make, `NAME-scope-map`. */
async function defaultScopeMap(
  session: Session,
  args: ArgumentReader,
  token: string,
): Promise<string> {
  const actions = scopeActions(args.lists('repository'), args.lists('gateway'));
  const name = `${token}-scope-map`;
  const maps = await listChildren(session, args, SCOPE_MAPS);
  const existing = (Array.isArray(maps) ? maps : []).find((map) => textAt(map, 'name') === name);
  const known = isJsonObject(existing) ? existing['actions'] : undefined;
  if (Array.isArray(known) && !isDeepStrictEqual([...known].sort(), [...actions].sort())) {
    throw new AzError(
      `The default scope map was already configured with different repository permissions.\nPlease use "az acr scope-map update -r ${args.text('registry')} -n ${name} --add <REPO> --remove <REPO>" to update.`,
    );
  }
  const body = { properties: { actions, description: `Created by token: ${token}` } };
  const map =
    existing ?? (await sendChild(session, args, SCOPE_MAPS, { method: 'PUT', name, body }));
  return textAt(map, 'id') ?? '';
}

/** @throws AzError for both ways of saying it at once, or a time that is none */
function expiryOf(args: ArgumentReader): string | undefined {
  const days = args.number('expirationInDays');
  const time = args.optional('expiration');
  if (days !== undefined && time !== undefined) {
    throw new AzError('usage error: --expiration and --expiration-in-days are mutually exclusive.');
  }
  if (days !== undefined) return new Date(Date.now() + days * 86_400_000).toISOString();
  if (time !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time)) {
    throw new AzError(`Input '${time}' is not valid datetime. Valid example: 2025-12-31T12:59:59Z`);
  }
  return time;
}

async function generate(
  session: Session,
  args: ArgumentReader,
  options: { expiry: string | undefined; name?: string },
): Promise<Json> {
  const tokenId = await childPath(session, args, TOKENS, args.text('name'));
  const answer = await session.armOperation(
    {
      method: 'POST',
      path: `${await registryPathOf(session, args)}/generateCredentials`,
      apiVersion: REGISTRY_API_VERSION,
      body: {
        tokenId,
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(options.expiry === undefined ? {} : { expiry: options.expiry }),
      },
    },
    { wait: true },
  );
  return fillShape(answer ?? {}, { username: 'any', passwords: PASSWORDS }, { keepUnknown: false });
}

/** `az acr token credential generate` */
export async function generateCredentials(session: Session, args: ArgumentReader): Promise<Json> {
  const chosen = ['password1', 'password2'].filter((name) => args.flag(name));
  const [only, ...others] = chosen;
  return await generate(session, args, {
    expiry: expiryOf(args),
    ...(only !== undefined && others.length === 0 ? { name: only } : {}),
  });
}

/** `az acr token credential delete`: keeps the passwords that are not named. */
export async function deleteCredentials(session: Session, args: ArgumentReader): Promise<Json> {
  const chosen = ['password1', 'password2'].filter((name) => args.flag(name));
  if (chosen.length === 0) throw new AzError('No credentials to delete.');
  const token = await getChild(session, args, TOKENS);
  const known = objectsAt(token, 'credentials', 'passwords').map((one) => textAt(one, 'name'));
  const missing = chosen.find((name) => !known.includes(name));
  if (missing !== undefined) {
    const word = missing.slice(0, 1).toUpperCase() + missing.slice(1);
    throw new AzError(`Unable to perform operation. ${word} credential doesn't exist.`);
  }
  const passwords = known
    .filter((name) => name !== undefined && !chosen.includes(name))
    .map((name): JsonObject => ({ name: name ?? null }));
  const body = { properties: { credentials: { passwords } } };
  return await sendChild(session, args, TOKENS, { method: 'PATCH', name: args.text('name'), body });
}

/** `az acr token update` */
export async function updateToken(session: Session, args: ArgumentReader): Promise<Json> {
  const map = args.optional('scopeMap');
  const properties = {
    status: args.text('status'),
    ...(map === undefined ? {} : { scopeMapId: await childPath(session, args, SCOPE_MAPS, map) }),
  };
  const name = args.text('name');
  return await sendChild(session, args, TOKENS, { method: 'PATCH', name, body: { properties } });
}
