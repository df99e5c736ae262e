import { AGENT_POOL, followArguments } from '../acr/queue-arguments.js';
import type { Json } from '../../base/json.js';
import { CHILD_ARGUMENTS, childPath, deleteChild } from '../acr/registry-child.js';
import { runTask } from '../acr/task-run.js';
import { createTask, updateTask } from '../acr/task-request.js';
import { printedTask, taskDetails, TASKS, taskTable } from '../acr/tasks.js';
import { RUNS_API_VERSION } from '../acr/upload-source.js';
import { YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import type { Session } from '../session.js';
import type { ArgumentReader, CommandSpec } from '../spec.js';
import {
  CREATE_ONLY,
  RUN_SOURCE,
  STEP_VALUES,
  TASK_ARGUMENTS,
  TASK_NAME,
} from './acr-task-arguments.js';
import { TASK_CREDENTIAL_COMMANDS } from './acr-task-credential.js';
import { TASK_IDENTITY_COMMANDS } from './acr-task-identity.js';
import { TIMER_COMMANDS } from './acr-task-timer.js';

async function showTask(session: Session, args: ArgumentReader): Promise<Json> {
  if (args.flag('withSecureProperties')) return printedTask(await taskDetails(session, args));
  const path = await childPath(session, args, TASKS, args.text('name'));
  return printedTask(await session.armJson({ method: 'GET', path, apiVersion: RUNS_API_VERSION }));
}

async function listTasks(session: Session, args: ArgumentReader): Promise<Json> {
  const path = await childPath(session, args, TASKS);
  const found = await session.armList({ method: 'GET', path, apiVersion: RUNS_API_VERSION });
  return found.map(printedTask);
}

/** Commands on tasks; those on their runs are in acr-run. */
export const TASK_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr task create',
    summary:
      'Create a series of steps for building, testing and OS & Framework patching containers. Tasks support triggers from git commits and base image updates.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, ...TASK_ARGUMENTS, ...CREATE_ONLY],
    examples: [
      {
        title: 'Create a Linux task from a public GitHub repository which builds an image.',
        command:
          'az acr task create -t hello-world:{{.Run.ID}} -n hello-world -r myregistry -c https://github.com/Azure-Samples/acr-build-helloworld-node.git -f Dockerfile --commit-trigger-enabled false',
      },
      {
        title: 'Create a task that runs a command every night.',
        command:
          'az acr task create -n purge -r myregistry --cmd "acr purge --filter \'app:.*\' --ago 30d" -c /dev/null --schedule "0 0 * * *"',
      },
    ],
    table: taskTable,
    run: createTask,
  },
  {
    path: 'acr task update',
    summary: 'Update a task for an Azure Container Registry.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, ...TASK_ARGUMENTS],
    table: taskTable,
    run: updateTask,
  },
  {
    path: 'acr task show',
    summary: 'Get the properties of a named task for an Azure Container Registry.',
    arguments: [
      TASK_NAME,
      ...CHILD_ARGUMENTS,
      {
        name: 'withSecureProperties',
        options: ['--with-secure-properties'],
        kind: 'flag',
        help: 'Indicates whether the secure properties of a task should be returned.',
      },
    ],
    table: taskTable,
    run: showTask,
  },
  {
    path: 'acr task list',
    summary: 'List the tasks for an Azure Container Registry.',
    arguments: CHILD_ARGUMENTS,
    table: taskTable,
    run: listTasks,
  },
  {
    path: 'acr task delete',
    summary: 'Delete a task from an Azure Container Registry.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, YES],
    run: async (session, args) => {
      const name = args.text('name');
      await confirm(`Are you sure you want to delete the task '${name}' `, args.flag('yes'));
      await deleteChild(session, args, TASKS);
      return undefined;
    },
  },
  {
    path: 'acr task run',
    summary:
      'Manually trigger a task that might otherwise be waiting for git commits or base image update triggers.',
    arguments: [
      TASK_NAME,
      ...CHILD_ARGUMENTS,
      ...RUN_SOURCE,
      ...STEP_VALUES,
      AGENT_POOL,
      {
        name: 'updateTriggerToken',
        options: ['--update-trigger-token'],
        help: 'The payload that will be passed back alongwith the base image trigger notification.',
      },
      ...followArguments('run'),
    ],
    examples: [
      { title: 'Trigger a task run.', command: 'az acr task run -n mytask -r myregistry' },
    ],
    run: runTask,
  },
  ...TASK_IDENTITY_COMMANDS,
  ...TASK_CREDENTIAL_COMMANDS,
  ...TIMER_COMMANDS,
];
