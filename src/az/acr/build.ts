import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { fillShape, type Shape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { packContext } from './archive.js';
import { findRegistry, registryName, registryPath } from './registries.js';
import { followRunLog } from './run-log.js';
import { textAt } from '../json-path.js';

const API_VERSION = '2025-03-01-preview';
const RUN_ENDED = new Set(['Succeeded', 'Failed', 'Canceled', 'Error', 'Timeout']);
const OPERATING_SYSTEMS = ['linux', 'windows'];
const ARCHITECTURES = ['amd64', 'x86', '386', 'arm', 'arm64'];
const VARIANTS = ['v6', 'v7', 'v8'];

/** `az acr build`: packs the context, uploads it, queues the run and shows its log. */
export async function build(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const registry = await findRegistry(
    session,
    registryName(args.text('registry')),
    args.optional('resourceGroup'),
  );
  const path = registryPath(session, registry.resourceGroup, registry.name);
  const source = await sendSource(session, args, path, registry.name);
  const images = args.list('image') ?? [];
  if (images.length === 0 && !args.flag('noPush')) {
    session.warn("'--image or -t' is not provided. Skipping image push after build.");
  }
  const run = await session.armJson({
    method: 'POST',
    path: `${path}/scheduleRun`,
    apiVersion: API_VERSION,
    body: buildRequest(args, images, source),
  });
  const properties = isJsonObject(run['properties']) ? run['properties'] : {};
  const runId = properties['runId'];
  if (typeof runId !== 'string') throw new AzError('The registry queued no run.');
  session.warn(`Queued a build with ID: ${runId}`);
  if (args.flag('noWait')) return printedRun(run);
  session.warn('Waiting for an agent...');
  if (args.flag('noLogs')) return await waitForRun(session, `${path}/runs/${runId}`);
  const link = (
    await session.armJson({
      method: 'POST',
      path: `${path}/runs/${runId}/listLogSasUrl`,
      apiVersion: API_VERSION,
    })
  )['logLink'];
  if (typeof link !== 'string') throw new AzError(`Could not get logs for ID: ${runId}`);
  await followRunLog(session, link);
  return undefined;
}

interface Source {
  location: string;
  dockerfile: string;
}

async function sendSource(
  session: Session,
  args: ArgumentReader,
  path: string,
  registry: string,
): Promise<Source> {
  const location = args.text('sourceLocation');
  const file = args.optional('file') ?? '';
  if (!existsSync(location)) return remoteSource(session, location, file, registry);
  if (!statSync(location).isDirectory()) {
    throw new AzError('Source location should be a local directory path or remote URL.');
  }
  const dockerfile = file === '' ? join(location, 'Dockerfile') : file;
  if (!existsSync(dockerfile)) throw new AzError(`Unable to find '${dockerfile}'.`);
  session.warn('Packing source code into tar to upload...');
  const unique = randomUUID().replaceAll('-', '');
  const dockerfileInArchive = `${unique}_${basename(dockerfile)}`;
  const archive = await packContext({
    context: location,
    dockerfile,
    dockerfileInArchive,
    warn: (message) => {
      session.warn(message);
    },
  });
  const archiveName = join(tmpdir(), `build_archive_${randomUUID().replaceAll('-', '')}.tar.gz`);
  session.warn(`Uploading archived source code from '${archiveName}'...`);
  const relativePath = await upload(session, path, archive);
  session.warn(`Sending context (${sizeText(archive.length)}) to registry: ${registry}...`);
  return { location: relativePath, dockerfile: dockerfileInArchive };
}

/** Git repositories, tarballs and artifacts that the registry fetches itself. */
function remoteSource(session: Session, location: string, file: string, registry: string): Source {
  if (!/^(git@|git:\/\/|https?:\/\/|github\.com\/|oci:\/\/)/i.test(location)) {
    throw new AzError(`'${location}' doesn't exist.`);
  }
  session.warn(`Sending context to registry: ${registry}...`);
  return { location, dockerfile: file === '' ? 'Dockerfile' : file };
}

async function upload(session: Session, path: string, archive: Buffer): Promise<string> {
  const target = await session.armJson({
    method: 'POST',
    path: `${path}/listBuildSourceUploadUrl`,
    apiVersion: API_VERSION,
  });
  const { uploadUrl, relativePath } = target;
  if (typeof uploadUrl !== 'string' || typeof relativePath !== 'string') {
    throw new AzError('Failed to get a SAS URL to upload context.');
  }
  const response = await session.http.send({
    method: 'PUT',
    url: uploadUrl,
    headers: {
      'x-ms-blob-type': 'BlockBlob',
      'x-ms-version': '2025-05-05',
      'x-ms-date': new Date().toUTCString(),
      'x-ms-client-request-id': randomUUID(),
      'content-type': 'application/octet-stream',
      accept: 'application/xml',
    },
    body: archive,
  });
  if (response.status !== 201) {
    throw new AzError(`The context could not be uploaded: ${response.status} ${response.reason}`);
  }
  return relativePath;
}

function buildRequest(args: ArgumentReader, images: string[], source: Source): JsonObject {
  const timeout = args.number('timeout');
  const target = args.optional('target');
  return {
    type: 'DockerBuildRequest',
    isArchiveEnabled: false,
    imageNames: images,
    isPushEnabled: images.length > 0 && !args.flag('noPush'),
    noCache: false,
    sourceLocation: source.location,
    dockerFilePath: source.dockerfile,
    platform: platformOf(args.optional('platform')),
    arguments: [
      ...argumentsOf(args.list('buildArg') ?? [], false),
      ...argumentsOf(args.list('secretBuildArg') ?? [], true),
    ],
    credentials: {},
    ...(timeout === undefined ? {} : { timeout }),
    ...(target === undefined ? {} : { target }),
  };
}

function argumentsOf(words: string[], isSecret: boolean): JsonObject[] {
  return words.map((word) => {
    const at = word.indexOf('=');
    const name = at === -1 ? word : word.slice(0, at);
    const value = at === -1 ? (process.env[word] ?? '') : word.slice(at + 1);
    return { type: 'Argument', name, value, isSecret };
  });
}

/** `'linux/arm/v7'`. @throws AzError naming the valid choices */
function platformOf(text: string | undefined): JsonObject {
  const [os = 'linux', architecture = 'amd64', variant] = (text ?? 'linux')
    .toLowerCase()
    .split('/');
  const check = (value: string, valid: string[], what: string): void => {
    if (valid.includes(value)) return;
    throw new AzError(
      `'${value}' is not a valid value for ${what} specified in --platform. Valid options are ${valid.join(',')}.`,
    );
  };
  check(os, OPERATING_SYSTEMS, 'OS');
  check(architecture, ARCHITECTURES, 'Architecture');
  if (variant !== undefined) check(variant, VARIANTS, 'Variant');
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

async function waitForRun(session: Session, path: string): Promise<Json> {
  for (let pause = 100; ; pause = Math.min(pause * 2, 1_000)) {
    const run = await session.armJson({ method: 'GET', path, apiVersion: API_VERSION });
    const properties = isJsonObject(run['properties']) ? run['properties'] : {};
    const status = properties['status'];
    if (typeof status === 'string' && RUN_ENDED.has(status)) {
      if (status === 'Succeeded') return printedRun(run);
      throw new AzError(
        `The run with ID '${textAt(properties, 'runId') ?? ''}' finished with unsuccessful status '${status}'.`,
      );
    }
    await delay(pause, undefined, session.io.signal ? { signal: session.io.signal } : {});
  }
}

const IMAGE: Shape = { registry: 'any', repository: 'any', tag: 'any', digest: 'any' };

/** The run as the library prints it: properties lifted to the top. */
export function printedRun(run: JsonObject): Json {
  const properties = isJsonObject(run['properties']) ? run['properties'] : {};
  return fillShape(
    { ...run, ...properties },
    {
      id: 'any',
      name: 'any',
      type: 'any',
      systemData: 'any',
      runId: 'any',
      status: 'any',
      lastUpdatedTime: 'time',
      runType: 'any',
      agentPoolName: 'any',
      createTime: 'time',
      startTime: 'time',
      finishTime: 'time',
      outputImages: [IMAGE],
      task: 'any',
      imageUpdateTrigger: 'any',
      sourceTrigger: 'any',
      timerTrigger: 'any',
      platform: { os: 'any', architecture: 'any', variant: 'any' },
      agentConfiguration: { cpu: 'any' },
      sourceRegistryAuth: 'any',
      customRegistries: 'any',
      runErrorMessage: 'any',
      updateTriggerToken: 'any',
      logArtifact: IMAGE,
      provisioningState: 'any',
      isArchiveEnabled: 'any',
    },
    { keepUnknown: false },
  );
}

/** `'1.856 KiB'` */
function sizeText(bytes: number): string {
  const units = ['Bytes', 'KiB', 'MiB', 'GiB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(3)} ${units[unit] ?? 'GiB'}`;
}
