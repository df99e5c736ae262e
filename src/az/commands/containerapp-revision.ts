import type { Json } from '../../base/json.js';
import { RESOURCE_GROUP, TAGS } from '../common-arguments.js';
import { configurationOf, editApp } from '../containerapp/edit-app.js';
import {
  APP_API_VERSION,
  appPath,
  getApp,
  listOf,
  showRaw,
  showResource,
} from '../containerapp/requests.js';
import { appOfRevision } from '../containerapp/revision-name.js';
import { copyRevision } from '../containerapp/update.js';
import { appRow, revisionRow, revisionRows } from '../containerapp/tables.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { APP_NAME, CONTAINER_ARGUMENTS, VARIABLE_ARGUMENTS } from './containerapp-arguments.js';
import { valueAt, textAt } from '../json-path.js';

const REVISION: ArgumentSpec = {
  name: 'revision',
  options: ['--revision'],
  required: true,
  help: 'Name of the revision.',
};
const OPTIONAL_NAME: ArgumentSpec = { ...APP_NAME, required: false };

function revisionPath(session: Session, args: ArgumentReader): string {
  const revision = encodeURIComponent(args.text('revision'));
  return appPath(
    session,
    args.text('resourceGroup'),
    args.optional('name') ?? appOfRevision(args.text('revision')),
    `/revisions/${revision}`,
  );
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

/** The replicas of the revision that is named, else of the newest. */
async function replicasPath(session: Session, args: ArgumentReader): Promise<string> {
  const group = args.text('resourceGroup');
  const name = args.text('name');
  const app = await getApp(session, group, name);
  const revision =
    args.optional('revision') ?? textAt(app, 'properties', 'latestRevisionName') ?? 'None';
  return appPath(session, group, name, `/revisions/${encodeURIComponent(revision)}/replicas`);
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
    path: 'containerapp revision set-mode',
    summary: 'Set the revision mode of a container app.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'mode',
        options: ['--mode'],
        required: true,
        choices: ['multiple', 'single'],
        help: 'The active revisions mode for the container app.',
      },
    ],
    examples: [
      {
        title: 'Set a container app to multiple revisions mode.',
        command:
          'az containerapp revision set-mode -n my-containerapp -g MyResourceGroup --mode multiple',
      },
    ],
    run: async (session, args) => {
      const app = await editApp(session, args, (edited) => {
        configurationOf(edited)['activeRevisionsMode'] = args.text('mode');
      });
      return valueAt(app, 'properties', 'configuration', 'activeRevisionsMode');
    },
  },
  {
    path: 'containerapp revision copy',
    summary: 'Create a revision based on a previous revision.',
    arguments: [
      OPTIONAL_NAME,
      RESOURCE_GROUP,
      {
        name: 'fromRevision',
        options: ['--from-revision'],
        help: 'Revision to copy from. Default: latest revision.',
      },
      TAGS,
      ...CONTAINER_ARGUMENTS,
      ...VARIABLE_ARGUMENTS,
    ],
    examples: [
      {
        title: 'Create a revision based on a previous revision.',
        command:
          'az containerapp revision copy -g MyResourceGroup --from-revision my-containerapp--v1 --cpu 0.75 --memory 1.5Gi',
      },
    ],
    table: appRow,
    run: copyRevision,
  },
  {
    path: 'containerapp replica show',
    summary: 'Show a container app replica.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      { name: 'replica', options: ['--replica'], required: true, help: 'The name of the replica.' },
      {
        ...REVISION,
        required: false,
        help: 'The name of the container app revision. Defaults to the latest revision.',
      },
    ],
    run: async (session, args) => {
      const path = await replicasPath(session, args);
      const replica = `${path}/${encodeURIComponent(args.text('replica'))}`;
      return await showRaw(session, replica);
    },
  },
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
    run: async (session, args) => await listOf(session, await replicasPath(session, args)),
  },
];
