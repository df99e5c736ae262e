import { CHILD_ARGUMENTS } from '../acr/registry-child.js';
import { listCredentials, sendCredential, setCredential } from '../acr/task-credentials.js';
import { taskTable } from '../acr/tasks.js';
import type { ArgumentSpec, CommandSpec } from '../spec.js';
import { TASK_NAME } from './acr-task-arguments.js';

const SERVER: ArgumentSpec = {
  name: 'loginServer',
  options: ['--login-server'],
  required: true,
  help: "The login server of the custom registry. For instance, 'myregistry.azurecr.io'.",
};
const LOGIN: readonly ArgumentSpec[] = [
  {
    name: 'username',
    options: ['--username', '-u'],
    help: 'The username to login to the custom registry. This can be plain text or a key vault secret URI.',
  },
  {
    name: 'password',
    options: ['--password', '-p'],
    help: 'The password to login to the custom registry. This can be plain text or a key vault secret URI.',
  },
  {
    name: 'useIdentity',
    options: ['--use-identity'],
    help: "The task managed identity used for the credential. Use '[system]' to refer to the system-assigned identity or a client id to refer to a user-assigned identity. Please see https://aka.ms/acr/tasks/cross-registry-authentication for more information.",
  },
];

/** Commands on the registries that a task signs in to. */
export const TASK_CREDENTIAL_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr task credential add',
    summary: 'Add a custom registry login credential to the task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, SERVER, ...LOGIN],
    examples: [
      {
        title:
          'Add a registry login credential to a task using a plain text username and password.',
        command:
          'az acr task credential add -n taskname -r registryname --login-server myregistry.docker.io -u myusername -p mysecret',
      },
      {
        title:
          'Add a registry login credential to a task that uses only the task system-assigned identity to authenticate to the registry.',
        command:
          "az acr task credential add -n taskname -r registryname --login-server myregistry.docker.io --use-identity '[system]'",
      },
    ],
    table: taskTable,
    run: async (session, args) => await setCredential(session, args, 'add'),
  },
  {
    path: 'acr task credential update',
    summary: 'Update the registry login credential for a task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, SERVER, ...LOGIN],
    table: taskTable,
    run: async (session, args) => await setCredential(session, args, 'update'),
  },
  {
    path: 'acr task credential list',
    summary: 'List all the custom registry credentials for task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS],
    table: taskTable,
    run: listCredentials,
  },
  {
    path: 'acr task credential remove',
    summary: 'Remove credential for a task.',
    arguments: [TASK_NAME, ...CHILD_ARGUMENTS, SERVER],
    table: taskTable,
    run: async (session, args) => await sendCredential(session, args, null),
  },
];
