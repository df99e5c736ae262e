import type { JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { containerAppError, jsonBody, rawError } from '../arm-error.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';

export const APP_API_VERSION = '2025-07-01';

/** `…/providers/Microsoft.App/containerApps/NAME`, with `suffix` such as `/revisions` */
export function appPath(session: Session, group: string, name: string, suffix = ''): string {
  return `${groupPath(session, group)}/providers/Microsoft.App/containerApps/${encodeURIComponent(name)}${suffix}`;
}

export function environmentPath(session: Session, group: string, name: string): string {
  return `${groupPath(session, group)}/providers/Microsoft.App/managedEnvironments/${encodeURIComponent(name)}`;
}

export function groupPath(session: Session, group: string): string {
  return `${session.subscription}/resourceGroups/${encodeURIComponent(group)}`;
}

/** @throws AzError when it answers an error */
export async function getApp(
  session: Session,
  group: string,
  name: string,
  suffix = '',
): Promise<JsonObject> {
  return await session.armJson({
    method: 'GET',
    path: appPath(session, group, name, suffix),
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
}

/** The app, with the stock client's words when there is none. @throws AzError exit code 3 */
export async function requireApp(
  session: Session,
  group: string,
  name: string,
  where = '',
): Promise<JsonObject> {
  const app = await findApp(session, group, name);
  if (app) return app;
  throw new AzError(`The containerapp '${name}' does not exist${where}`, { exitCode: 3 });
}

/** The app, or undefined when there is none. @throws AzError for any other refusal */
export async function findApp(
  session: Session,
  group: string,
  name: string,
): Promise<JsonObject | undefined> {
  const response = await session.exchange({
    method: 'GET',
    path: appPath(session, group, name),
    apiVersion: APP_API_VERSION,
  });
  if (response.status === 404) return undefined;
  if (response.status >= 400) throw containerAppError(response);
  const body = jsonBody(response);
  if (!isJsonObject(body)) throw new AzError(`The containerapp '${name}' answered no JSON object.`);
  return body;
}

/** `GET` of a show command; unlike other commands, what is not there ends these with exit code 1. */
export async function showResource(session: Session, path: string): Promise<JsonObject> {
  return await session.armJson({
    method: 'GET',
    path,
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
}

/** The same for the commands that leave a refusal as the service words it; exit code 3 for 404. */
export async function showRaw(session: Session, path: string): Promise<JsonObject> {
  const response = await session.exchange({ method: 'GET', path, apiVersion: APP_API_VERSION });
  const body = jsonBody(response);
  if (response.status < 400 && isJsonObject(body)) return body;
  const { message, advice } = rawError(response);
  throw new AzError(message, { advice, exitCode: response.status === 404 ? 3 : 1 });
}

export async function listOf(session: Session, path: string): Promise<JsonObject[]> {
  return await session.armList({
    method: 'GET',
    path,
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
}
