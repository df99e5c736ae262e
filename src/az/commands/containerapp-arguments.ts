import type { ArgumentSpec } from '../spec.js';

export const APP_NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: "The name of the Containerapp. A name must consist of lower case alphanumeric characters or '-', start with a letter, end with an alphanumeric character, cannot have '--', and must be less than 32 characters.",
};

/** How many of the logs are shown, and whether what comes after them. */
export const HOW_TO_FOLLOW: readonly ArgumentSpec[] = [
  {
    name: 'follow',
    options: ['--follow'],
    kind: 'three-state',
    help: 'Print logs in real time if present.',
  },
  {
    name: 'tail',
    options: ['--tail'],
    kind: 'integer',
    default: 20,
    help: 'The number of past logs to print (0-300).',
  },
];

export const LOG_FORMAT: ArgumentSpec = {
  name: 'format',
  options: ['--format'],
  choices: ['json', 'text'],
  help: 'Log output format.  Default: json.',
};

/** What create and update share. */
export const CONTAINER_ARGUMENTS: readonly ArgumentSpec[] = [
  {
    name: 'image',
    options: ['--image', '-i'],
    group: 'Container',
    help: 'Container image, e.g. publisher/image-name:tag.',
  },
  {
    name: 'containerName',
    options: ['--container-name'],
    group: 'Container',
    help: 'Name of the container.',
  },
  {
    name: 'cpu',
    options: ['--cpu'],
    kind: 'number',
    group: 'Container',
    help: 'Required CPU in cores from 0.25 - 2.0, e.g. 0.5.',
  },
  {
    name: 'memory',
    options: ['--memory'],
    group: 'Container',
    help: 'Required memory from 0.5 - 4.0 ending with "Gi", e.g. 1.0Gi.',
  },
  {
    name: 'command',
    options: ['--command'],
    kind: 'list',
    mayBeEmpty: true,
    group: 'Container',
    help: 'A list of supported commands on the container that will executed during startup. Space-separated values e.g. "/bin/queue" "mycommand". Empty string to clear existing values.',
  },
  {
    name: 'args',
    options: ['--args'],
    kind: 'list',
    mayBeEmpty: true,
    group: 'Container',
    help: 'A list of container startup command argument(s). Space-separated values e.g. "-c" "mycommand". Empty string to clear existing values.',
  },
  {
    name: 'revisionSuffix',
    options: ['--revision-suffix'],
    group: 'Container',
    help: 'User friendly suffix that is appended to the revision name.',
  },
  {
    name: 'minReplicas',
    options: ['--min-replicas'],
    kind: 'integer',
    group: 'Scale',
    help: 'The minimum number of replicas.',
  },
  {
    name: 'maxReplicas',
    options: ['--max-replicas'],
    kind: 'integer',
    group: 'Scale',
    help: 'The maximum number of replicas.',
  },
];

/** How `update` and `revision copy` edit a container's environment. */
export const VARIABLE_ARGUMENTS: readonly ArgumentSpec[] = [
  ...(
    [
      [
        'setEnvVars',
        '--set-env-vars',
        "Add or update environment variable(s) in container. Existing environment variables are not modified. Space-separated values in 'key=value' format.",
      ],
      ['removeEnvVars', '--remove-env-vars', 'Remove environment variable(s) from container.'],
      [
        'replaceEnvVars',
        '--replace-env-vars',
        'Replace environment variable(s) in container. Other existing environment variables are removed.',
      ],
    ] as const
  ).map(([name, option, help]): ArgumentSpec => ({
    name,
    options: [option],
    kind: 'list',
    group: 'Environment variables',
    help,
  })),
  {
    name: 'removeAllEnvVars',
    options: ['--remove-all-env-vars'],
    kind: 'flag',
    group: 'Environment variables',
    help: 'Remove all environment variable(s) from container.',
  },
];
