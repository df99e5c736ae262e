import type { Json } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { pythonText } from '../output/json.js';

export function objectsOf(result: Json): Json[] {
  return Array.isArray(result) ? result : [result];
}

/** The value at a path as text; a blank for what is missing, empty or false. */
export function cell(item: Json, ...path: (string | number)[]): string {
  let value: Json | undefined = item;
  for (const key of path) {
    if (Array.isArray(value) && typeof key === 'number') value = value[key];
    else if (isJsonObject(value)) value = value[String(key)];
    else return ' ';
  }
  return value === undefined || isBlank(value) ? ' ' : pythonText(value);
}

/** `'2026-06-23T12:22:11.177411+00:00'` → `'2026-06-23T12:22:11Z'` */
export function timeCell(item: Json, ...path: string[]): string {
  return cell(item, ...path).replace(/(?:\.\d+)?(?:\+00:00|Z)$/, 'Z');
}

function isBlank(value: Json): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export function registryTable(result: Json): Json {
  return objectsOf(result).map((item) => ({
    NAME: cell(item, 'name'),
    'RESOURCE GROUP': cell(item, 'resourceGroup'),
    LOCATION: cell(item, 'location'),
    SKU: cell(item, 'sku', 'name'),
    'LOGIN SERVER': cell(item, 'loginServer'),
    'CREATION DATE': timeCell(item, 'creationDate'),
    'ADMIN ENABLED': cell(item, 'adminUserEnabled'),
  }));
}

export function credentialTable(result: Json): Json {
  return objectsOf(result).map((item) => ({
    USERNAME: cell(item, 'username'),
    PASSWORD: cell(item, 'passwords', 0, 'value'),
    PASSWORD2: cell(item, 'passwords', 1, 'value'),
  }));
}

export function runTable(result: Json): Json {
  return objectsOf(result).map((item) => ({
    'RUN ID': cell(item, 'runId'),
    TASK: cell(item, 'task'),
    PLATFORM: cell(item, 'platform', 'os'),
    STATUS: cell(item, 'status'),
    TRIGGER: triggerOf(item),
    STARTED: timeCell(item, 'startTime'),
    DURATION: durationCell(item),
  }));
}

function triggerOf(item: Json): string {
  if (!isJsonObject(item)) return ' ';
  if (item['timerTrigger']) return 'Timer';
  if (item['imageUpdateTrigger']) return 'Image Update';
  if (item['sourceTrigger']) return 'Commit';
  return 'Manual';
}

/** `'00:01:09'` */
export function durationCell(item: Json): string {
  const start = Date.parse(cell(item, 'startTime'));
  const seconds = Math.floor((Date.parse(cell(item, 'finishTime')) - start) / 1000);
  if (!Number.isFinite(seconds)) return ' ';
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

export function usageTable(result: Json): Json {
  const usages = isJsonObject(result) ? (result['value'] ?? []) : [];
  return objectsOf(usages).map((item) => ({
    NAME: cell(item, 'name'),
    LIMIT: cell(item, 'limit'),
    'CURRENT VALUE': cell(item, 'currentValue'),
    UNIT: cell(item, 'unit'),
  }));
}
