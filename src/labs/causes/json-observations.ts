import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject, textOf } from '../../base/json.js';
import { list, objectOf, objects } from '../document-values.js';
import { manifestMetadata, platformName } from '../image-platforms.js';
import type { Observation } from './observation.js';

/** A row's field in the log stream, and what Log Analytics and Kubernetes call it. */
const ROW_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Reason: ['Reason', 'Reason_s', 'reason'],
  Msg: ['Msg', 'Log_s', 'Log', 'message'],
  Type: ['Type', 'Type_s', 'type'],
  RevisionName: ['RevisionName', 'RevisionName_s'],
  ReplicaName: ['ReplicaName', 'ReplicaName_s'],
  ContainerAppName: ['ContainerAppName', 'ContainerAppName_s'],
  EventSource: ['EventSource', 'EventSource_s'],
};
/** The fields in which a revision and a replica say what ails them. */
const STATE_FIELDS = ['healthState', 'runningState', 'runningStateDetails', 'provisioningError'];
const DEEPEST = 60;

/** Where a value is in what was pasted. */
interface Place {
  /** e.g. `'line 1, [3].properties'` */
  where: string;
  depth: number;
  /** The revision that it is a part of. */
  revision?: string;
}

/** What a JSON value holds: rows, errors, states of revisions, what is known of images, and other texts. */
export function observationsOfJson(value: Json, where: string): Observation[] {
  return visit(value, { where, depth: 0 });
}

function visit(value: Json, place: Place): Observation[] {
  if (place.depth > DEEPEST) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => visit(item, below(place, `[${index}]`)));
  }
  if (typeof value === 'string') return visitText(value, place);
  if (!isJsonObject(value)) return [];
  const table = tableRows(value);
  if (table) return table.flatMap((row, index) => visit(row, below(place, `[${index}]`)));
  return rowOf(value, place) ?? visitObject(value, ofRevision(value, place));
}

function visitObject(value: JsonObject, place: Place): Observation[] {
  const about = [platformsOf(value), manifestOf(value), runOf(value)].filter(Boolean);
  const own = [
    ...errorOf(value, place),
    ...stateOf(value, place),
    ...about.map((text) => observation(text, place)),
  ];
  const told = new Set(own.map(({ text }) => text));
  const rest = Object.entries(value)
    .filter(([name, inner]) => name !== 'code' && !told.has(textOf(inner)))
    .flatMap(([name, inner]) => visit(inner, below(place, `.${name}`)));
  const message = own.flatMap(({ text }) => jsonWithin(text, place));
  return [...own, ...message, ...rest];
}

/** A text may be JSON once more: `statusMessage` of operations is. */
function visitText(text: string, place: Place): Observation[] {
  const inner = jsonWithin(text, place);
  if (inner.length > 0) return inner;
  return text.trim() === '' ? [] : [observation(text, place)];
}

function jsonWithin(text: string, place: Place): Observation[] {
  if (!/^\s*[{[]/.test(text)) return [];
  try {
    // JSON.parse answers JSON by definition
    return visit(JSON.parse(text) as Json, { ...place, depth: place.depth + 1 });
  } catch {
    return [];
  }
}

/** The answer of a Log Analytics query: columns, and rows of values. */
function tableRows(value: JsonObject): JsonObject[] | undefined {
  const rows = list(value['rows']).filter((row) => Array.isArray(row));
  const columns = objects(value['columns']).map((column) => textOf(column['name']));
  if (columns.length === 0) return undefined;
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
  );
}

function rowOf(value: JsonObject, place: Place): Observation[] | undefined {
  const row = Object.fromEntries(
    Object.entries(ROW_FIELDS).flatMap(([field, names]) => {
      const text = names.map((name) => textOf(value[name])).find((found) => found !== '');
      return text === undefined ? [] : [[field, text]];
    }),
  );
  const { Reason: code, Msg: text, RevisionName: revision = place.revision } = row;
  if (code === undefined || text === undefined) return undefined;
  return [{ where: place.where, text, code, row, ...(revision !== undefined && { revision }) }];
}

/** `{"code": …, "message": …}`, as Azure and registries word it. */
function errorOf(value: JsonObject, place: Place): Observation[] {
  const code = textOf(value['code']);
  const text = textOf(value['message']);
  return code === '' || text === '' ? [] : [{ ...observation(text, place), code }];
}

function stateOf(value: JsonObject, place: Place): Observation[] {
  const said = STATE_FIELDS.map((field) => textOf(value[field])).filter(Boolean);
  return said.length < 2 ? [] : [observation(said.join(' '), place)];
}

/** An index says by its platforms what it lacks: `'platforms: linux/arm64, unknown/unknown'`. */
function platformsOf(value: JsonObject): string {
  const named = objects(value['manifests']).flatMap(({ platform }) =>
    isJsonObject(platform) ? [platformName(platform)] : [],
  );
  return named.length === 0 ? '' : `platforms: ${named.join(', ')}`;
}

/** What a registry knows of a manifest: `'manifest v1: linux/arm64'`, `'manifest without a tag: an index'`. */
function manifestOf(value: JsonObject): string {
  const found = manifestMetadata(value);
  if (!found) return '';
  const { tags, platform } = found;
  return `manifest ${tags.length === 0 ? 'without a tag' : tags.join(', ')}: ${platform ?? 'an index'}`;
}

/** A run of a registry says what came of it: `'run ca2 pushed app:v1'`. */
function runOf(value: JsonObject): string {
  const run = textOf(value['runId']);
  const images = list(value['outputImages'])
    .map(objectOf)
    .map(({ repository, tag }) => `${textOf(repository)}:${textOf(tag)}`);
  return run === '' || images.length === 0 ? '' : `run ${run} pushed ${images.join(', ')}`;
}

/** A resource that is a revision: what is below it is about it. */
function ofRevision(value: JsonObject, place: Place): Place {
  const name = textOf(value['name']);
  return name.includes('--') && isJsonObject(value['properties'])
    ? { ...place, revision: name }
    : place;
}

function observation(text: string, { where, revision }: Place): Observation {
  return { where, text, ...(revision !== undefined && { revision }) };
}

function below(place: Place, name: string): Place {
  const separator = place.where.includes(',') ? '' : ', ';
  const part = separator === '' ? name : name.replace(/^\./, '');
  return { ...place, where: `${place.where}${separator}${part}`, depth: place.depth + 1 };
}
