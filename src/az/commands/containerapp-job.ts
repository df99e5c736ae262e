import type { Json } from '../../base/json.js';
import {
  NO_WAIT,
  OPTIONAL_RESOURCE_GROUP,
  RESOURCE_GROUP,
  TAGS,
  YES,
} from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { createJob, jobPath, startJob, stopJob, updateJob } from '../containerapp/jobs.js';
import { showJobLogs } from '../containerapp/job-logs.js';
import { APP_API_VERSION, groupPath, listOf, showResource } from '../containerapp/requests.js';
import { textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { CONTAINER_ARGUMENTS, HOW_TO_FOLLOW, LOG_FORMAT } from './containerapp-arguments.js';

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'The name of the Container Apps Job.',
};
const EXECUTION: ArgumentSpec = {
  name: 'jobExecutionName',
  options: ['--job-execution-name'],
  help: 'Name of the specific job execution.',
};
const ENVIRONMENT_VARIABLES: ArgumentSpec = {
  name: 'envVars',
  options: ['--env-vars'],
  kind: 'list',
  group: 'Container',
  help: "A list of environment variable(s) for the container. Space-separated values in 'key=value' format. Prefix value with 'secretref:' to reference a secret.",
};
const CONTAINER = CONTAINER_ARGUMENTS.filter(({ name }) =>
  ['image', 'containerName', 'cpu', 'memory', 'command', 'args'].includes(name),
);
const EXECUTION_ARGUMENTS: readonly ArgumentSpec[] = [
  {
    name: 'replicaTimeout',
    options: ['--replica-timeout'],
    kind: 'integer',
    help: 'Maximum number of seconds a replica can execute.',
  },
  {
    name: 'replicaRetryLimit',
    options: ['--replica-retry-limit'],
    kind: 'integer',
    help: 'Maximum number of retries before the replica fails.',
  },
  {
    name: 'replicaCompletionCount',
    options: ['--replica-completion-count', '--rcc'],
    kind: 'integer',
    help: 'Number of replicas that need to complete successfully for execution to succeed.',
  },
  {
    name: 'parallelism',
    options: ['--parallelism'],
    kind: 'integer',
    help: 'Maximum number of replicas to run per execution.',
  },
  {
    name: 'cronExpression',
    options: ['--cron-expression'],
    help: 'Cron expression. Only supported for trigger type "Schedule".',
  },
];
const REGISTRY_ARGUMENTS: readonly ArgumentSpec[] = [
  ['registryServer', '--registry-server', 'The container registry server hostname.'],
  ['registryUsername', '--registry-username', 'The username to log in to container registry.'],
  ['registryPassword', '--registry-password', 'The password to log in to container registry.'],
  ['registryIdentity', '--registry-identity', "The managed identity to pull with, or 'system'."],
].map(([name = '', option = '', help = '']) => ({
  name,
  options: [option],
  help,
  group: 'Configuration',
}));

function show(session: Session, args: ArgumentReader): Promise<Json> {
  return showResource(session, jobPath(session, args));
}

async function list(session: Session, args: ArgumentReader): Promise<Json> {
  const group = args.optional('resourceGroup');
  const base = group === undefined ? session.subscription : groupPath(session, group);
  return listOf(session, `${base}/providers/Microsoft.App/jobs`);
}

async function remove(session: Session, args: ArgumentReader): Promise<undefined> {
  await confirm('Are you sure you want to perform this operation?', args.flag('yes'));
  const request = {
    method: 'DELETE',
    path: jobPath(session, args),
    apiVersion: APP_API_VERSION,
    style: 'containerapp' as const,
  };
  await session.armOperation(request, { wait: !args.flag('noWait') });
  return undefined;
}

function executionPath(session: Session, args: ArgumentReader): string {
  const name = encodeURIComponent(args.text('jobExecutionName'));
  return jobPath(session, args, `/executions/${name}`);
}

/** As the stock client's table has it. */
function executionRow(execution: Json): Json {
  return {
    name: textAt(execution, 'name') ?? null,
    startTime: textAt(execution, 'properties', 'startTime') ?? null,
    status: textAt(execution, 'properties', 'status') ?? null,
  };
}

export const JOB_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp job create',
    summary: 'Create a container apps job.',
    arguments: [
      NAME,
      RESOURCE_GROUP,
      {
        name: 'environment',
        options: ['--environment'],
        help: "Name or resource ID of the job's environment.",
      },
      {
        name: 'triggerType',
        options: ['--trigger-type'],
        required: true,
        help: 'Trigger type. Schedule | Event | Manual.',
      },
      ...EXECUTION_ARGUMENTS,
      {
        name: 'workloadProfileName',
        options: ['--workload-profile-name', '-w'],
        help: 'The friendly name for the workload profile.',
      },
      NO_WAIT,
      TAGS,
      ...CONTAINER,
      ENVIRONMENT_VARIABLES,
      {
        name: 'secrets',
        options: ['--secrets', '-s'],
        kind: 'list',
        group: 'Configuration',
        help: "A list of secret(s) for the job. Space-separated values in 'key=value' format.",
      },
      ...REGISTRY_ARGUMENTS,
      {
        name: 'systemAssigned',
        options: ['--mi-system-assigned'],
        kind: 'flag',
        group: 'Identity',
        help: 'Assign a system-assigned identity.',
      },
      {
        name: 'userAssigned',
        options: ['--mi-user-assigned'],
        kind: 'list',
        group: 'Identity',
        help: 'Space-separated user identities to be assigned.',
      },
    ],
    examples: [
      {
        title: 'Create a job that is started by hand',
        command:
          'az containerapp job create -n MyJob -g MyResourceGroup --environment MyEnvironment --trigger-type Manual --replica-timeout 60 --replica-retry-limit 1 --image imageName',
      },
    ],
    run: createJob,
  },
  {
    path: 'containerapp job update',
    summary: 'Update a Container Apps Job.',
    arguments: [
      NAME,
      RESOURCE_GROUP,
      ...EXECUTION_ARGUMENTS,
      NO_WAIT,
      TAGS,
      ...CONTAINER,
      { ...ENVIRONMENT_VARIABLES, options: ['--set-env-vars'] },
    ],
    run: updateJob,
  },
  {
    path: 'containerapp job show',
    summary: 'Show details of a Container Apps Job.',
    arguments: [NAME, RESOURCE_GROUP],
    run: show,
  },
  {
    path: 'containerapp job list',
    summary: 'List Container Apps Job by subscription or resource group.',
    arguments: [OPTIONAL_RESOURCE_GROUP],
    run: list,
  },
  {
    path: 'containerapp job delete',
    summary: 'Delete a Container Apps Job.',
    arguments: [NAME, RESOURCE_GROUP, NO_WAIT, YES],
    run: remove,
  },
  {
    path: 'containerapp job start',
    summary: 'Start a Container Apps Job execution.',
    arguments: [NAME, RESOURCE_GROUP, NO_WAIT, ...CONTAINER, ENVIRONMENT_VARIABLES],
    run: startJob,
  },
  {
    path: 'containerapp job stop',
    summary: 'Stops a Container Apps Job execution.',
    arguments: [NAME, RESOURCE_GROUP, NO_WAIT, EXECUTION],
    run: stopJob,
  },
  {
    path: 'containerapp job execution list',
    summary: 'Get list of all executions of a Container App Job.',
    arguments: [NAME, RESOURCE_GROUP],
    table: (executions) => (Array.isArray(executions) ? executions.map(executionRow) : executions),
    run: (session, args) => listOf(session, jobPath(session, args, '/executions')),
  },
  {
    path: 'containerapp job execution show',
    summary: 'Get execution of a Container App Job.',
    arguments: [NAME, RESOURCE_GROUP, { ...EXECUTION, required: true }],
    table: executionRow,
    run: (session, args) => showResource(session, executionPath(session, args)),
  },
  {
    path: 'containerapp job logs show',
    summary:
      'Show past logs and/or print logs in real time (with the --follow parameter). The logs are only taken from one execution, replica, and container.',
    arguments: [
      NAME,
      RESOURCE_GROUP,
      {
        name: 'execution',
        options: ['--execution'],
        help: 'The name of the execution. Defaults to the latest one.',
      },
      { name: 'replica', options: ['--replica'], help: 'The name of the replica.' },
      { name: 'container', options: ['--container'], help: 'The name of the container.' },
      ...HOW_TO_FOLLOW,
      LOG_FORMAT,
    ],
    run: showJobLogs,
  },
];
