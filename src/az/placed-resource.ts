import { isJsonObject, type JsonObject } from '../base/json.js';
import { parseTags } from './common-arguments.js';
import type { ArgumentReader, ArgumentSpec } from './spec.js';
import type { Session } from './session.js';
import { textAt } from './json-path.js';

/** The location of a resource group, which what is created in it has unless told otherwise. */
export async function groupLocation(session: Session, group: string): Promise<string> {
  const found = await session.armJson({
    method: 'GET',
    path: `${session.subscription}/resourcegroups/${encodeURIComponent(group)}`,
    apiVersion: '2024-11-01',
  });
  return textAt(found, 'location') ?? '';
}

/** `--location` of what goes where its group is unless told otherwise. */
export const RESOURCE_LOCATION: ArgumentSpec = {
  name: 'location',
  options: ['--location', '-l'],
  environment: 'AZURE_DEFAULTS_LOCATION',
  help: "The geo-location where the resource lives. Default: the resource group's.",
};

/** Location and tags of a resource that is made. */
export async function locationAndTags(session: Session, args: ArgumentReader): Promise<JsonObject> {
  const location =
    args.optional('location') ?? (await groupLocation(session, args.text('resourceGroup')));
  const tags = args.list('tags');
  return { location, ...(tags === undefined ? {} : { tags: parseTags(tags) }) };
}

/** A resource with its properties beside its name, as most client libraries print it. */
export function withPropertiesBeside(resource: JsonObject): JsonObject {
  const { properties, ...rest } = resource;
  return { ...rest, ...(isJsonObject(properties) ? properties : {}) };
}
