import type { Json } from '../../base/json.js';
import { OPTIONAL_RESOURCE_GROUP, RESOURCE_GROUP, TAGS } from '../common-arguments.js';
import { locationAndTags, RESOURCE_LOCATION, withPropertiesBeside } from '../placed-resource.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const API_VERSION = '2025-05-31-preview';
const TYPE = 'Microsoft.ManagedIdentity/userAssignedIdentities';

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n', '--resource-name'],
  required: true,
  help: 'The name of the identity resource.',
};

function identityPath(session: Session, args: ArgumentReader): string {
  const group = encodeURIComponent(args.text('resourceGroup'));
  return `${session.subscription}/resourceGroups/${group}/providers/${TYPE}/${encodeURIComponent(args.text('name'))}`;
}

async function create(session: Session, args: ArgumentReader): Promise<Json> {
  return withPropertiesBeside(
    await session.armJson({
      method: 'PUT',
      path: identityPath(session, args),
      apiVersion: API_VERSION,
      body: await locationAndTags(session, args),
    }),
  );
}

async function list(session: Session, args: ArgumentReader): Promise<Json> {
  const group = args.optional('resourceGroup');
  const scope = group === undefined ? '' : `/resourceGroups/${encodeURIComponent(group)}`;
  const path = `${session.subscription}${scope}/providers/${TYPE}`;
  const found = await session.armList({ method: 'GET', path, apiVersion: API_VERSION });
  return found.map(withPropertiesBeside);
}

/** User-assigned managed identities. */
export const IDENTITY_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'identity create',
    summary: 'Create an identity in the specified subscription and resource group.',
    arguments: [NAME, RESOURCE_GROUP, RESOURCE_LOCATION, TAGS],
    examples: [
      {
        title: 'Create an identity.',
        command: 'az identity create --name MyIdentity --resource-group MyResourceGroup',
      },
    ],
    run: create,
  },
  {
    path: 'identity show',
    summary: 'Get the identity.',
    arguments: [NAME, RESOURCE_GROUP],
    run: async (session, args) =>
      withPropertiesBeside(
        await session.armJson({
          method: 'GET',
          path: identityPath(session, args),
          apiVersion: API_VERSION,
        }),
      ),
  },
  {
    path: 'identity list',
    summary: 'List managed identities.',
    arguments: [OPTIONAL_RESOURCE_GROUP],
    run: list,
  },
  {
    path: 'identity delete',
    summary: 'Delete the identity.',
    arguments: [NAME, RESOURCE_GROUP],
    run: async (session, args) => {
      const path = identityPath(session, args);
      await session.arm({ method: 'DELETE', path, apiVersion: API_VERSION });
      return undefined;
    },
  },
];
