import { NO_WAIT, RESOURCE_GROUP } from '../common-arguments.js';
import { editApp } from '../containerapp/edit-app.js';
import {
  assignIdentities,
  identityOf,
  removeIdentities,
  type IdentityChange,
} from '../containerapp/managed-identity.js';
import { requireApp } from '../containerapp/requests.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { APP_NAME } from './containerapp-arguments.js';

function identities(verb: string): readonly ArgumentSpec[] {
  return [
    {
      name: 'systemAssigned',
      options: ['--system-assigned'],
      kind: 'flag',
      help: `Boolean indicating whether to ${verb} system-assigned identity.`,
    },
    {
      name: 'userAssigned',
      options: ['--user-assigned'],
      kind: 'list',
      mayBeEmpty: verb === 'remove',
      help: `Space-separated user identities to be ${verb === 'assign' ? 'assigned' : 'removed. If no user identities are specified, all user identities will be removed'}.`,
    },
  ];
}

function changeOf(args: ArgumentReader): IdentityChange {
  return { system: args.flag('systemAssigned'), user: args.list('userAssigned') };
}

/** Commands on an app's managed identities. */
export const APP_IDENTITY_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp identity assign',
    summary: 'Assign managed identity to a container app.',
    arguments: [APP_NAME, RESOURCE_GROUP, ...identities('assign'), NO_WAIT],
    examples: [
      {
        title: 'Assign a user identity.',
        command:
          'az containerapp identity assign -n my-containerapp -g MyResourceGroup --user-assigned myUserIdentityName',
      },
    ],
    run: async (session, args) => {
      const app = await editApp(session, args, (edited) => {
        assignIdentities(session, args, edited, changeOf(args));
      });
      return identityOf(app);
    },
  },
  {
    path: 'containerapp identity remove',
    summary: 'Remove a managed identity from a container app.',
    arguments: [APP_NAME, RESOURCE_GROUP, ...identities('remove'), NO_WAIT],
    examples: [
      {
        title: 'Remove a user identity.',
        command:
          'az containerapp identity remove -n my-containerapp -g MyResourceGroup --user-assigned myUserIdentityName',
      },
    ],
    run: async (session, args) => {
      const app = await editApp(session, args, (edited) => {
        removeIdentities(session, args, edited, changeOf(args));
      });
      return identityOf(app);
    },
  },
  {
    path: 'containerapp identity show',
    summary: 'Show managed identities of a container app.',
    arguments: [APP_NAME, RESOURCE_GROUP],
    run: async (session, args) =>
      identityOf(await requireApp(session, args.text('resourceGroup'), args.text('name'))),
  },
];
