import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BuildError, type BuiltImage } from '../../build/image-builder.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { formatReference } from '../../oci/reference.js';
import type { BuildOptions } from '../commands/build-options.js';
import { CommandLineError } from '../commands/words.js';
import { fetchSource, isRemoteSource } from '../sources/remote-source.js';
import { workspaceDirectory, type CommandScope } from '../steps/command-scope.js';
import { StepFailure } from '../steps/step-run.js';
import { pushName, readImageName } from './image-name.js';
import { pushImage } from './push-image.js';

/**
 * `docker build`: builds for each platform and keeps the image under its names in the run. Only `--push`
 * pushes it.
 *
 * @throws StepFailure when the build fails, its lines are in the log; CommandLineError
 */
export async function buildImage(scope: CommandScope, options: BuildOptions): Promise<void> {
  const { run } = scope;
  const names = options.tags.map((tag) => readImageName(tag));
  const platforms = options.platforms.length > 0 ? options.platforms : run.platforms;
  const place = await placeOf(scope, options);
  const built: BuiltImage[] = [];
  try {
    for (const platform of platforms) {
      if (platforms.length > 1) run.log.line(`Building for ${formatPlatform(platform)}`);
      built.push(await buildOne(scope, options, place, platform));
    }
    const [first, ...others] = built;
    if (first === undefined) throw new CommandLineError('no platform to build for');
    const image = await run.images.add([first, ...others]);
    for (const [index, name] of names.entries()) {
      run.images.tag(name, image);
      run.images.tag(pushName(options.tags[index] ?? '', run.loginServer), image);
      run.log.line(`Successfully tagged ${formatReference(name)}`);
    }
  } finally {
    for (const { layoutDirectory } of built) {
      await rm(layoutDirectory, { recursive: true, force: true });
    }
  }
  if (options.push) for (const tag of options.tags) await pushImage(scope, tag);
}

/** Directories of this machine. */
interface BuildPlace {
  context: string;
  dockerfileDirectory: string;
  dockerfile: string;
}

/** `-f` is relative to the working directory, and for a remote context to its root. */
async function placeOf(scope: CommandScope, options: BuildOptions): Promise<BuildPlace> {
  const { context, file } = options;
  if (isRemoteSource(context)) {
    const { registryClient, credentialsFor, scratch } = scope.run;
    const { directory } = await fetchSource(context, {
      ...{ directory: path.join(scratch, 'contexts'), signal: scope.signal },
      openRepository: (registry, repository) =>
        registryClient.repository(registry, repository, credentialsFor(registry)),
    });
    return { context: directory, dockerfileDirectory: directory, dockerfile: file ?? 'Dockerfile' };
  }
  if (context === '-') {
    throw new CommandLineError('docker build: a context from stdin is not implemented');
  }
  const directory = await workspaceDirectory(scope, context);
  if (file === undefined) {
    return { context: directory, dockerfileDirectory: directory, dockerfile: 'Dockerfile' };
  }
  const folder = await workspaceDirectory(scope, path.posix.dirname(file));
  return { context: directory, dockerfileDirectory: folder, dockerfile: path.posix.basename(file) };
}

async function buildOne(
  { run, signal }: CommandScope,
  options: BuildOptions,
  place: BuildPlace,
  platform: Platform,
): Promise<BuiltImage> {
  try {
    return await run.builder.build(
      {
        contextDirectory: place.context,
        dockerfileDirectory: place.dockerfileDirectory,
        dockerfile: place.dockerfile,
        ...(options.target !== undefined && { target: options.target }),
        buildArgs: options.buildArgs,
        secrets: options.secrets,
        platform,
        credentialsFor: run.credentialsFor,
        registryClient: run.images.over(run.registryClient),
        noCache: options.noCache || run.noCache,
        log: (line) => {
          run.log.line(line);
        },
      },
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BuildError)) throw error;
    run.log.line(error.message);
    throw new StepFailure('exit status 1');
  }
}
