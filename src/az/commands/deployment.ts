import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { jsonBody, sdkError } from '../arm-error.js';
import { AzError } from '../az-error.js';
import { NO_WAIT, RESOURCE_GROUP } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { preflightMessage } from '../deployment/preflight.js';
import { DEPLOYMENT_SHAPE, OPERATION_SHAPE, VALIDATION_SHAPE } from '../deployment/shapes.js';
import { bodyOf, readSource, type DeploymentSource } from '../deployment/source.js';
import { predict } from '../deployment/what-if.js';
import { formatJsonLine } from '../output/json.js';
import { fillShape } from '../sdk-shape.js';
import type { ArmRequest, Session } from '../session.js';
import type { ArgumentReader, CommandSpec } from '../spec.js';
import type { HttpResponse } from '../transport.js';
import { objectsAt, textAt, valueAt } from '../json-path.js';
import {
  CONFIRM_ARGUMENTS,
  NAME,
  TEMPLATE_ARGUMENTS,
  WHAT_IF_ARGUMENTS,
} from './deployment-arguments.js';

const API_VERSION = '2025-04-01';

const EXAMPLES = [
  {
    title: 'Create a deployment at resource group from a local template file.',
    command:
      'az deployment group create --resource-group testrg --name rollout01 --template-file azuredeploy.bicep --parameters baseName=lab',
  },
  {
    title:
      'Create a deployment at resource group from a parameters file, which names its template.',
    command: 'az deployment group create --resource-group testrg --parameters main.bicepparam',
  },
];

function deploymentPath(session: Session, args: ArgumentReader, name: string): string {
  const group = encodeURIComponent(args.text('resourceGroup'));
  return `${session.subscription}/resourcegroups/${group}/providers/Microsoft.Resources/deployments/${encodeURIComponent(name)}`;
}

interface Prepared {
  path: string;
  source: DeploymentSource;
  body: string;
}

async function prepare(session: Session, args: ArgumentReader): Promise<Prepared> {
  const source = await readSource(session, args);
  const name = args.optional('name') ?? source.defaultName;
  return {
    path: deploymentPath(session, args, name),
    source,
    body: bodyOf(source, { mode: args.text('mode') }),
  };
}

/** @throws AzError with the errors that validation found. */
async function validate(session: Session, prepared: Prepared): Promise<JsonObject> {
  const request: ArmRequest = {
    method: 'POST',
    path: `${prepared.path}/validate`,
    apiVersion: API_VERSION,
    body: prepared.body,
  };
  const response = await session.exchange(request);
  if (response.status >= 400) throw validationFailure(response);
  const body = jsonBody(response);
  const result = isJsonObject(body) ? body : {};
  if (isJsonObject(result['error'])) throw new AzError(preflightMessage(result['error']));
  return result;
}

function validationFailure(response: HttpResponse): AzError {
  const body = jsonBody(response);
  const error = isJsonObject(body) ? body['error'] : undefined;
  if (!isJsonObject(error)) return sdkError(response);
  const exitCode = response.status === 404 ? 3 : 1;
  return new AzError(innerErrors(error, '').join('\n\n'), { exitCode });
}

function innerErrors(error: JsonObject, prefix: string): string[] {
  const { details, ...own } = error;
  const inner = Array.isArray(details) ? details.filter((detail) => isJsonObject(detail)) : [];
  return [
    prefix + formatJsonLine(own),
    ...inner.flatMap((detail) => innerErrors(detail, 'Inner Errors: \n')),
  ];
}

async function create(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const prepared = await prepare(session, args);
  if (args.flag('whatIf')) {
    await showChanges(session, args, prepared);
    return undefined;
  }
  if (args.flag('confirmWithWhatIf')) {
    const changes = await showChanges(session, args, prepared);
    if (!args.flag('proceedIfNoChange') || changes.some(isChange)) {
      await confirm('\nAre you sure you want to execute the deployment?', false);
    }
  }
  await validate(session, prepared);
  const wait = !args.flag('noWait');
  const result = await session.armOperation(
    {
      method: 'PUT',
      path: prepared.path,
      apiVersion: API_VERSION,
      body: prepared.body,
      style: 'deployment',
    },
    { wait },
  );
  return wait && result ? fillShape(result, DEPLOYMENT_SHAPE, { keepUnknown: true }) : undefined;
}

async function predictFor(
  session: Session,
  args: ArgumentReader,
  { path, source }: Prepared,
): Promise<JsonObject> {
  const body = bodyOf(source, {
    mode: args.text('mode'),
    whatIfSettings: { resultFormat: args.text('resultFormat') },
  });
  const exclude = args.list('excludeChangeTypes') ?? [];
  return await predict(session, { path, apiVersion: API_VERSION, body, exclude });
}

/** Prints what would change. @returns the changes */
async function showChanges(
  session: Session,
  args: ArgumentReader,
  prepared: Prepared,
): Promise<JsonObject[]> {
  const result = await predictFor(session, args, prepared);
  const { whatIfText } = await import('../deployment/what-if-text.js');
  session.io.stdout(`${whatIfText(result, session.io.colour)}\n`);
  return objectsAt(result, 'changes');
}

function isChange(change: JsonObject): boolean {
  return !['NoChange', 'Ignore'].includes(textAt(change, 'changeType') ?? '');
}

async function whatIf(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const prepared = await prepare(session, args);
  if (args.flag('noPrettyPrint')) return await predictFor(session, args, prepared);
  await showChanges(session, args, prepared);
  return undefined;
}

function row(deployment: Json): Json {
  if (!isJsonObject(deployment)) return null;
  const properties = isJsonObject(deployment['properties']) ? deployment['properties'] : {};
  const group = deployment['resourceGroup'];
  return {
    Name: deployment['name'] ?? null,
    State: properties['provisioningState'] ?? null,
    Timestamp: properties['timestamp'] ?? null,
    Mode: properties['mode'] ?? null,
    ...(typeof group === 'string' && group !== '' ? { ResourceGroup: group } : {}),
  };
}

function timestampOf(deployment: Json): string {
  const properties = isJsonObject(deployment) ? deployment['properties'] : undefined;
  return isJsonObject(properties) ? (textAt(properties, 'timestamp') ?? '') : '';
}

function rows(result: Json): Json {
  const list = Array.isArray(result) ? [...result] : [];
  return list.sort((a, b) => (timestampOf(a) < timestampOf(b) ? -1 : 1)).map(row);
}

export const DEPLOYMENT_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'deployment group create',
    summary: 'Start a deployment at resource group.',
    arguments: [...TEMPLATE_ARGUMENTS, ...CONFIRM_ARGUMENTS, NO_WAIT],
    examples: EXAMPLES,
    table: row,
    run: create,
  },
  {
    path: 'deployment group what-if',
    summary: 'Execute a deployment What-If operation at resource group scope.',
    arguments: [...TEMPLATE_ARGUMENTS, ...WHAT_IF_ARGUMENTS],
    examples: [
      {
        title: 'Show what a deployment would change, without what it leaves alone.',
        command:
          'az deployment group what-if --resource-group testrg --template-file main.bicep --exclude-change-types Ignore NoChange',
      },
    ],
    run: whatIf,
  },
  {
    path: 'deployment group validate',
    summary: 'Validate whether a template is valid at resource group.',
    arguments: TEMPLATE_ARGUMENTS,
    table: (result) => ({
      result: valueAt(result, 'properties', 'provisioningState') ?? null,
      correlationId: valueAt(result, 'properties', 'correlationId') ?? null,
    }),
    run: async (session, args) =>
      fillShape(await validate(session, await prepare(session, args)), VALIDATION_SHAPE, {
        keepUnknown: true,
      }),
  },
  {
    path: 'deployment group show',
    summary: 'Show a deployment at resource group.',
    arguments: [RESOURCE_GROUP, NAME],
    table: row,
    run: async (session, args) =>
      fillShape(
        await session.armJson({
          method: 'GET',
          path: deploymentPath(session, args, args.text('name')),
          apiVersion: API_VERSION,
        }),
        DEPLOYMENT_SHAPE,
        { keepUnknown: true },
      ),
  },
  {
    path: 'deployment group list',
    summary: 'List deployments at resource group.',
    arguments: [
      RESOURCE_GROUP,
      {
        name: 'filter',
        options: ['--filter'],
        help: 'Filter expression using OData notation. You can use --filter "provisioningState eq \'{state}\'" to filter provisioningState.',
      },
    ],
    table: rows,
    run: async (session, args) => {
      const filter = args.optional('filter');
      const found = await session.armList({
        method: 'GET',
        path: deploymentPath(session, args, ''),
        apiVersion: API_VERSION,
        ...(filter === undefined ? {} : { query: { $filter: filter } }),
      });
      return found.map((item) => fillShape(item, DEPLOYMENT_SHAPE, { keepUnknown: true }));
    },
  },
  {
    path: 'deployment group delete',
    summary: 'Delete a deployment at resource group.',
    arguments: [RESOURCE_GROUP, NAME, NO_WAIT],
    run: async (session, args) => {
      await session.armOperation(
        {
          method: 'DELETE',
          path: deploymentPath(session, args, args.text('name')),
          apiVersion: API_VERSION,
        },
        { wait: !args.flag('noWait') },
      );
      return undefined;
    },
  },
  {
    path: 'deployment group cancel',
    summary: 'Cancel a deployment at resource group.',
    arguments: [RESOURCE_GROUP, NAME],
    run: async (session, args) => {
      const path = `${deploymentPath(session, args, args.text('name'))}/cancel`;
      await session.arm({ method: 'POST', path, apiVersion: API_VERSION });
      return undefined;
    },
  },
  {
    path: 'deployment operation group list',
    summary: 'List deployment operations at resource group.',
    arguments: [RESOURCE_GROUP, NAME],
    run: async (session, args) => {
      const group = encodeURIComponent(args.text('resourceGroup'));
      const name = encodeURIComponent(args.text('name'));
      const found = await session.armList({
        method: 'GET',
        path: `${session.subscription}/resourcegroups/${group}/deployments/${name}/operations`,
        apiVersion: API_VERSION,
      });
      return found.map((item) => fillShape(item, OPERATION_SHAPE, { keepUnknown: true }));
    },
  },
];
