import { build } from '../acr/build.js';
import { PLATFORM, TARGET, TIMEOUT, followArguments } from '../acr/queue-arguments.js';
import { REGISTRY } from '../acr/registry-child.js';
import { OPTIONAL_RESOURCE_GROUP } from '../common-arguments.js';
import type { CommandSpec } from '../spec.js';

export const BUILD_COMMAND: CommandSpec = {
  path: 'acr build',
  summary: 'Queues a quick build, providing streaming logs for an Azure Container Registry.',
  arguments: [
    REGISTRY,
    OPTIONAL_RESOURCE_GROUP,
    {
      name: 'sourceLocation',
      options: [],
      metavar: '<SOURCE_LOCATION>',
      required: true,
      help: "The local source code directory path (e.g., './src'), or the URL to a git repository or a remote tarball.",
    },
    {
      name: 'image',
      options: ['--image', '-t'],
      repeatable: true,
      help: 'The image repository and optionally a tag, in the format `repository:tag`.',
    },
    {
      name: 'file',
      options: ['--file', '-f'],
      help: "The relative path of the the docker file to the source code root folder. Default to 'Dockerfile'.",
    },
    {
      name: 'buildArg',
      options: ['--build-arg'],
      repeatable: true,
      help: "Build argument in '--build-arg name[=value]' format.",
    },
    {
      name: 'secretBuildArg',
      options: ['--secret-build-arg'],
      repeatable: true,
      help: 'Secret build argument in the same format; not shown in logs.',
    },
    PLATFORM,
    TARGET,
    TIMEOUT,
    {
      name: 'noPush',
      options: ['--no-push'],
      kind: 'flag',
      help: 'Indicates whether the image built should be pushed to the registry.',
    },
    ...followArguments('build'),
  ],
  examples: [
    {
      title: 'Queue a local context as a Linux build, tag it, and push it to the registry.',
      command: 'az acr build -t sample/hello-world:v1 -r myregistry .',
    },
  ],
  run: build,
};
