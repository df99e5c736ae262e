import { AGENT_POOL, PLATFORM, TARGET, TIMEOUT } from '../acr/queue-arguments.js';
import type { ArgumentSpec } from '../spec.js';

export const TASK_NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'The name of the task.',
};

function words(name: string, option: string, help: string): ArgumentSpec {
  return { name, options: [option], repeatable: true, help };
}

function state(name: string, option: string, help: string): ArgumentSpec {
  return { name, options: [option], kind: 'three-state', group: 'Trigger', help };
}

const CONTEXT: ArgumentSpec = {
  name: 'context',
  options: ['--context', '-c'],
  help: "The full URL to the source code repository (Requires '.git' suffix for a github repo) or a remote tarball, or the repository of an OCI artifact. If '/dev/null' is specified, the value will be set to None and ignored.",
};
const FILE: ArgumentSpec = {
  name: 'file',
  options: ['--file', '-f'],
  help: "Relative path of the the task/docker file to the source code root folder. Task files must be suffixed with '.yaml' or piped from the standard input using '-'.",
};

/** What a step is given, in `create`, `update` and, but for `--values`, in `run`. */
export const STEP_VALUES: readonly ArgumentSpec[] = [
  words('set', '--set', "Task value in '--set name[=value]' format. Multiples supported."),
  words('setSecret', '--set-secret', "Secret task value in '--set-secret name[=value]' format."),
  words('arg', '--arg', "Build argument in '--arg name[=value]' format. Multiples supported."),
  words(
    'secretArg',
    '--secret-arg',
    "Secret build argument in '--secret-arg name[=value]' format.",
  ),
  TARGET,
];

export const RUN_SOURCE: readonly ArgumentSpec[] = [CONTEXT, FILE];

/** Common to `create` and `update`. */
export const TASK_ARGUMENTS: readonly ArgumentSpec[] = [
  CONTEXT,
  FILE,
  {
    name: 'cmd',
    options: ['--cmd'],
    help: 'Commands to execute. This also supports additional docker run parameters or even other docker commands.',
  },
  {
    name: 'image',
    options: ['--image', '-t'],
    repeatable: true,
    help: "The name and tag of the image using the format: '-t repo/image:tag'. Multiple tags are supported by passing -t multiple times.",
  },
  {
    name: 'values',
    options: ['--values'],
    help: 'The task values/parameters file path relative to the source context.',
  },
  ...STEP_VALUES,
  {
    name: 'noPush',
    options: ['--no-push'],
    kind: 'three-state',
    help: 'Indicates whether the image built should be pushed to the registry.',
  },
  {
    name: 'noCache',
    options: ['--no-cache'],
    kind: 'three-state',
    help: 'Indicates whether the image cache is enabled.',
  },
  {
    name: 'status',
    options: ['--status'],
    choices: ['Disabled', 'Enabled'],
    help: 'The current status of task.',
  },
  PLATFORM,
  TIMEOUT,
  {
    name: 'cpu',
    options: ['--cpu'],
    kind: 'integer',
    help: 'The CPU configuration in terms of number of cores required for the run.',
  },
  AGENT_POOL,
  {
    name: 'authMode',
    options: ['--auth-mode'],
    choices: ['Default', 'None'],
    help: 'Auth mode of the source registry.',
  },
  {
    name: 'gitAccessToken',
    options: ['--git-access-token'],
    group: 'Trigger',
    help: 'The access token used to access the source control provider.',
  },
  state(
    'commitTriggerEnabled',
    '--commit-trigger-enabled',
    'Indicates whether the source control commit trigger is enabled.',
  ),
  state(
    'pullRequestTriggerEnabled',
    '--pull-request-trigger-enabled',
    'Indicates whether the source control pull request trigger is enabled. The trigger is disabled by default.',
  ),
  state(
    'baseImageTriggerEnabled',
    '--base-image-trigger-enabled',
    'Indicates whether the base image trigger is enabled.',
  ),
  {
    name: 'baseImageTriggerType',
    options: ['--base-image-trigger-type'],
    choices: ['All', 'Runtime'],
    group: 'Trigger',
    help: 'The type of the auto trigger for base image dependency updates.',
  },
];

export const CREATE_ONLY: readonly ArgumentSpec[] = [
  {
    name: 'schedule',
    options: ['--schedule'],
    repeatable: true,
    group: 'Trigger',
    help: 'Schedule for a timer trigger represented as a cron expression. An optional trigger name can be specified using `--schedule name:schedule` format. Multiples supported by passing --schedule multiple times.',
  },
  {
    name: 'sourceTriggerName',
    options: ['--source-trigger-name'],
    group: 'Trigger',
    help: 'The name of the source trigger.',
  },
  {
    name: 'baseImageTriggerName',
    options: ['--base-image-trigger-name'],
    group: 'Trigger',
    help: 'The name of the base image trigger.',
  },
  {
    name: 'assignIdentity',
    options: ['--assign-identity'],
    kind: 'list',
    mayBeEmpty: true,
    help: "Assigns managed identities to the task. Use '[system]' to refer to the system-assigned identity or a resource ID to refer to a user-assigned identity.",
  },
];
