import type { Descriptor } from './descriptor.js';
import { parseDigest } from './digest.js';
import type { Platform } from './platform.js';

/** A JSON document of the image spec is not what it must be. The message names the field. */
export class DocumentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DocumentError';
  }
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Deeper than any document of the spec; keeps recursive readers safe. */
const MAX_DEPTH = 64;

/**
 * Parses a JSON object of bounded size and depth.
 *
 * @param what names the document in messages, e.g. `'manifest'`
 * @throws DocumentError
 */
export function parseJsonObject(bytes: Uint8Array, what: string, maxBytes: number): JsonRecord {
  if (bytes.length > maxBytes) {
    throw new DocumentError(
      `${what} has ${bytes.length} bytes, more than the limit of ${maxBytes}`,
    );
  }
  if (deeperThan(bytes, MAX_DEPTH)) {
    throw new DocumentError(`${what} is nested deeper than ${MAX_DEPTH} levels`);
  }
  const value = parseJson(bytes, what);
  if (!isRecord(value)) throw new DocumentError(`${what} is not a JSON object`);
  return value;
}

function parseJson(bytes: Uint8Array, what: string): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DocumentError(`${what} is not UTF-8 text`);
  }
  try {
    return JSON.parse(text);
  } catch {
    const start = JSON.stringify(text.slice(0, 40));
    throw new DocumentError(`${what} is not JSON; it starts with ${start}`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Counts brackets outside strings. */
function deeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function optionalString(
  record: JsonRecord,
  field: string,
  where: string,
): string | undefined {
  const value = record[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new DocumentError(`${where}.${field} is not a string`);
  return value;
}

export function requireArray(
  record: JsonRecord,
  field: string,
  where: string,
  maxLength: number,
): unknown[] {
  const value: unknown = record[field];
  if (!Array.isArray(value)) throw new DocumentError(`${where}.${field} is not a list`);
  if (value.length > maxLength) {
    throw new DocumentError(
      `${where}.${field} has ${value.length} entries, more than ${maxLength}`,
    );
  }
  return value;
}

export function optionalStringArray(
  record: JsonRecord,
  field: string,
  where: string,
): string[] | undefined {
  const value: unknown = record[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new DocumentError(`${where}.${field} is not a list of strings`);
  }
  return value;
}

export function optionalStringMap(
  record: JsonRecord,
  field: string,
  where: string,
): Record<string, string> | undefined {
  const value = record[field];
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw new DocumentError(`${where}.${field} is not an object`);
  const result: Record<string, string> = {};
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== 'string')
      throw new DocumentError(`${where}.${field}.${key} is not a string`);
    Object.defineProperty(result, key, { value: item, enumerable: true, writable: true });
  }
  return result;
}

/** @throws DocumentError when media type, digest or size is missing or malformed. */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  if (!isRecord(value)) throw new DocumentError(`${where} is not a descriptor`);
  const mediaType = optionalString(value, 'mediaType', where) ?? '';
  const digest = parseDigest(optionalString(value, 'digest', where) ?? '');
  if (digest === undefined) {
    throw new DocumentError(`${where}.digest is not a sha256 or sha512 digest`);
  }
  const size = value['size'];
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new DocumentError(`${where}.size is not a number of bytes`);
  }
  const platform = parsePlatformField(value['platform'], `${where}.platform`);
  const artifactType = optionalString(value, 'artifactType', where);
  const annotations = optionalStringMap(value, 'annotations', where);
  return {
    mediaType,
    digest,
    size,
    ...(platform && { platform }),
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  };
}

export function optionalDescriptor(
  record: JsonRecord,
  field: string,
  where: string,
): Descriptor | undefined {
  const value = record[field];
  return value === undefined || value === null
    ? undefined
    : parseDescriptor(value, `${where}.${field}`);
}

function parsePlatformField(value: unknown, where: string): Platform | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw new DocumentError(`${where} is not an object`);
  return parsePlatformObject(value, where);
}

/** Reads the platform fields of an index entry or of an image config; empty text counts as absent. */
export function parsePlatformObject(record: JsonRecord, where: string): Platform {
  const variant = optionalString(record, 'variant', where);
  const version = optionalString(record, 'os.version', where);
  const features = optionalStringArray(record, 'os.features', where);
  return {
    os: optionalString(record, 'os', where) ?? '',
    architecture: optionalString(record, 'architecture', where) ?? '',
    ...(variant && { variant }),
    ...(version && { 'os.version': version }),
    ...(features && features.length > 0 && { 'os.features': features }),
  };
}
