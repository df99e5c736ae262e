import type { Json } from '../../base/json.js';
import { CHILD_ARGUMENTS } from '../acr/registry-child.js';
import {
  ALL_IDENTITIES,
  identityOf,
  identityTable,
  SYSTEM_IDENTITY,
  withoutSystemIdentity,
} from '../acr/task-identity.js';
import { printedTask, sendTask, taskDetails, taskTable } from '../acr/tasks.js';
import { AzError } from '../az-error.js';
import { objectAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { TASK_NAME } from './acr-task-arguments.js';

const IDENTITIES: ArgumentSpec = {
  name: 'identities',
  options: ['--identities'],
  kind: 'list',
  mayBeEmpty: true,
  help: "Assign managed identities to the task. Use '[system]' to refer to the system-assigned identity or a resource ID to refer to a user-assigned identity.",
};

async function removeIdentities(session: Session, args: ArgumentReader): Promise<Json> {
  const words = args.list('identities') ?? [];
  if (words.includes(ALL_IDENTITIES) && words.length > 1) {
    throw new AzError('Cannot specify additional identities when [all] is used in [--identities]');
  }
  const isSystem = words.length === 0 || words.includes(SYSTEM_IDENTITY);
  const identity = isSystem
    ? withoutSystemIdentity(await taskDetails(session, args))
    : identityOf(words, null);
  return await sendTask(session, args, 'PATCH', { identity });
}

/** Commands on the managed identities of a task. */
export const TASK_IDENTITY_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr task identity assign',
    summary: 'Update the managed identity for a task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, IDENTITIES],
    examples: [
      {
        title:
          'Enable the system-assigned identity on an existing task. This will replace all existing user-assigned identities for that task.',
        command: 'az acr task identity assign -n MyTask -r myregistry',
      },
    ],
    table: taskTable,
    run: async (session, args) =>
      await sendTask(session, args, 'PATCH', {
        identity: identityOf(args.list('identities') ?? []),
      }),
  },
  {
    path: 'acr task identity remove',
    summary: 'Remove managed identities for a task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, IDENTITIES],
    examples: [
      {
        title: 'Remove all managed identities from a task.',
        command: "az acr task identity remove -n MyTask -r myregistry --identities '[all]'",
      },
    ],
    table: taskTable,
    run: removeIdentities,
  },
  {
    path: 'acr task identity show',
    summary: 'Display the managed identities for task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS],
    table: identityTable,
    run: async (session, args) =>
      objectAt(printedTask(await taskDetails(session, args)), 'identity'),
  },
];
