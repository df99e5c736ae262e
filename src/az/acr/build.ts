import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { queueRun } from './queue-run.js';
import { findRegistry, registryName, registryPath } from './registries.js';
import { uploadSource } from './upload-source.js';

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
  return queueRun(session, args, path, buildRequest(args, images, source), 'build');
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
  const unique = randomUUID().replaceAll('-', '');
  const nameInArchive = `${unique}_${basename(dockerfile)}`;
  const relativePath = await uploadSource(session, {
    path,
    registry,
    context: location,
    dockerfile: { file: dockerfile, nameInArchive },
    archivePrefix: 'build_archive',
  });
  return { location: relativePath, dockerfile: nameInArchive };
}

/** Git repositories, tarballs and artifacts that the registry fetches itself. */
function remoteSource(session: Session, location: string, file: string, registry: string): Source {
  if (!/^(git@|git:\/\/|https?:\/\/|github\.com\/|oci:\/\/)/i.test(location)) {
    throw new AzError(`'${location}' doesn't exist.`);
  }
  session.warn(`Sending context to registry: ${registry}...`);
  return { location, dockerfile: file === '' ? 'Dockerfile' : file };
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

/** `--set name=value`, `--build-arg name`: a name alone takes its value from the environment. */
export function argumentsOf(words: string[], isSecret: boolean): JsonObject[] {
  return words.map((word) => {
    const at = word.indexOf('=');
    const name = at === -1 ? word : word.slice(0, at);
    const value = at === -1 ? (process.env[word] ?? '') : word.slice(at + 1);
    return { type: 'Argument', name, value, isSecret };
  });
}

/** `'linux/arm/v7'`, or a list of them. @throws AzError naming the valid choices */
export function platformOf(text: string | undefined): JsonObject {
  const given = (text ?? 'linux').toLowerCase();
  const [os = 'linux', architecture = 'amd64', variant] = given.split('/');
  // Several platforms go through as they are; the registry puts the parts together again.
  if (given.includes(','))
    return { os, architecture, variant: given.split('/').slice(2).join('/') };
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
