import { Failure } from '../../base/failure.js';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject, textOf } from '../../base/json.js';
import { list, objectOf, objects } from '../document-values.js';

/** Runs an `az` command against the Lazurite that is captured. @returns its JSON @throws Failure */
export type AskAz = (...args: string[]) => Promise<Json>;

/** A row of the system log. */
export interface CapturedRow {
  reason: string;
  message: string;
  isWarning: boolean;
}

/** An app that fails, as a running Lazurite has it. */
export interface CapturedApp {
  name: string;
  resourceGroup: string;
  /** `properties.configuration`, as `az containerapp show` tells it. */
  configuration: JsonObject;
  /** The revision that fails. */
  failing: { name: string; template: JsonObject };
  /** The last revision before it that was Healthy. */
  healthy?: { name: string; template: JsonObject };
  /** What the system log says of the failing revision, each reason with each text once. */
  rows: CapturedRow[];
  /** The registries that the app pulls from and this Lazurite has: login server → name. */
  registries: ReadonlyMap<string, string>;
}

/** @throws Failure when there is no such app, or it does not fail */
export async function captureApp(
  az: AskAz,
  app: { name: string; resourceGroup: string },
): Promise<CapturedApp> {
  const at = ['--name', app.name, '--resource-group', app.resourceGroup] as const;
  const shown = objectOf(await az('containerapp', 'show', ...at));
  const revisions = objects(await az('containerapp', 'revision', 'list', ...at, '--all'));
  const { configuration, latestRevisionName } = objectOf(shown['properties']);
  const failing = revisions.find(({ name }) => name === latestRevisionName);
  if (!failing) throw withoutRevision(app.name);
  if (stateOf(failing) === 'Healthy') throw notFailing(app.name, textOf(latestRevisionName));
  const log = await az('containerapp', 'logs', 'show', ...at, '--type', 'system', '--tail', '300');
  const healthy = revisions.findLast((one) => one !== failing && stateOf(one) === 'Healthy');
  const registries = objects(await az('acr', 'list'));
  return {
    ...app,
    configuration: objectOf(configuration),
    failing: revisionOf(failing),
    ...(healthy && { healthy: revisionOf(healthy) }),
    rows: rowsOf(list(log), textOf(failing['name'])),
    registries: new Map(registries.map((one) => [textOf(one['loginServer']), textOf(one['name'])])),
  };
}

function stateOf(revision: JsonObject): string {
  return textOf(objectOf(revision['properties'])['healthState']);
}

function revisionOf(revision: JsonObject): { name: string; template: JsonObject } {
  const template = objectOf(objectOf(revision['properties'])['template']);
  return { name: textOf(revision['name']), template };
}

function rowsOf(log: readonly Json[], revision: string): CapturedRow[] {
  const rows = log.filter((row) => isJsonObject(row) && row['RevisionName'] === revision);
  const found = new Map<string, CapturedRow>();
  for (const { Reason, Msg, Type } of objects(rows)) {
    const row = { reason: textOf(Reason), message: textOf(Msg), isWarning: Type === 'Warning' };
    found.set(`${row.reason}\0${row.message}`, row);
  }
  return [...found.values()];
}

function withoutRevision(name: string): Failure {
  return new Failure(`the app ${name} has no revision`, {
    why: 'its deployment was refused, so nothing of it ran or failed',
    help: 'paste the error to: lazurite doctor --from -   it names the lab that reproduces it',
  });
}

function notFailing(name: string, revision: string): Failure {
  return new Failure(`the app ${name} does not fail`, {
    why: `its latest revision ${revision} is Healthy: there is nothing to reproduce`,
    help: 'lazurite status   shows which apps fail; or begin with lazurite lab new NAME --template LAB',
  });
}
