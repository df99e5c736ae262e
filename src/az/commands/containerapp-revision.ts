import type { Json } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { RESOURCE_GROUP } from '../common-arguments.js';
import { showLogs } from '../containerapp/logs.js';
import {
  APP_API_VERSION,
  appPath,
  getApp,
  listOf,
  showResource,
} from '../containerapp/requests.js';
import { revisionRow, revisionRows } from '../containerapp/tables.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { APP_NAME } from './containerapp-arguments.js';
import { valueAt, textAt } from '../json-path.js';

const REVISION: ArgumentSpec = {
  name: 'revision',
  options: ['--revision'],
  required: true,
  help: 'Name of the revision.',
};
const OPTIONAL_NAME: ArgumentSpec = { ...APP_NAME, required: false };

/** The app of a revision: as told, or what is before the last `--`. */
function appOf(args: ArgumentReader): string {
  const revision = args.text('revision');
  const given = args.optional('name');
  if (given !== undefined) return given;
  const at = revision.lastIndexOf('--');
  if (at > 0) return revision.slice(0, at);
  throw new AzError(
    "Could not determine app name from revision name '" + revision + "'. Please use --name.",
  );
}

function revisionPath(session: Session, args: ArgumentReader): string {
  const revision = encodeURIComponent(args.text('revision'));
  return appPath(session, args.text('resourceGroup'), appOf(args), `/revisions/${revision}`);
}

function action(verb: 'activate' | 'deactivate' | 'restart', summary: string): CommandSpec {
  return {
    path: `containerapp revision ${verb}`,
    summary,
    arguments: [RESOURCE_GROUP, REVISION, OPTIONAL_NAME],
    examples: [
      {
        title: summary,
        command: `az containerapp revision ${verb} -g MyResourceGroup --revision MyContainerapp--abc123`,
      },
    ],
    run: async (session, args) =>
      await session.armJson({
        method: 'POST',
        path: `${revisionPath(session, args)}/${verb}`,
        apiVersion: APP_API_VERSION,
        style: 'containerapp',
      }),
  };
}

async function listRevisions(session: Session, args: ArgumentReader): Promise<Json> {
  const path = appPath(session, args.text('resourceGroup'), args.text('name'), '/revisions');
  const revisions = await listOf(session, path);
  if (args.flag('all')) return revisions;
  return revisions.filter((revision) => valueAt(revision, 'properties', 'active') === true);
}

async function listReplicas(session: Session, args: ArgumentReader): Promise<Json> {
  const group = args.text('resourceGroup');
  const name = args.text('name');
  const app = await getApp(session, group, name);
  const revision =
    args.optional('revision') ?? textAt(app, 'properties', 'latestRevisionName') ?? 'None';
  return await listOf(
    session,
    appPath(session, group, name, `/revisions/${encodeURIComponent(revision)}/replicas`),
  );
}

export const REVISION_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp revision list',
    summary: "List a container app's revisions.",
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      { name: 'all', options: ['--all'], kind: 'flag', help: 'Show inactive revisions.' },
    ],
    examples: [
      {
        title: "List a container app's revisions.",
        command: 'az containerapp revision list -n my-containerapp -g MyResourceGroup -o table',
      },
    ],
    table: revisionRows,
    run: listRevisions,
  },
  {
    path: 'containerapp revision show',
    summary: 'Show details of a revision.',
    arguments: [RESOURCE_GROUP, REVISION, OPTIONAL_NAME],
    table: revisionRow,
    run: async (session, args) => await showResource(session, revisionPath(session, args)),
  },
  action('activate', 'Activate a revision.'),
  action('deactivate', 'Deactivate a revision.'),
  action('restart', 'Restart a revision.'),
  {
    path: 'containerapp replica list',
    summary: "List a container app revision's replica.",
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        ...REVISION,
        required: false,
        help: 'The name of the container app revision. Defaults to the latest revision.',
      },
    ],
    run: listReplicas,
  },
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
      {
        name: 'format',
        options: ['--format'],
        choices: ['json', 'text'],
        help: 'Log output format.  Default: json.',
      },
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
