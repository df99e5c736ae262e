import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { parsePlatform, type Platform } from '../../oci/platform.js';
import { isRemoteSource } from '../sources/remote-source.js';
import { taskErrors } from '../task-error.js';
import { parseLogins, type RegistryLogin } from './registry-logins.js';
import { optionalText } from './request-fields.js';
import { parseWork, type RunWork } from './run-work.js';
import type { RunPlatform } from './run-record.js';

/** A body of `scheduleRun` that makes sense. */
export interface RunRequest {
  work: RunWork;
  timeoutSeconds: number;
  platforms: [Platform, ...Platform[]];
  /** As it was asked for. */
  platform: RunPlatform;
  cpu: number;
  isArchiveEnabled: boolean;
  agentPool?: string;
  /** Relative path of an upload, or where the source is fetched from; none for a task without one. */
  sourceLocation?: string;
  /** For a private repository. */
  sourceToken?: string;
  /** Registries besides its own that the run signs in to. */
  logins: readonly RegistryLogin[];
}

const DEFAULT_TIMEOUT_SECONDS = 3600;
/** ACR allows runs of eight hours. */
const MAX_TIMEOUT_SECONDS = 28_800;
const MIN_TIMEOUT_SECONDS = 1;

/**
 * Reads the body of `scheduleRun`, of any type but `TaskRunRequest`.
 *
 * @throws TaskError 400 for what makes no sense
 */
export function parseRunRequest(body: JsonObject): RunRequest {
  const work = parseWork(body);
  const platform = parseRunPlatform(body['platform']);
  const agent = body['agentConfiguration'];
  const agentPool = optionalText(body, 'agentPoolName');
  const sourceLocation = parseSourceLocation(body['sourceLocation'], work);
  const sourceToken = optionalText(body, 'contextAccessToken');
  return {
    work,
    timeoutSeconds: parseTimeout(body['timeout']),
    platforms: parsePlatforms(platform),
    platform,
    cpu: isJsonObject(agent) && typeof agent['cpu'] === 'number' ? agent['cpu'] : 2,
    isArchiveEnabled: body['isArchiveEnabled'] === true,
    logins: parseLogins(body['credentials']),
    ...(agentPool && { agentPool }),
    ...(sourceLocation !== undefined && { sourceLocation }),
    ...(sourceToken && { sourceToken }),
  };
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

function parseSourceLocation(value: Json | undefined, work: RunWork): string | undefined {
  if (typeof value === 'string' && value !== '') {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) && !isRemoteSource(value)) {
      throw taskErrors.invalidSource(
        `The source location '${value}' is neither a git repository, an archive at an http(s) URL nor an artifact at oci://.`,
      );
    }
    return value;
  }
  if (work.kind === 'encoded') return undefined;
  throw taskErrors.invalidSource('The run has no source location.');
}
