import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { OPTIONAL_RESOURCE_GROUP } from '../common-arguments.js';
import { AzError } from '../az-error.js';
import { digestOf } from '../acr/data-plane-arguments.js';
import { openRegistry } from '../acr/data-plane.js';
import { parseImageName } from '../acr/image-name.js';
import { AGENT_POOL, PLATFORM, TIMEOUT, followArguments } from '../acr/queue-arguments.js';
import { printedRun } from '../acr/queue-run.js';
import { REGISTRY, registryPathOf } from '../acr/registry-child.js';
import { runTaskFile } from '../acr/run.js';
import { showRunLog } from '../acr/run-log.js';
import { runTable } from '../acr/tables.js';
import { RUNS_API_VERSION } from '../acr/upload-source.js';
import { textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const RUN_ID: ArgumentSpec = {
  name: 'runId',
  options: ['--run-id'],
  required: true,
  help: 'The unique run identifier.',
};
const TASK: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  help: 'The name of the task.',
};
const IMAGE: ArgumentSpec = {
  name: 'image',
  options: ['--image', '-t'],
  help: "Only of the run that pushed this image, e.g. 'hello-world:latest' or 'hello-world@sha256:...'.",
};

async function call(session: Session, method: 'GET' | 'POST', path: string): Promise<JsonObject> {
  return session.armJson({ method, path, apiVersion: RUNS_API_VERSION });
}

/** What of a list of runs the arguments ask for; `$filter` only where they ask for some. */
async function runQuery(
  session: Session,
  args: ArgumentReader,
  top: number,
): Promise<URLSearchParams> {
  const task = args.optional('name');
  const status = args.optional('runStatus');
  const image = args.optional('image');
  const clauses = [
    ...(task === undefined ? [] : [`TaskName eq '${task}'`]),
    ...(status === undefined ? [] : [`Status eq '${status}'`]),
    ...(image === undefined
      ? []
      : [`contains(OutputImageManifests, '${await manifestOf(session, args, image)}')`]),
  ];
  const query = new URLSearchParams({ $top: String(top) });
  if (clauses.length > 0) query.set('$filter', clauses.join(' and '));
  return query;
}

/** `'app@sha256:…'` */
async function manifestOf(session: Session, args: ArgumentReader, image: string): Promise<string> {
  const name = parseImageName(image);
  const { repository } = name;
  if (name.digest !== undefined) return `${repository}@${name.digest}`;
  try {
    const registry = await openRegistry(session, args, `repository:${repository}:metadata_read`);
    return `${repository}@${await digestOf(registry, repository, name.tag)}`;
  } catch (error) {
    if (!(error instanceof AzError)) throw error;
    throw new AzError(`Could not find image '${image}'. ${error.message}`, { cause: error });
  }
}

async function listRuns(session: Session, args: ArgumentReader): Promise<Json> {
  const query = await runQuery(session, args, args.number('top') ?? 15);
  const answer = await call(
    session,
    'GET',
    `${await registryPathOf(session, args)}/runs?${query.toString()}`,
  );
  const runs = answer['value'];
  return (Array.isArray(runs) ? runs : []).filter(isJsonObject).map((run) => printedRun(run));
}

async function showLogs(session: Session, args: ArgumentReader): Promise<undefined> {
  const path = await registryPathOf(session, args);
  const id = args.optional('runId') ?? (await lastRun(session, path, args));
  await showRunLog(session, path, id);
  return undefined;
}

async function lastRun(session: Session, path: string, args: ArgumentReader): Promise<string> {
  const query = await runQuery(session, args, 1);
  const { value } = await call(session, 'GET', `${path}/runs?${query.toString()}`);
  const run = Array.isArray(value) ? value[0] : undefined;
  const id = isJsonObject(run) ? textAt(run, 'name') : undefined;
  const task = args.optional('name');
  const image = args.optional('image');
  const ofTask = task === undefined ? '' : ` for task '${task}'`;
  const which = `${ofTask}${image === undefined ? '' : ` for image '${image}'`}.`;
  if (id === undefined) throw new AzError(`Could not find the last created run${which}`);
  session.warn(`Showing logs of the last created run${which}`);
  session.warn(`Run ID: ${id}`);
  return id;
}

async function updateRun(session: Session, args: ArgumentReader): Promise<Json> {
  const noArchive = args.state('noArchive');
  return printedRun(
    await session.armJson({
      method: 'PATCH',
      path: `${await registryPathOf(session, args)}/runs/${args.text('runId')}`,
      apiVersion: RUNS_API_VERSION,
      body: noArchive === undefined ? {} : { isArchiveEnabled: !noArchive },
    }),
  );
}

async function cancelRun(session: Session, args: ArgumentReader): Promise<undefined> {
  const path = await registryPathOf(session, args);
  const id = args.text('runId');
  await session.armOperation(
    { method: 'POST', path: `${path}/runs/${id}/cancel`, apiVersion: RUNS_API_VERSION },
    { wait: true },
  );
  return undefined;
}

export const RUN_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr run',
    summary: 'Queues a quick run providing streamed logs for an Azure Container Registry.',
    arguments: [
      REGISTRY,
      OPTIONAL_RESOURCE_GROUP,
      {
        name: 'sourceLocation',
        options: [],
        metavar: '<SOURCE_LOCATION>',
        required: true,
        help: "The local source code directory path (e.g., './src'), the URL to a git repository or a remote tarball, or '/dev/null'.",
      },
      {
        name: 'file',
        options: ['--file', '-f'],
        help: "The task template/definition file path relative to the source context; '-' to read it from stdin.",
      },
      {
        name: 'cmd',
        options: ['--cmd'],
        help: 'Commands to execute. This also supports additional docker run parameters.',
      },
      {
        name: 'values',
        options: ['--values'],
        help: 'The task values file path relative to the source context.',
      },
      {
        name: 'set',
        options: ['--set'],
        repeatable: true,
        help: "Task value in '--set name[=value]' format.",
      },
      {
        name: 'setSecret',
        options: ['--set-secret'],
        repeatable: true,
        help: 'Secret task value in the same format; not shown in logs.',
      },
      PLATFORM,
      AGENT_POOL,
      TIMEOUT,
      ...followArguments('run'),
    ],
    examples: [
      {
        title: 'Queue a task file with the local folder as its source.',
        command: 'az acr run -r myregistry -f acr-task.yaml .',
      },
      {
        title: 'Queue a command without a source.',
        command: 'az acr run -r myregistry --cmd "acr tag list --repository app" /dev/null',
      },
    ],
    run: runTaskFile,
  },
  {
    path: 'acr task list-runs',
    summary:
      'List all of the executed runs for an Azure Container Registry, with the ability to filter by a specific Task.',
    arguments: [
      REGISTRY,
      OPTIONAL_RESOURCE_GROUP,
      TASK,
      {
        name: 'top',
        options: ['--top'],
        kind: 'integer',
        help: 'Limit the number of latest runs in the results.',
      },
      {
        name: 'runStatus',
        options: ['--run-status'],
        choices: [
          'Canceled',
          'Error',
          'Failed',
          'Queued',
          'Running',
          'Started',
          'Succeeded',
          'Timeout',
        ],
        help: 'The current status of run.',
      },
      IMAGE,
    ],
    table: runTable,
    run: listRuns,
  },
  {
    path: 'acr task show-run',
    summary: 'Get the properties of a specified run of an Azure Container Registry Task.',
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP, RUN_ID],
    table: runTable,
    run: async (session, args) =>
      printedRun(
        await call(
          session,
          'GET',
          `${await registryPathOf(session, args)}/runs/${args.text('runId')}`,
        ),
      ),
  },
  {
    path: 'acr task update-run',
    summary: 'Patch the run properties of an Azure Container Registry Task.',
    arguments: [
      REGISTRY,
      OPTIONAL_RESOURCE_GROUP,
      RUN_ID,
      {
        name: 'noArchive',
        options: ['--no-archive'],
        kind: 'three-state',
        help: 'Indicates whether the run should be archived.',
      },
    ],
    table: runTable,
    run: updateRun,
  },
  {
    path: 'acr task cancel-run',
    summary: 'Cancel a specified run of an Azure Container Registry.',
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP, RUN_ID],
    run: cancelRun,
  },
  {
    path: 'acr task logs',
    summary:
      'Show logs for a particular run. If no run-id is supplied, show logs for the last created run.',
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP, TASK, { ...RUN_ID, required: false }, IMAGE],
    run: showLogs,
  },
];
