import {
  DocumentError,
  isRecord,
  optionalString,
  optionalStringArray,
  optionalStringMap,
  parseJsonObject,
  parsePlatformObject,
  requireArray,
  type JsonRecord,
} from './document.js';
import { parseDigest, type Digest } from './digest.js';
import type { Platform } from './platform.js';

/** Docker's health check; times are nanoseconds. */
export interface HealthcheckConfig {
  /** `['NONE']`, `['CMD', …]` or `['CMD-SHELL', '…']` */
  Test: string[];
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

/** The execution parameters that a container of the image starts with. */
export interface ImageExecution {
  User?: string;
  ExposedPorts?: Record<string, object>;
  /** `NAME=value` entries. */
  Env?: string[];
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Volumes?: Record<string, object>;
  WorkingDir?: string;
  Labels?: Record<string, string>;
  StopSignal?: string;
  /** Docker's extensions of the spec. */
  Healthcheck?: HealthcheckConfig;
  Shell?: string[];
  OnBuild?: string[];
}

export interface HistoryEntry {
  /** RFC 3339. */
  created?: string;
  created_by?: string;
  comment?: string;
  empty_layer?: boolean;
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
export interface ImageConfig extends Platform {
  /** RFC 3339. */
  created?: string;
  author?: string;
  config?: ImageExecution;
  rootfs: {
    type: 'layers';
    /** Digests of the *uncompressed* layer tars, base layer first. */
    diff_ids: Digest[];
  };
  history?: HistoryEntry[];
}

/** What an image runs on, without the rest of its config. */
export function platformOfConfig({ os, architecture, ...config }: ImageConfig): Platform {
  const { variant, 'os.version': version, 'os.features': features } = config;
  return {
    os,
    architecture,
    ...(variant && { variant }),
    ...(version && { 'os.version': version }),
    ...(features && { 'os.features': features }),
  };
}

/** Configs hold environment and history, never file content. */
export const MAX_IMAGE_CONFIG_BYTES = 8 * 1024 * 1024;
const MAX_LAYERS = 4096;

/**
 * Reads an image config that came from somewhere else. Fields not named in the interfaces are dropped.
 *
 * @throws DocumentError naming the field that is not what the spec says.
 */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const document = parseJsonObject(bytes, 'image config', MAX_IMAGE_CONFIG_BYTES);
  const created = optionalString(document, 'created', 'config');
  const author = optionalString(document, 'author', 'config');
  const execution = document['config'];
  const history = parseHistory(document['history']);
  return {
    ...parsePlatformObject(document, 'config'),
    ...(created !== undefined && { created }),
    ...(author !== undefined && { author }),
    ...(isRecord(execution) && { config: parseExecution(execution) }),
    rootfs: { type: 'layers', diff_ids: parseDiffIds(document['rootfs']) },
    ...(history && { history }),
  };
}

function parseDiffIds(rootfs: unknown): Digest[] {
  if (!isRecord(rootfs)) throw new DocumentError('config.rootfs is missing');
  return requireArray(rootfs, 'diff_ids', 'config.rootfs', MAX_LAYERS).map((item, index) => {
    const digest = typeof item === 'string' ? parseDigest(item) : undefined;
    if (digest === undefined) {
      throw new DocumentError(`config.rootfs.diff_ids[${index}] is not a digest`);
    }
    return digest;
  });
}

const WHERE = 'config.config';

function parseExecution(record: JsonRecord): ImageExecution {
  const result: ImageExecution = {};
  for (const field of ['User', 'WorkingDir', 'StopSignal'] as const) {
    const value = optionalString(record, field, WHERE);
    if (value) result[field] = value;
  }
  for (const field of ['Env', 'Entrypoint', 'Cmd', 'Shell', 'OnBuild'] as const) {
    const value = optionalStringArray(record, field, WHERE);
    if (value) result[field] = value;
  }
  for (const field of ['ExposedPorts', 'Volumes'] as const) {
    const value = record[field];
    if (isRecord(value)) result[field] = toEmptyObjects(value);
  }
  const labels = optionalStringMap(record, 'Labels', WHERE);
  if (labels) result.Labels = labels;
  const healthcheck = parseHealthcheck(record['Healthcheck']);
  if (healthcheck) result.Healthcheck = healthcheck;
  return result;
}

function toEmptyObjects(record: JsonRecord): Record<string, object> {
  return Object.fromEntries(Object.keys(record).map((key) => [key, {}]));
}

function parseHealthcheck(value: unknown): HealthcheckConfig | undefined {
  if (!isRecord(value)) return undefined;
  const result: HealthcheckConfig = {
    Test: optionalStringArray(value, 'Test', `${WHERE}.Healthcheck`) ?? [],
  };
  for (const field of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries'] as const) {
    const number = value[field];
    if (typeof number === 'number' && number >= 0) result[field] = number;
  }
  return result;
}

function parseHistory(value: unknown): HistoryEntry[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter(isRecord).map((entry) => {
    const result: HistoryEntry = {};
    for (const field of ['created', 'created_by', 'comment'] as const) {
      const text = entry[field];
      if (typeof text === 'string') result[field] = text;
    }
    if (entry['empty_layer'] === true) result.empty_layer = true;
    return result;
  });
}
