import type { JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { errorOf, jsonBody } from '../arm-error.js';
import { AzError } from '../az-error.js';
import { objectsAt, textAt } from '../json-path.js';
import type { Session } from '../session.js';

/** Who a role is given to. */
export interface Principal {
  id: string;
  /** `'ServicePrincipal'`; undefined when the directory does not know the id */
  type?: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TYPES: Readonly<Record<string, string>> = {
  '#microsoft.graph.user': 'User',
  '#microsoft.graph.servicePrincipal': 'ServicePrincipal',
  '#microsoft.graph.group': 'Group',
};

export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/**
 * Finds who `--assignee` means: a user's name, a service principal's name or client id, or an object id.
 *
 * @throws AzError when the directory knows nobody of that name
 */
export async function findPrincipal(session: Session, assignee: string): Promise<Principal> {
  if (assignee.includes('@')) {
    const filter = `userPrincipalName eq '${assignee}'`;
    const [user] = await graphList(session, `/users?$filter=${encodeURIComponent(filter)}`);
    if (user) return { id: textAt(user, 'id') ?? '', type: 'User' };
  }
  const filter = `servicePrincipalNames/any(c:c eq '${assignee}')`;
  const path = `/servicePrincipals?$filter=${encodeURIComponent(filter)}`;
  const [principal] = await graphList(session, path);
  if (principal) return { id: textAt(principal, 'id') ?? '', type: 'ServicePrincipal' };
  const [known] = isGuid(assignee) ? await describePrincipals(session, [assignee]) : [];
  if (known) return { id: assignee, ...typeOf(known) };
  throw new AzError(
    `Cannot find user or service principal in graph database for '${assignee}'. If the assignee is an appId, make sure the corresponding service principal is created with 'az ad sp create --id ${assignee}'.`,
  );
}

/** The type of an object id, when the directory knows it. */
export async function principalOf(session: Session, id: string): Promise<Principal> {
  const [known] = await describePrincipals(session, [id]);
  return { id, ...typeOf(known) };
}

/** What the directory knows of object ids; those it does not know are left out. */
export async function describePrincipals(
  session: Session,
  ids: readonly string[],
): Promise<JsonObject[]> {
  if (ids.length === 0) return [];
  const body = {
    ids: [...ids],
    types: ['user', 'group', 'servicePrincipal', 'directoryObjectPartnerReference'],
  };
  return await graphList(session, '/directoryObjects/getByIds', body);
}

/** A principal's name as role lists show it. */
export function displayName(principal: JsonObject): string {
  const names = principal['servicePrincipalNames'];
  const first: unknown = Array.isArray(names) ? names[0] : undefined;
  return (
    textAt(principal, 'userPrincipalName') ??
    (typeof first === 'string' ? first : undefined) ??
    textAt(principal, 'displayName') ??
    ''
  );
}

function typeOf(principal: JsonObject | undefined): { type?: string } {
  const type = TYPES[textAt(principal, '@odata.type') ?? ''];
  return type === undefined ? {} : { type };
}

async function graphList(session: Session, path: string, body?: JsonObject): Promise<JsonObject[]> {
  const graph = `${session.connection.gateway}/graph`;
  const token = await session.token(`${graph}/.default`);
  const response = await session.http.send({
    method: body === undefined ? 'GET' : 'POST',
    url: `${graph}/v1.0${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = jsonBody(response);
  if (response.status >= 400 || !isJsonObject(answer)) {
    const error = errorOf(answer);
    throw new AzError(textAt(error, 'message') ?? `The directory answered ${response.status}.`);
  }
  return objectsAt(answer, 'value');
}
