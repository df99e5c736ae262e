import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { RESOURCE_GROUP } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { patchConfiguration } from '../containerapp/edit-app.js';
import { appPath, requireApp, APP_API_VERSION } from '../containerapp/requests.js';
import {
  addLabel,
  parseWeights,
  removeLabel,
  splitTraffic,
  swapLabels,
  weightsOfLabels,
} from '../containerapp/traffic.js';
import { appOfRevision } from '../containerapp/revision-name.js';
import { objectsAt, textAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import { APP_NAME } from './containerapp-arguments.js';

/** The app with its traffic. @throws AzError with `refusal` when it has no ingress */
async function trafficOf(
  session: Session,
  args: ArgumentReader,
  name: string,
  refusal: string,
): Promise<{ app: JsonObject; traffic: JsonObject[] }> {
  const group = args.text('resourceGroup');
  const app = await requireApp(session, group, name, ` in group '${group}'`);
  const ingress = valueAt(app, 'properties', 'configuration', 'ingress');
  if (!isJsonObject(ingress) || !('traffic' in ingress)) throw new AzError(refusal);
  return { app, traffic: objectsAt(ingress, 'traffic') };
}

async function sendTraffic(
  session: Session,
  args: ArgumentReader,
  traffic: JsonObject[],
  name = args.text('name'),
): Promise<Json | undefined> {
  const patched = await patchConfiguration(session, args, { ingress: { traffic } }, name);
  return valueAt(patched, 'properties', 'configuration', 'ingress', 'traffic');
}

async function setTraffic(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const name = args.text('name');
  const revisions = args.list('revisionWeight') ?? [];
  const labels = args.list('labelWeight') ?? [];
  if (revisions.length === 0 && labels.length === 0) {
    throw new AzError('Must specify either --label-weight or --revision-weight.');
  }
  const { app, traffic } = await trafficOf(
    session,
    args,
    name,
    'Ingress must be enabled to set ingress traffic. Try running `az containerapp ingress -h` for more info.',
  );
  const mode = textAt(app, 'properties', 'configuration', 'activeRevisionsMode') ?? '';
  if (mode.toLowerCase() === 'single') {
    throw new AzError(
      `Containerapp '${name}' is configured for single revision. Set revision mode to multiple in order to set ingress traffic. Try \`az containerapp revision set-mode -h\` for more details.`,
    );
  }
  const wanted = parseWeights(revisions);
  const named = new Set(wanted.map(({ revision }) => revision.toLowerCase()));
  const labelled = weightsOfLabels(traffic, parseWeights(labels));
  wanted.push(...labelled.filter(({ revision }) => !named.has(revision.toLowerCase())));
  const split = splitTraffic(traffic, wanted);
  for (const { revision } of wanted) await checkRevision(session, args, name, revision);
  return await sendTraffic(session, args, split);
}

/** @throws AzError when the app has no such revision */
async function checkRevision(
  session: Session,
  args: ArgumentReader,
  name: string,
  revision: string,
): Promise<void> {
  if (revision.toLowerCase() === 'latest') return;
  const suffix = `/revisions/${encodeURIComponent(revision)}`;
  const path = appPath(session, args.text('resourceGroup'), name, suffix);
  const response = await session.exchange({ method: 'GET', path, apiVersion: APP_API_VERSION });
  if (response.status >= 400) {
    throw new AzError(`Revision '${revision}' is not a valid revision name.`);
  }
}

async function showTraffic(session: Session, args: ArgumentReader): Promise<Json> {
  const app = await requireApp(session, args.text('resourceGroup'), args.text('name'));
  const ingress = valueAt(app, 'properties', 'configuration', 'ingress');
  if (isJsonObject(ingress) && 'traffic' in ingress) return ingress['traffic'] ?? null;
  throw new AzError(
    'Ingress must be enabled to show ingress traffic. Try running `az containerapp ingress -h` for more info.',
  );
}

async function labelRevision(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const revision = args.text('revision');
  const label = args.text('label');
  const name = args.optional('name') ?? appOfRevision(revision);
  const { traffic } = await trafficOf(session, args, name, needsTraffic('add'));
  await checkRevision(session, args, name, revision);
  const labelled = addLabel(traffic, { revision, label });
  if (labelled.takenFrom !== undefined) {
    await confirm(
      `A weight with the label '${label}' already exists. Remove existing label '${label}' from '${labelled.takenFrom}' and add to '${revision}'?`,
      args.flag('yes'),
    );
  }
  return await sendTraffic(session, args, labelled.traffic, name);
}

function needsTraffic(verb: string): string {
  return `Ingress and traffic weights are required to ${verb} labels.`;
}

const LABEL: ArgumentSpec = {
  name: 'label',
  options: ['--label'],
  required: true,
  help: 'Name of the label.',
};

/** How requests are divided between revisions, and the labels that name them. */
export const TRAFFIC_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'containerapp ingress traffic set',
    summary: 'Configure traffic-splitting for a container app.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'revisionWeight',
        options: ['--revision-weight'],
        kind: 'list',
        group: 'Traffic',
        help: "A list of revision weight(s) for the container app. Space-separated values in 'revision_name=weight' format. For latest revision, use 'latest=weight'.",
      },
      {
        name: 'labelWeight',
        options: ['--label-weight'],
        kind: 'list',
        group: 'Traffic',
        help: "A list of label weight(s) for the container app. Space-separated values in 'label_name=weight' format.",
      },
    ],
    examples: [
      {
        title: 'Split traffic equally between two revisions.',
        command:
          'az containerapp ingress traffic set -n my-containerapp -g MyResourceGroup --revision-weight my-containerapp--v1=50 latest=50',
      },
    ],
    run: setTraffic,
  },
  {
    path: 'containerapp ingress traffic show',
    summary: 'Show traffic-splitting configuration for a container app.',
    arguments: [APP_NAME, RESOURCE_GROUP],
    run: showTraffic,
  },
  {
    path: 'containerapp revision label add',
    summary: 'Set a revision label to a revision with an associated traffic weight.',
    arguments: [
      { ...APP_NAME, required: false },
      RESOURCE_GROUP,
      LABEL,
      {
        name: 'revision',
        options: ['--revision'],
        required: true,
        help: 'Name of the revision.',
      },
      {
        name: 'yes',
        options: ['--yes', '-y'],
        kind: 'flag',
        help: 'Do not prompt for confirmation.',
      },
    ],
    examples: [
      {
        title: 'Add a label to the latest revision.',
        command:
          'az containerapp revision label add -n my-containerapp -g MyResourceGroup --label myLabel --revision latest',
      },
    ],
    run: labelRevision,
  },
  {
    path: 'containerapp revision label remove',
    summary: 'Remove a revision label from a revision with an associated traffic weight.',
    arguments: [APP_NAME, RESOURCE_GROUP, LABEL],
    run: async (session, args) => {
      const name = args.text('name');
      const { traffic } = await trafficOf(session, args, name, needsTraffic('remove'));
      return await sendTraffic(session, args, removeLabel(traffic, args.text('label')));
    },
  },
  {
    path: 'containerapp revision label swap',
    summary: 'Swap a revision label between two revisions with associated traffic weights.',
    arguments: [
      APP_NAME,
      RESOURCE_GROUP,
      {
        name: 'source',
        options: ['--source'],
        required: true,
        help: 'Source label to be swapped.',
      },
      {
        name: 'target',
        options: ['--target'],
        required: true,
        help: 'Target label to be swapped to.',
      },
    ],
    run: async (session, args) => {
      const [source, target] = [args.text('source'), args.text('target')];
      if (source === target) throw new AzError('Label names to be swapped must be different.');
      const { traffic } = await trafficOf(session, args, args.text('name'), needsTraffic('swap'));
      return await sendTraffic(session, args, swapLabels(traffic, source, target));
    },
  },
];
