import { isJsonObject, textOf, type Json, type JsonObject } from '../base/json.js';
import { ArmError } from './errors.js';
import { normaliseLocation } from './regions.js';
import { parseResourceId } from './resource-id.js';

/** Terms that must all hold, e.g. `[['resourcetype', 'Microsoft.App/containerApps']]`. */
export type ResourceFilter = readonly (readonly [field: string, value: string])[];

const TERM = /^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*/i;
const FIELDS = new Set([
  'resourcetype',
  'name',
  'location',
  'resourcegroup',
  'tagname',
  'tagvalue',
]);

/**
 * Reads the `$filter` of a generic list: equalities joined by `and`.
 *
 * @param text e.g. `"resourceType eq 'Microsoft.ContainerRegistry/registries'"`
 * @throws ArmError InvalidFilterInQueryString (400)
 */
export function parseFilter(text: string | null): ResourceFilter {
  if (text === null || text.trim() === '') return [];
  const terms: [string, string][] = [];
  let rest = text;
  for (;;) {
    const match = TERM.exec(rest);
    const [whole = '', field = '', value = ''] = match ?? [];
    if (match === null || !FIELDS.has(field.toLowerCase())) throw invalidFilter(text);
    terms.push([field.toLowerCase(), value.replaceAll("''", "'")]);
    rest = rest.slice(whole.length);
    if (rest === '') return terms;
    if (!/^and\s/i.test(rest)) throw invalidFilter(text);
    rest = rest.slice(4);
  }
}

/** Whether the resource passes; letter case is of no matter except in tag values. */
export function matchesFilter(resource: JsonObject, filter: ResourceFilter): boolean {
  return filter.every(([field, value]) => matchesTerm(resource, field, value));
}

function matchesTerm(resource: JsonObject, field: string, value: string): boolean {
  switch (field) {
    case 'resourcetype':
      return sameText(resource['type'], value);
    case 'name':
      return sameText(resource['name'], value);
    case 'location':
      return normaliseLocation(textOf(resource['location'])) === normaliseLocation(value);
    case 'resourcegroup':
      return sameText(parseResourceId(textOf(resource['id']))?.resourceGroup, value);
    case 'tagname':
      return Object.keys(tagsOf(resource)).some((name) => sameText(name, value));
    default:
      return Object.values(tagsOf(resource)).includes(value);
  }
}

function tagsOf(resource: JsonObject): JsonObject {
  const { tags } = resource;
  return isJsonObject(tags) ? tags : {};
}

function sameText(actual: Json | undefined, expected: string): boolean {
  return textOf(actual).toLowerCase() === expected.toLowerCase();
}

/** A `$filter` that cannot be read. */
export function invalidFilter(text: string): ArmError {
  return new ArmError({
    status: 400,
    code: 'InvalidFilterInQueryString',
    message: `Invalid $filter '${text}' specified in the query string.`,
  });
}
