import type { Json } from '../base/json.js';
import { isJsonObject } from '../base/json.js';

const GROUP_OF_ID = /^[^/]*\/[^/]*\/[^/]*\/resourcegroups\/([^/]+)\/[^/]*\/[^/]*\/[^/]*\/./i;

/** Adds `resourceGroup` beside every resource id, at every depth, as all commands but `az rest` do. */
export function addResourceGroups(value: Json): void {
  if (Array.isArray(value)) {
    value.forEach(addResourceGroups);
    return;
  }
  if (!isJsonObject(value)) return;
  const id = value['id'];
  const hasOne = Object.keys(value).some((key) => key.toLowerCase() === 'resourcegroup');
  const match = typeof id === 'string' && !hasOne ? GROUP_OF_ID.exec(id) : null;
  if (match?.[1] !== undefined) value['resourceGroup'] = match[1];
  for (const [key, item] of Object.entries(value))
    if (key !== 'sourceVault') addResourceGroups(item);
}
