import type { JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { groupPath, listOf } from './requests.js';

const GROUPS_API_VERSION = '2024-11-01';

/** An environment by its name, and the group it is in or goes to. */
export interface NamedEnvironment {
  name: string;
  group: string | undefined;
}

/** Where `az containerapp up` puts an app. What is undefined is made under a name of its own. */
export interface Place {
  group: string | undefined;
  environment: NamedEnvironment | undefined;
}

/**
 * Finds group and environment when they are not told: those of the one app of that name, else the first environment
 * that fits, as the stock client does.
 *
 * @throws AzError when there are several
 */
export async function findPlace(session: Session, args: ArgumentReader): Promise<Place> {
  const given = args.optional('resourceGroup');
  const place: Place = {
    group: given,
    environment: namedEnvironment(args.optional('environment')),
  };
  const isNewGroup = given !== undefined && !(await groupExists(session, given));
  if (isNewGroup) return place;
  const scope = given === undefined ? session.subscription : groupPath(session, given);
  const fits = fitting(args.optional('location'));
  const [app, another] = (await listOf(session, `${scope}/providers/Microsoft.App/containerApps`))
    .filter((one) => sameText(one['name'], args.text('name')) && fits(one))
    .filter((one) => place.environment === undefined || isIn(one, place.environment.name));
  if (another) throw several('containerapps', args.text('name'), 'Containerapp');
  if (app) {
    return {
      group: groupOf(app),
      environment: namedEnvironment(textAt(app, 'properties', 'environmentId')),
    };
  }
  const environments = (
    await listOf(session, `${scope}/providers/Microsoft.App/managedEnvironments`)
  ).filter(fits);
  if (place.environment !== undefined) {
    return given === undefined ? withGroup(place.environment, environments) : place;
  }
  const [first] = environments.filter(logsTo(args.optional('workspaceId')));
  const environment = namedEnvironment(textAt(first, 'id'));
  return environment === undefined ? place : { group: given ?? environment.group, environment };
}

export async function groupExists(session: Session, group: string): Promise<boolean> {
  const path = groupPath(session, group);
  const { status } = await session.exchange({
    method: 'HEAD',
    path,
    apiVersion: GROUPS_API_VERSION,
  });
  return status < 400;
}

function withGroup(environment: NamedEnvironment, known: readonly JsonObject[]): Place {
  if (environment.group !== undefined) return { group: environment.group, environment };
  const [found, another] = known.filter((one) => sameText(one['name'], environment.name));
  if (another) throw several('environments', environment.name, 'Containerapp environment');
  const group = found && groupOf(found);
  return { group, environment: { ...environment, group } };
}

function several(what: string, name: string, one: string): AzError {
  return new AzError(
    `There are multiple ${what} with name ${name} on the subscription. Please specify which resource group your ${one} is in.`,
  );
}

/** `'env'`, or the id of one. */
function namedEnvironment(text: string | undefined): NamedEnvironment | undefined {
  if (text === undefined) return undefined;
  const id = /\/resourceGroups\/([^/]+)\/providers\/[^/]+\/managedEnvironments\/([^/]+)$/i.exec(
    text,
  );
  return id ? { group: id[1], name: id[2] ?? '' } : { group: undefined, name: text };
}

function groupOf(resource: JsonObject): string | undefined {
  return /\/resourceGroups\/([^/]+)\//i.exec(textAt(resource, 'id') ?? '')?.[1];
}

function isIn(app: JsonObject, environment: string): boolean {
  return sameText(namedEnvironment(textAt(app, 'properties', 'environmentId'))?.name, environment);
}

function fitting(location: string | undefined): (resource: JsonObject) => boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(' ', '');
  return (resource) =>
    location === undefined || plain(textAt(resource, 'location') ?? '') === plain(location);
}

function logsTo(workspace: string | undefined): (environment: JsonObject) => boolean {
  const path = ['properties', 'appLogsConfiguration', 'logAnalyticsConfiguration', 'customerId'];
  return (environment) => workspace === undefined || textAt(environment, ...path) === workspace;
}

function sameText(one: unknown, other: string): boolean {
  return typeof one === 'string' && one.toLowerCase() === other.toLowerCase();
}
