import { RESOURCE_GROUP } from '../common-arguments.js';
import { showLogs } from '../containerapp/logs.js';
import type { CommandSpec } from '../spec.js';
import { APP_NAME, HOW_TO_FOLLOW, LOG_FORMAT } from './containerapp-arguments.js';

/** Commands on what an app prints and what happens to it. */
export const LOG_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp logs show',
    summary:
      'Show past logs and/or print logs in real time (with the --follow parameter). Note that the logs are only taken from one revision, replica, and container (for non-system logs).',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      { name: 'container', options: ['--container'], help: 'The name of the container.' },
      {
        name: 'revision',
        options: ['--revision'],
        help: 'The name of the container app revision. Defaults to the latest revision.',
      },
      {
        name: 'replica',
        options: ['--replica'],
        help: "The name of the replica. List replicas with 'az containerapp replica list'. A replica may not exist if there is not traffic to your app.",
      },
      ...HOW_TO_FOLLOW,
      LOG_FORMAT,
      {
        name: 'type',
        options: ['--type', '-t'],
        choices: ['console', 'system'],
        default: 'console',
        help: 'Type of logs to stream.',
      },
    ],
    examples: [
      {
        title: 'Fetch the past 20 lines of logs from an app and return',
        command: 'az containerapp logs show -n my-containerapp -g MyResourceGroup',
      },
    ],
    run: showLogs,
  },
];
