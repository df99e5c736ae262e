import { RESOURCE_GROUP } from '../common-arguments.js';
import { showEnvironmentLogs } from '../containerapp/env-logs.js';
import { execInContainer } from '../containerapp/exec.js';
import type { CommandSpec } from '../spec.js';
import { APP_NAME, HOW_TO_FOLLOW } from './containerapp-arguments.js';

/** What opens a stream of its own, besides `containerapp logs show`. */
export const STREAM_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp env logs show',
    summary:
      'Show past environment logs and/or print logs in real time (with the --follow parameter).',
    arguments: [
      {
        name: 'name',
        options: ['--name', '-n'],
        required: true,
        help: 'The name of the Container Apps environment.',
      },
      RESOURCE_GROUP,
      ...HOW_TO_FOLLOW,
    ],
    examples: [
      {
        title: 'Fetch the past 20 lines of logs of an environment and return',
        command: 'az containerapp env logs show -n MyEnvironment -g MyResourceGroup',
      },
    ],
    run: showEnvironmentLogs,
  },
  {
    path: 'containerapp exec',
    summary: 'Open an SSH-like interactive shell within a container app replica.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'startupCommand',
        options: ['--command'],
        default: 'sh',
        help: 'The startup command (bash, zsh, sh, etc.).',
      },
      {
        name: 'container',
        options: ['--container'],
        help: 'The name of the container to ssh into.',
      },
      {
        name: 'replica',
        options: ['--replica'],
        help: "The name of the replica to ssh into. List replicas with 'az containerapp replica list'. A replica may not exist if there is not traffic to your app.",
      },
      {
        name: 'revision',
        options: ['--revision'],
        help: 'The name of the container app revision to ssh into. Defaults to the latest revision.',
      },
    ],
    examples: [
      {
        title: 'Exec into a container app',
        command: 'az containerapp exec -n my-containerapp -g MyResourceGroup',
      },
      {
        title: 'Open a bash shell in a containerapp',
        command: 'az containerapp exec -n my-containerapp -g MyResourceGroup --command bash',
      },
    ],
    run: execInContainer,
  },
];
