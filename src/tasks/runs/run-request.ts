import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { parsePlatform, type Platform } from '../../oci/platform.js';
import { taskErrors } from '../task-error.js';
import type { RunPlatform } from './run-record.js';

/** A `DockerBuildRequest` that makes sense. */
export interface DockerBuild {
  imageNames: string[];
  isPushEnabled: boolean;
  noCache: boolean;
  dockerfile: string;
  target?: string;
  buildArgs: Map<string, string>;
  timeoutSeconds: number;
  platforms: [Platform, ...Platform[]];
  /** As it was asked for. */
  platform: RunPlatform;
  cpu: number;
  isArchiveEnabled: boolean;
  /** Relative path of an upload. */
  sourceLocation: string;
}

const DEFAULT_TIMEOUT_SECONDS = 3600;
/** ACR allows runs of eight hours. */
const MAX_TIMEOUT_SECONDS = 28_800;
const MIN_TIMEOUT_SECONDS = 1;
const MAX_IMAGE_NAMES = 100;

/**
 * Reads the body of `scheduleRun`.
 *
 * @throws TaskError 400 for what makes no sense, 501 for the kinds of run that are not there yet
 */
export function parseRunRequest(body: JsonObject): DockerBuild {
  const type = body['type'];
  if (type !== 'DockerBuildRequest') throw refuseType(type);
  const platform = parseRunPlatform(body['platform']);
  const agent = body['agentConfiguration'];
  const target = optionalText(body, 'target');
  return {
    imageNames: parseImageNames(body['imageNames']),
    isPushEnabled: body['isPushEnabled'] !== false,
    noCache: body['noCache'] === true,
    dockerfile: optionalText(body, 'dockerFilePath') ?? 'Dockerfile',
    ...(target && { target }),
    buildArgs: parseArguments(body['arguments']),
    timeoutSeconds: parseTimeout(body['timeout']),
    platforms: parsePlatforms(platform),
    platform,
    cpu: isJsonObject(agent) && typeof agent['cpu'] === 'number' ? agent['cpu'] : 2,
    isArchiveEnabled: body['isArchiveEnabled'] === true,
    sourceLocation: parseSourceLocation(body['sourceLocation']),
  };
}

function refuseType(type: Json | undefined): Error {
  const known = ['FileTaskRunRequest', 'EncodedTaskRunRequest', 'TaskRunRequest'];
  if (typeof type === 'string' && known.includes(type)) {
    return taskErrors.notImplemented(`A run of type '${type}' (ACR Tasks YAML)`);
  }
  return taskErrors.invalidRequest(`The run type ${JSON.stringify(type ?? null)} is not known.`);
}

function optionalText(body: JsonObject, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw taskErrors.invalidRequest(`'${field}' is not a text.`);
  return value;
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

function parseArguments(value: Json | undefined): Map<string, string> {
  const result = new Map<string, string>();
  if (value === undefined || value === null) return result;
  if (!Array.isArray(value)) throw taskErrors.invalidRequest(`'arguments' is not a list.`);
  for (const item of value) {
    const name = isJsonObject(item) ? item['name'] : undefined;
    const text = isJsonObject(item) ? item['value'] : undefined;
    if (typeof name !== 'string' || name === '') {
      throw taskErrors.invalidRequest(`'arguments' holds an entry without a name.`);
    }
    result.set(name, typeof text === 'string' ? text : '');
  }
  return result;
}

function parseTimeout(value: Json | undefined): number {
  if (value === undefined || value === null) return DEFAULT_TIMEOUT_SECONDS;
  const valid =
    typeof value === 'number' && value >= MIN_TIMEOUT_SECONDS && value <= MAX_TIMEOUT_SECONDS;
  if (valid) return value;
  throw taskErrors.invalidRequest(
    `'timeout' must be a number of seconds from ${MIN_TIMEOUT_SECONDS} to ${MAX_TIMEOUT_SECONDS}.`,
  );
}

function parseRunPlatform(value: Json | undefined): RunPlatform {
  if (!isJsonObject(value)) return { os: 'linux', architecture: 'amd64' };
  const os = optionalText(value, 'os') ?? 'linux';
  const architecture = optionalText(value, 'architecture') ?? 'amd64';
  const variant = optionalText(value, 'variant');
  return { os, architecture, ...(variant && { variant }) };
}

/**
 * Clients cut `os/arch/variant` at its slashes, a list `linux/amd64,linux/arm64` too. Joined again it is
 * what the user wrote.
 */
function parsePlatforms(platform: RunPlatform): [Platform, ...Platform[]] {
  const text = [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/');
  const [first, ...others] = text.split(',').map((part) => {
    const parsed = parsePlatform(part.trim());
    if (parsed?.os === 'linux') return parsed;
    throw taskErrors.invalidRequest(
      parsed === undefined
        ? `The platform '${part}' is not one that images are built for.`
        : `Images for '${parsed.os}' cannot be built here; only linux ones can.`,
    );
  });
  if (first === undefined) throw taskErrors.invalidRequest('No platform is given.');
  return [first, ...others];
}

function parseSourceLocation(value: Json | undefined): string {
  if (typeof value !== 'string' || value === '') {
    throw taskErrors.invalidSource('The run has no source location.');
  }
  if (/^[a-z][a-z0-9+.-]*:\/\/|^git@|\.git(?:#|$)/i.test(value)) {
    throw taskErrors.notImplemented('A build from a git repository or a remote archive');
  }
  return value;
}
