import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { taskErrors } from '../task-error.js';
import type { SetValue } from '../yaml/values.js';
import { optionalText } from './request-fields.js';

/** A value given with the request; a secret one never shows. */
export interface GivenValue extends SetValue {
  isSecret: boolean;
}

/** What a run does. */
export type RunWork = DockerWork | FileWork | EncodedWork;

export interface DockerWork {
  kind: 'docker';
  imageNames: string[];
  isPushEnabled: boolean;
  noCache: boolean;
  dockerfile: string;
  target?: string;
  buildArgs: GivenValue[];
}

/** A task file of the source. */
export interface FileWork {
  kind: 'file';
  /** Relative to the source, e.g. `'acb.yaml'`. */
  taskFile: string;
  valuesFile?: string;
  values: GivenValue[];
}

/** A task file that came with the request. */
export interface EncodedWork {
  kind: 'encoded';
  text: string;
  valuesText?: string;
  values: GivenValue[];
}

const MAX_IMAGE_NAMES = 100;
const MAX_VALUES = 1_000;

/** @throws TaskError 400 */
export function parseWork(body: JsonObject): RunWork {
  const type = body['type'];
  switch (type) {
    case 'DockerBuildRequest':
      return parseDockerWork(body);
    case 'FileTaskRunRequest': {
      const valuesFile = optionalText(body, 'valuesFilePath');
      return {
        kind: 'file',
        taskFile: optionalText(body, 'taskFilePath') ?? 'acb.yaml',
        ...(valuesFile && { valuesFile }),
        values: parseValues(body, 'values'),
      };
    }
    case 'EncodedTaskRunRequest': {
      const valuesText = decode(body, 'encodedValuesContent');
      return {
        kind: 'encoded',
        text: decode(body, 'encodedTaskContent') ?? '',
        ...(valuesText !== undefined && { valuesText }),
        values: parseValues(body, 'values'),
      };
    }
    default:
      throw taskErrors.invalidRequest(`The run type ${JSON.stringify(type ?? null)} is not known.`);
  }
}

function parseDockerWork(body: JsonObject): DockerWork {
  const target = optionalText(body, 'target');
  return {
    kind: 'docker',
    imageNames: parseImageNames(body['imageNames']),
    isPushEnabled: body['isPushEnabled'] !== false,
    noCache: body['noCache'] === true,
    dockerfile: optionalText(body, 'dockerFilePath') ?? 'Dockerfile',
    ...(target && { target }),
    buildArgs: parseValues(body, 'arguments'),
  };
}

function parseImageNames(value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  const names = Array.isArray(value) ? value : [value];
  if (names.length > MAX_IMAGE_NAMES) throw taskErrors.invalidRequest('Too many image names.');
  return names.map((name) => {
    if (typeof name === 'string' && name !== '') return name;
    throw taskErrors.invalidRequest(`'imageNames' holds something that is not a name.`);
  });
}

function parseValues(body: JsonObject, field: string): GivenValue[] {
  const value = body[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw taskErrors.invalidRequest(`'${field}' is not a list.`);
  if (value.length > MAX_VALUES) throw taskErrors.invalidRequest(`'${field}' is too long.`);
  return value.map((item) => {
    const name = isJsonObject(item) ? item['name'] : undefined;
    const text = isJsonObject(item) ? item['value'] : undefined;
    if (typeof name !== 'string' || name === '') {
      throw taskErrors.invalidRequest(`'${field}' holds an entry without a name.`);
    }
    const isSecret = isJsonObject(item) && item['isSecret'] === true;
    return { name, value: typeof text === 'string' ? text : '', isSecret };
  });
}

function decode(body: JsonObject, field: string): string | undefined {
  const text = optionalText(body, field);
  if (text === undefined) return undefined;
  if (/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return Buffer.from(text, 'base64').toString('utf8');
  throw taskErrors.invalidRequest(`'${field}' is not base64.`);
}
