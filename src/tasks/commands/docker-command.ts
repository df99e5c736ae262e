import { parsePlatform, type Platform } from '../../oci/platform.js';
import { readImageName } from '../images/image-name.js';
import { pushImage } from '../images/push-image.js';
import { PlatformMismatchError, resolveImage } from '../../remote/image-resolver.js';
import { RemoteError } from '../../remote/registry-client.js';
import type { CommandScope } from '../steps/command-scope.js';
import { StepFailure } from '../steps/step-run.js';
import { runBuild } from './docker-build.js';
import { runBuildx } from './docker-buildx.js';
import { runManifest } from './docker-manifest.js';
import { readOptions } from './options.js';
import { CommandLineError } from './words.js';

type DockerCommand = (scope: CommandScope, words: readonly string[]) => Promise<void>;

const COMMANDS: Readonly<Record<string, DockerCommand>> = {
  build: runBuild,
  buildx: runBuildx,
  manifest: runManifest,
  pull,
  push,
  tag,
};

/** `docker …` without a daemon: the commands that images are made and published with. */
export async function runDocker(scope: CommandScope, words: readonly string[]): Promise<void> {
  // `docker image push` is `docker push`.
  const [name = '', ...rest] = words[0] === 'image' ? words.slice(1) : words;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command(scope, rest);
  throw new CommandLineError(
    `docker ${name} is not implemented here; docker ${Object.keys(COMMANDS).join(', ')} are`,
  );
}

async function tag({ run }: CommandScope, words: readonly string[]): Promise<void> {
  const { operands } = readOptions('docker tag', words, {});
  const [source, target] = operands;
  if (source === undefined || target === undefined || operands.length > 2) {
    throw new CommandLineError('docker tag needs an image and its new name');
  }
  const image = run.images.find(readImageName(source));
  if (image === undefined) {
    run.log.line(`Error response from daemon: No such image: ${source}`);
    throw new StepFailure('exit status 1');
  }
  run.images.tag(readImageName(target), image);
  return Promise.resolve();
}

async function push(scope: CommandScope, words: readonly string[]): Promise<void> {
  const table = { quiet: 'ignored', 'disable-content-trust': 'ignored' } as const;
  const { operands } = readOptions('docker push', words, table, { q: 'quiet' });
  const [name] = operands;
  if (name === undefined || operands.length > 1) {
    throw new CommandLineError('docker push needs one image');
  }
  await pushImage(scope, name);
}

async function pull({ run, signal }: CommandScope, words: readonly string[]): Promise<void> {
  const table = { quiet: 'ignored', platform: 'value' } as const;
  const { operands, values } = readOptions('docker pull', words, table, { q: 'quiet' });
  const [name] = operands;
  if (name === undefined || operands.length > 1) {
    throw new CommandLineError('docker pull needs one image');
  }
  const reference = readImageName(name);
  const { registry, repository } = reference;
  const platform = platformOf(values.get('platform')?.at(-1));
  const credentials = run.credentialsFor(registry);
  const remote = run.registryClient.repository(registry, repository, credentials);
  const options = { credentials, referenceText: name, signal };
  try {
    const found =
      platform && (await resolveImage(run.registryClient, reference, platform, options));
    const digest = found?.manifestDigest;
    const { root } = await run.images.pull(remote, reference, { digest, signal });
    run.log.line(`Digest: ${found?.root.digest ?? root.digest}`);
    run.log.line(`Status: Downloaded image for ${name}`);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RemoteError) && !(error instanceof PlatformMismatchError)) throw error;
    run.log.line(`Error response from daemon: ${error.message}`);
    throw new StepFailure('exit status 1');
  }
}

function platformOf(text: string | undefined): Platform | undefined {
  const platform = text === undefined ? undefined : parsePlatform(text);
  if (text === undefined || platform !== undefined) return platform;
  throw new CommandLineError(
    `docker pull: '${text}' is no platform; write it like linux/arm64 or linux/arm/v7`,
  );
}
