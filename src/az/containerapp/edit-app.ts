import type { JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { objectAt, objectsAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { APP_API_VERSION, appPath, requireApp } from './requests.js';

/**
 * Reads an app with the values of its secrets, lets it be edited, and sends all of it, as the stock client does
 * where a merge patch could not take something away.
 *
 * @returns the app as it is afterwards; with `--no-wait` as the first answer shows it
 */
export async function editApp(
  session: Session,
  args: ArgumentReader,
  edit: (app: JsonObject) => void,
): Promise<JsonObject> {
  const group = args.text('resourceGroup');
  const name = args.text('name');
  const app = await requireApp(session, group, name);
  const configuration = configurationOf(app);
  configuration['secrets'] = 'secrets' in configuration ? await secretsOf(session, args) : [];
  edit(app);
  const stored = await session.armOperation(
    {
      method: 'PUT',
      path: appPath(session, group, name),
      apiVersion: APP_API_VERSION,
      body: app,
      style: 'containerapp',
    },
    { wait: !args.flag('noWait') },
  );
  return stored ?? {};
}

/** The app's `configuration`, there to be changed. */
export function configurationOf(app: JsonObject): JsonObject {
  const properties = objectAt(app, 'properties');
  const configuration = properties['configuration'];
  if (isJsonObject(configuration)) return configuration;
  const made: JsonObject = {};
  app['properties'] = { ...properties, configuration: made };
  return made;
}

/** The app's secrets with their values. */
export async function secretsOf(session: Session, args: ArgumentReader): Promise<JsonObject[]> {
  const answer = await session.armJson({
    method: 'POST',
    path: appPath(session, args.text('resourceGroup'), args.text('name'), '/listSecrets'),
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
  return objectsAt(answer, 'value');
}

/** Merges into the app's configuration. */
export async function patchConfiguration(
  session: Session,
  args: ArgumentReader,
  configuration: JsonObject,
  name = args.text('name'),
): Promise<JsonObject> {
  const patched = await session.armOperation(
    {
      method: 'PATCH',
      path: appPath(session, args.text('resourceGroup'), name),
      apiVersion: APP_API_VERSION,
      body: { properties: { configuration } },
      style: 'containerapp',
    },
    { wait: true },
  );
  return patched ?? {};
}
