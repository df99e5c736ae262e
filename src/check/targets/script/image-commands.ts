import { parsePlatform, type Platform } from '../../../oci/platform.js';
import { DEFAULT_PLATFORM } from '../read-options.js';
import {
  readBuild,
  readImagetools,
  readManifestCreate,
  readPush,
  readTag,
} from './docker-commands.js';
import { readOptions } from './options.js';
import type { CommandContext } from './command-context.js';
import type { ShellCommand } from './shell-commands.js';
import { imageNameOf } from './variables.js';

/** A command that names images. */
interface ImageCommand {
  /** e.g. `['docker', 'buildx', 'build']` */
  names: readonly string[];
  /** @param words what follows the names */
  read: (words: ShellCommand, context: CommandContext) => void;
}

const build = (...names: string[]): ImageCommand => ({
  names,
  read: (words, context) => {
    readBuild(names, words, context);
  },
});

/** The first that fits a command reads it. */
export const COMMANDS: readonly ImageCommand[] = [
  build('docker', 'buildx', 'build'),
  build('docker', 'image', 'build'),
  build('docker', 'build'),
  build('podman', 'build'),
  build('buildah', 'bud'),
  build('buildah', 'build'),
  build('nerdctl', 'build'),
  { names: ['docker', 'buildx', 'imagetools', 'create'], read: readImagetools },
  { names: ['docker', 'manifest', 'create'], read: readManifestCreate },
  { names: ['docker', 'push'], read: readPush },
  { names: ['docker', 'image', 'push'], read: readPush },
  { names: ['podman', 'push'], read: readPush },
  { names: ['docker', 'tag'], read: readTag },
  { names: ['docker', 'image', 'tag'], read: readTag },
  { names: ['docker', 'run'], read: readRun('docker run') },
  { names: ['docker', 'create'], read: readRun('docker create') },
  { names: ['docker', 'pull'], read: readRun('docker pull') },
  { names: ['podman', 'run'], read: readRun('podman run') },
  { names: ['az', 'acr', 'build'], read: readAcrBuild },
  { names: ['az', 'acr', 'import'], read: readAcrImport },
  ...['create', 'update', 'up'].map((verb) => containerAppCommand(['az', 'containerapp', verb])),
  ...['create', 'update'].map((verb) => containerAppCommand(['az', 'containerapp', 'job', verb])),
  { names: ['az', 'container', 'create'], read: readContainerCreate },
  { names: ['kubectl', 'set', 'image'], read: readSetImage },
  { names: ['kubectl', 'run'], read: readKubectl('kubectl run') },
  { names: ['kubectl', 'create', 'deployment'], read: readKubectl('kubectl create deployment') },
];

/** Options of `docker run` that take a value; the first word that is none of them is the image. */
const RUN_VALUES = [
  ...['-e', '--env', '-v', '--volume', '-p', '--publish', '--name', '--network', '--net', '-w'],
  ...['--workdir', '-u', '--user', '--entrypoint', '--platform', '--mount', '--env-file', '-h'],
  ...['--hostname', '-l', '--label', '--add-host', '--cpus', '-m', '--memory', '--restart'],
  ...['--health-cmd', '--pull', '--runtime', '--shm-size', '--tmpfs', '--ulimit', '--device'],
];

function readRun(command: string): ImageCommand['read'] {
  return (words, { use, expand }) => {
    const options = readOptions(words, RUN_VALUES);
    const asked = options.first('--platform');
    const platform = asked && parsePlatform(expand(asked));
    use(options.rest[0], command, {
      puller: 'docker',
      ...(platform && { platform, because: '--platform' }),
    });
  };
}

function containerAppCommand(names: string[]): ImageCommand {
  return {
    names,
    read: (words, { use }) => {
      use(readOptions(words, ['--image', '-i']).first('--image', '-i'), names.join(' '), {
        puller: 'container-apps',
        platform: DEFAULT_PLATFORM,
        because: 'Container Apps',
      });
    },
  };
}

function readContainerCreate(words: ShellCommand, { use, expand }: CommandContext): void {
  const options = readOptions(words, ['--image', '--os-type']);
  const system = options.first('--os-type');
  const windows = system !== undefined && expand(system).toLowerCase() === 'windows';
  use(options.first('--image'), 'az container create', {
    puller: 'docker',
    platform: windows ? { os: 'windows', architecture: 'amd64' } : DEFAULT_PLATFORM,
    because: `osType ${windows ? 'Windows' : 'Linux'}`,
  });
}

const ACR_VALUES = [
  ...['-r', '--registry', '-t', '--image', '--platform', '-f', '--file', '--build-arg'],
  ...['--agent-pool', '-g', '--resource-group', '--source', '--name', '-n'],
];

/** A task builds for linux/amd64 when not told, and for one platform at a time. */
function readAcrBuild(words: ShellCommand, { script, contents, expand }: CommandContext): void {
  const options = readOptions(words, ACR_VALUES);
  const registry = options.first('-r', '--registry', '-n', '--name');
  const asked = options.first('--platform');
  const texts = asked ? expand(asked).split(',') : ['linux/amd64'];
  const platforms = texts.flatMap((text): Platform[] => {
    const platform = parsePlatform(text.trim());
    return platform ? [platform] : [];
  });
  if (asked && texts.length > 1) {
    contents.findings.push({
      code: 'LZ1403',
      message: `az acr build is asked for ${texts.join(' and ')} in one build.`,
      fix: 'az acr build --platform linux/amd64 …, then --platform linux/arm64 …, then an index of both (docker manifest create, or lazurite image index create)',
      positions: [script.place(asked.offset)],
    });
  }
  const host = registry && loginServer(expand(registry));
  for (const word of options.all('-t', '--image')) {
    const text = expand(word);
    contents.builds.push({
      image: imageNameOf(host === undefined ? text : `${host}/${text}`),
      position: script.place(word.offset),
      tool: 'az acr build',
      ...(platforms.length === texts.length && { platforms }),
      pushed: !options.has('--no-push'),
    });
  }
}

function readAcrImport(
  words: ShellCommand,
  { script, contents, use, expand }: CommandContext,
): void {
  const options = readOptions(words, ACR_VALUES);
  use(options.first('--source'), 'az acr import', { puller: 'docker', anyContent: true });
  const registry = options.first('-n', '--name');
  const host = registry && loginServer(expand(registry));
  for (const word of options.all('-t', '--image')) {
    const text = expand(word);
    contents.builds.push({
      image: imageNameOf(host === undefined ? text : `${host}/${text}`),
      position: script.place(word.offset),
      tool: 'az acr import',
      pushed: true,
    });
  }
}

function loginServer(registry: string): string {
  return registry.includes('.') ? registry : `${registry.toLowerCase()}.azurecr.io`;
}

/** `kubectl set image deployment/web app=IMAGE` */
function readSetImage(words: ShellCommand, { use }: CommandContext): void {
  for (const { text, offset } of readOptions(words, ['-n', '--namespace', '-l', '-f']).rest) {
    const at = text.indexOf('=');
    if (at <= 0) continue;
    const word = { text: text.slice(at + 1), offset: offset + at + 1 };
    use(word, 'kubectl set image', {
      puller: 'kubernetes',
      platform: DEFAULT_PLATFORM,
      because: 'the default node platform',
    });
  }
}

function readKubectl(command: string): ImageCommand['read'] {
  return (words, { use }) => {
    use(readOptions(words, ['--image', '-n', '--namespace']).first('--image'), command, {
      puller: 'kubernetes',
      platform: DEFAULT_PLATFORM,
      because: 'the default node platform',
    });
  };
}
