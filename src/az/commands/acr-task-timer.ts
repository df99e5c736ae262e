import type { Json } from '../../base/json.js';
import { CHILD_ARGUMENTS } from '../acr/registry-child.js';
import { given } from '../acr/task-step.js';
import { printedTask, sendTask, taskDetails, taskTable } from '../acr/tasks.js';
import { AzError } from '../az-error.js';
import { objectAt, objectsAt, textAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { TASK_NAME } from './acr-task-arguments.js';

const TIMER_NAME: ArgumentSpec = {
  name: 'timerName',
  options: ['--timer-name'],
  required: true,
  help: 'The name of the timer trigger.',
};
const SCHEDULE: ArgumentSpec = {
  name: 'schedule',
  options: ['--schedule'],
  help: 'The schedule of the timer trigger represented as a cron expression.',
};
const ENABLED: ArgumentSpec = {
  name: 'enabled',
  options: ['--enabled'],
  kind: 'three-state',
  help: 'Indicates whether the timer trigger is enabled.',
};

async function setTimer(
  session: Session,
  args: ArgumentReader,
  enabled: boolean | undefined,
): Promise<Json> {
  const timer = given({
    name: args.text('timerName'),
    status: enabled === undefined ? undefined : enabled ? 'Enabled' : 'Disabled',
    schedule: args.optional('schedule'),
  });
  const body = { properties: { trigger: { timerTriggers: [timer] } } };
  return await sendTask(session, args, 'PATCH', body);
}

/** A patch can't take a timer away, so all of the task is sent without it. */
async function removeTimer(session: Session, args: ArgumentReader): Promise<Json> {
  const task = await taskDetails(session, args);
  const trigger = objectAt(task, 'properties', 'trigger');
  const timers = objectsAt(trigger, 'timerTriggers');
  const name = args.text('timerName');
  if (timers.length === 0) {
    throw new AzError(`No timer triggers exist for the task '${args.text('name')}'.`);
  }
  const left = timers.filter((timer) => textAt(timer, 'name') !== name);
  if (left.length === timers.length) {
    throw new AzError(`The timer '${name}' does not exist for the task '${args.text('name')}'.`);
  }
  const properties = {
    ...objectAt(task, 'properties'),
    trigger: { ...trigger, timerTriggers: left },
  };
  return await sendTask(session, args, 'PUT', { ...task, properties });
}

/** Commands on the timers of a task. */
export const TIMER_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr task timer add',
    summary: 'Add a timer trigger to a task.',
    arguments: [
      TASK_NAME,
      ...CHILD_ARGUMENTS,
      TIMER_NAME,
      { ...SCHEDULE, required: true },
      ENABLED,
    ],
    examples: [
      {
        title: 'Add a timer trigger to a task.',
        command:
          'az acr task timer add -n taskname -r registryname --timer-name t2 --schedule "30 9 * * 1-5"',
      },
    ],
    table: taskTable,
    run: async (session, args) => await setTimer(session, args, args.state('enabled') ?? true),
  },
  {
    path: 'acr task timer update',
    summary: 'Update the timer trigger for a task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, TIMER_NAME, SCHEDULE, ENABLED],
    table: taskTable,
    run: async (session, args) => await setTimer(session, args, args.state('enabled')),
  },
  {
    path: 'acr task timer remove',
    summary: 'Remove a timer trigger from a task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, TIMER_NAME],
    table: taskTable,
    run: removeTimer,
  },
  {
    path: 'acr task timer list',
    summary: 'List all timer triggers for a task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS],
    table: taskTable,
    run: async (session, args) => {
      const task = printedTask(await taskDetails(session, args));
      return valueAt(task, 'trigger', 'timerTriggers') ?? {};
    },
  },
];
