import { rm } from 'node:fs/promises';
import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/failure.js';
import { copyImage } from '../../image/copy/copy-image.js';
import { openLayout } from '../../image/layout/layout-reader.js';
import { registryWriter } from '../../image/registry/registry-writer.js';
import { BuildError, type BuiltImage, type ImageBuilder } from '../../build/image-builder.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf, type Digest } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import {
  manifestReference,
  RemoteError,
  type Credentials,
  type RegistryClient,
} from '../../remote/registry-client.js';
import type { OutputImage } from './run-record.js';
import type { RunLog } from './run-log.js';
import type { DockerBuild } from './run-request.js';

/** A step of a run that failed; its log lines are written. */
export class StepFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StepFailure';
  }
}

export interface DockerBuildRun {
  build: DockerBuild;
  /** The source, unpacked. */
  contextDirectory: string;
  loginServer: string;
  references: readonly Reference[];
  log: RunLog;
  clock: Clock;
  builder: ImageBuilder;
  client: RegistryClient;
  credentialsFor: (registry: string) => Credentials | undefined;
  signal: AbortSignal;
}

const BUILD_STEP_TIMEOUT = 28_800;

/**
 * Builds for each platform, then pushes under each name, in the steps and words of ACR's agent.
 *
 * @throws StepFailure, or the signal's reason
 */
export async function runDockerBuild(run: DockerBuildRun): Promise<OutputImage[]> {
  const images: BuiltImage[] = [];
  try {
    await login(run);
    const built = await timed(run, () => buildStep(run, images));
    const pushes = run.build.isPushEnabled && run.references.length > 0;
    const pushed = pushes ? await timed(run, () => pushStep(run, images)) : undefined;
    run.log.agent(
      `Step ID: build marked as successful (elapsed time in seconds: ${built.seconds})`,
    );
    if (pushed === undefined) return [];
    run.log.agent('Populating digests for step ID: build...');
    run.log.agent('Successfully populated digests for step ID: build');
    run.log.agent(
      `Step ID: push marked as successful (elapsed time in seconds: ${pushed.seconds})`,
    );
    writeDependencies(run, images, pushed.result);
    return pushed.result;
  } finally {
    for (const { layoutDirectory } of images) {
      await rm(layoutDirectory, { recursive: true, force: true });
    }
  }
}

async function timed<T>(
  { clock }: DockerBuildRun,
  step: () => Promise<T>,
): Promise<{ result: T; seconds: string }> {
  const start = clock.now().getTime();
  const result = await step();
  return { result, seconds: ((clock.now().getTime() - start) / 1000).toFixed(6) };
}

/** Credentials that do not work show here and not after a long build. */
async function login(run: DockerBuildRun): Promise<void> {
  const { log, loginServer, references, client, credentialsFor, signal } = run;
  const [first] = references;
  if (!run.build.isPushEnabled || first === undefined) return;
  log.agent(`Logging in to registry: ${loginServer}`);
  const repository = client.repository(loginServer, first.repository, credentialsFor(loginServer));
  try {
    await repository.hasBlob(digestOf(''), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RemoteError)) throw error;
    log.agent(`Failed to log in to ${loginServer}: ${error.message}`);
    throw new StepFailure(`failed to login, err: ${error.message}`);
  }
  log.agent(`Successfully logged into ${loginServer}`);
}

async function buildStep(run: DockerBuildRun, images: BuiltImage[]): Promise<void> {
  const { log, build, builder, references } = run;
  log.agent(
    `Executing step ID: build. Timeout(sec): ${BUILD_STEP_TIMEOUT}, Working directory: '', Network: ''`,
  );
  log.agent(`Launching container with name: build (builder: ${builder.name})`);
  for (const platform of build.platforms) {
    if (build.platforms.length > 1) log.line(`Building for ${formatPlatform(platform)}`);
    images.push(await buildOne(run, platform));
  }
  for (const reference of references) log.line(`Successfully tagged ${formatReference(reference)}`);
  log.agent('Successfully executed container: build');
}

async function buildOne(run: DockerBuildRun, platform: Platform): Promise<BuiltImage> {
  const { log, build, signal } = run;
  try {
    return await run.builder.build(
      {
        contextDirectory: run.contextDirectory,
        dockerfile: build.dockerfile,
        ...(build.target !== undefined && { target: build.target }),
        buildArgs: build.buildArgs,
        platform,
        credentialsFor: run.credentialsFor,
        noCache: build.noCache,
        log: (line) => {
          log.line(line);
        },
      },
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BuildError)) throw error;
    log.line(error.message);
    log.agent('Container failed during run: build. No retries remaining.');
    log.line('failed to run step ID: build: exit status 1');
    throw new StepFailure('failed during run, err: exit status 1');
  }
}

async function pushStep(
  run: DockerBuildRun,
  images: readonly BuiltImage[],
): Promise<OutputImage[]> {
  const { log, references } = run;
  log.agent(`Executing step ID: push. Timeout(sec): 3600, Working directory: '', Network: ''`);
  const outputs: OutputImage[] = [];
  for (const reference of references) {
    const name = formatReference(reference);
    log.agent(`Pushing image: ${name}, attempt 1`);
    log.line(`The push refers to repository [${reference.registry}/${reference.repository}]`);
    const { digest, size } = await pushOne(run, images, reference);
    log.line(`${reference.tag ?? 'latest'}: digest: ${digest} size: ${size}`);
    log.agent(`Successfully pushed image: ${name}`);
    const { registry, repository, tag } = reference;
    outputs.push({ registry, repository, ...(tag && { tag }), digest });
  }
  return outputs;
}

async function pushOne(
  run: DockerBuildRun,
  images: readonly BuiltImage[],
  reference: Reference,
): Promise<{ digest: Digest; size: number }> {
  const { client, log, signal } = run;
  const credentials = run.credentialsFor(reference.registry);
  const repository = client.repository(reference.registry, reference.repository, credentials);
  const push = async (image: BuiltImage, target: Reference): Promise<Digest> => {
    const { layoutDirectory, manifest } = image;
    const layout = await openLayout(layoutDirectory, manifest.digest);
    const writer = registryWriter(repository, target, formatReference(target));
    return (await copyImage(layout, writer, { signal })).digest;
  };
  try {
    const [only] = images;
    if (images.length === 1 && only) {
      return { digest: await push(only, reference), size: only.manifest.size };
    }
    const { registry, repository: name } = reference;
    for (const image of images) {
      await push(image, { registry, repository: name, digest: image.manifest.digest });
    }
    const bytes = indexOf(images.map((image) => image.manifest));
    const tag = manifestReference(reference);
    const { digest } = await repository.putManifest(tag, MEDIA_TYPE.ociIndex, bytes, signal);
    return { digest, size: bytes.length };
  } catch (error) {
    signal.throwIfAborted();
    log.line(messageOf(error));
    log.agent(`Failed to push image: ${formatReference(reference)}. No retries remaining.`);
    log.line('failed to run step ID: push: exit status 1');
    throw new StepFailure('failed during run, err: exit status 1');
  }
}

function indexOf(manifests: readonly Descriptor[]): Buffer {
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }),
  );
}

function writeDependencies(
  { log }: DockerBuildRun,
  images: readonly BuiltImage[],
  outputs: readonly OutputImage[],
): void {
  const [runtime, ...buildTime] = images[0]?.baseImages ?? [];
  log.agent('The following dependencies were found:');
  log.agent('');
  for (const output of outputs) {
    log.line('- image:');
    writeImage(log, output);
    if (runtime) {
      log.line('  runtime-dependency:');
      writeImage(log, runtime);
    }
    if (buildTime.length > 0) log.line('  buildtime-dependency:');
    for (const base of buildTime) writeImage(log, base, '  - ');
    log.line('  git: {}');
  }
}

function writeImage(
  log: RunLog,
  image: { registry: string; repository: string; tag?: string; digest: string },
  firstIndent = '    ',
): void {
  log.line(`${firstIndent}registry: ${image.registry}`);
  log.line(`    repository: ${image.repository}`);
  if (image.tag) log.line(`    tag: ${image.tag}`);
  log.line(`    digest: ${image.digest}`);
}
