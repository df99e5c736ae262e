import type { Json } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { valueAt, textAt } from '../json-path.js';

const APP_FIELDS = new Set(['name', 'location', 'resourceGroup', 'provisioningState']);
const REVISION_FIELDS = new Set([
  'active',
  'createdTime',
  'trafficWeight',
  'healthState',
  'provisioningState',
  'replicas',
]);

export function appRow(app: Json): Json {
  if (!isJsonObject(app)) return null;
  const own = Object.entries(app).filter(([key]) => APP_FIELDS.has(key));
  return {
    ...Object.fromEntries(own),
    fqdn: valueAt(app, 'properties', 'configuration', 'ingress', 'fqdn') ?? null,
  };
}

export function appRows(result: Json): Json {
  return Array.isArray(result) ? result.map(appRow) : appRow(result);
}

export function revisionRow(revision: Json): Json {
  if (!isJsonObject(revision)) return null;
  const properties = revision['properties'];
  const own = Object.entries(isJsonObject(properties) ? properties : {}).filter(([key]) =>
    REVISION_FIELDS.has(key),
  );
  const name = revision['name'];
  const fqdn = textAt(properties, 'template', 'fqdn');
  return {
    ...Object.fromEntries(own),
    ...(name === undefined ? {} : { name }),
    ...(fqdn === undefined ? {} : { fqdn }),
  };
}

export function revisionRows(result: Json): Json {
  return Array.isArray(result) ? result.map(revisionRow) : revisionRow(result);
}

/** Takes environment values and scale metadata out of what create and update print. Changes `app`. */
export function hideSensitiveValues(app: Json): Json {
  const template = valueAt(app, 'properties', 'template');
  for (const container of listIn(valueAt(template, 'containers'))) {
    for (const variable of listIn(valueAt(container, 'env'))) {
      if (isJsonObject(variable) && variable['value']) delete variable['value'];
    }
  }
  for (const rule of listIn(valueAt(template, 'scale', 'rules'))) {
    if (!isJsonObject(rule)) continue;
    for (const part of Object.values(rule)) {
      const metadata = isJsonObject(part) ? part['metadata'] : undefined;
      if (isJsonObject(part) && isJsonObject(metadata)) {
        part['metadata'] = Object.fromEntries(Object.keys(metadata).map((key) => [key, '']));
      }
    }
  }
  return app;
}

function listIn(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
