import type { Json, JsonObject } from '../base/json.js';
import { textOf } from '../base/json.js';
import { objectOf, objects } from './document-values.js';
import { differences, shown } from './json-diff.js';
import type { SeenApps } from './snapshots.js';

/** A setting of an app that differs after the fix. */
export interface ChangedSetting {
  app: string;
  /** e.g. `'template.containers[app].image'` */
  setting: string;
  before: string;
  after: string;
}

/** What a person sets; the rest follows from it. */
const SET_BY_PEOPLE = ['configuration', 'template', 'workloadProfileName'] as const;
/** Below these: what the service fills in, or what only names a revision. */
const FOLLOWS =
  /(^|\.)(revisionSuffix|fqdn|imageType|ephemeralStorage|traffic)(\[|\.|$)|configuration\.secrets/;

/** The settings of the apps that the fix changed; undefined where the apps were not looked at. */
export function changedSettings({ before, after }: SeenApps): ChangedSetting[] | undefined {
  if (before === undefined || after === undefined) return undefined;
  const [old, now] = [settingsByApp(before), settingsByApp(after)];
  return [...now].flatMap(([app, settings]) => {
    const former = old.get(app);
    if (!former) {
      return [{ app, setting: 'the app', before: 'was not created', after: 'is there' }];
    }
    return differences(former, settings)
      .filter(({ path }) => !FOLLOWS.test(path))
      .filter(({ path, before: from, after: to }) => from !== undefined || !isDefault(path, to))
      .map(({ path, before: from, after: to }) => ({
        ...{ app, setting: path },
        ...{ before: shown(from), after: shown(to) },
      }));
  });
}

/** What the service fills in once it takes an app: an app that was refused does not have it yet. */
function isDefault(path: string, value: Json | undefined): boolean {
  if (path.endsWith('ingress.transport')) return value === 'Auto';
  return value === 0 || value === false || value === '';
}

function settingsByApp(apps: Json): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const app of objects(apps)) {
    const properties = objectOf(app['properties']);
    const settings = Object.fromEntries(
      SET_BY_PEOPLE.map((name) => [name, properties[name] ?? null]),
    );
    found.set(textOf(app['name']), settings);
  }
  return found;
}
