import { basename } from 'node:path';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { jsonBody, sdkError } from '../arm-error.js';
import { AzError, usageError } from '../az-error.js';
import { NO_WAIT, RESOURCE_GROUP } from '../common-arguments.js';
import { readParameters, requireParameters } from '../deployment/parameters.js';
import { DEPLOYMENT_SHAPE, OPERATION_SHAPE, VALIDATION_SHAPE } from '../deployment/shapes.js';
import { loadTemplate } from '../deployment/template.js';
import { formatJsonLine } from '../output/json.js';
import { fillShape } from '../sdk-shape.js';
import type { ArmRequest, Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';
import type { HttpResponse } from '../transport.js';
import { textAt, valueAt } from '../json-path.js';

const API_VERSION = '2025-04-01';

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'The deployment name.',
};

const TEMPLATE_ARGUMENTS: readonly ArgumentSpec[] = [
  RESOURCE_GROUP,
  { ...NAME, required: false, help: "The deployment name. Default: the template file's name." },
  {
    name: 'templateFile',
    options: ['--template-file', '-f'],
    help: 'The path to the template file or Bicep file.',
  },
  {
    name: 'parameters',
    options: ['--parameters', '-p'],
    kind: 'list',
    repeatable: true,
    help: 'Supply deployment parameter values: files, JSON, or key=value pairs; later values override earlier ones',
  },
  {
    name: 'mode',
    options: ['--mode'],
    choices: ['Complete', 'Incremental'],
    default: 'Incremental',
    help: 'Incremental (only add resources to resource group) or Complete (remove extra resources from resource group).',
  },
  {
    name: 'noPrompt',
    options: ['--no-prompt'],
    kind: 'three-state',
    help: 'The option to disable the prompt of missing parameters for the ARM template; Lazurite never prompts.',
  },
];

const EXAMPLES = [
  {
    title: 'Create a deployment at resource group from a local template file.',
    command:
      'az deployment group create --resource-group testrg --name rollout01 --template-file azuredeploy.bicep --parameters baseName=lab',
  },
];

function deploymentPath(session: Session, args: ArgumentReader, name: string): string {
  const group = encodeURIComponent(args.text('resourceGroup'));
  return `${session.subscription}/resourcegroups/${group}/providers/Microsoft.Resources/deployments/${encodeURIComponent(name)}`;
}

interface Prepared {
  path: string;
  /** JSON but for the spliced template: what the stock client sends, comments and all. */
  body: string;
}

async function prepare(session: Session, args: ArgumentReader): Promise<Prepared> {
  const file = args.optional('templateFile');
  if (file === undefined) {
    throw usageError(
      'Please enter one of the following: template file. (Template URIs and specs are not supported.)',
    );
  }
  const template = await loadTemplate(file, (message) => {
    session.warn(message);
  });
  const parameters = readParameters(template.document, args.lists('parameters'), (message) => {
    session.warn(message);
  });
  requireParameters(template.document, parameters);
  const properties = { parameters, mode: args.text('mode') };
  const partial = JSON.stringify({ properties });
  const name = args.optional('name') ?? basename(file).replace(/\.[^.]*$/, '');
  return {
    path: deploymentPath(session, args, name),
    body: `${partial.slice(0, -2)}, template:${template.text}}}`,
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

function preflightMessage(error: JsonObject): string {
  const details = Array.isArray(error['details']) ? error['details'] : [];
  const own = `${textAt(error, 'code') ?? ''} - ${textAt(error, 'message') ?? ''}`;
  return [own, ...details.filter((item) => isJsonObject(item)).map(preflightMessage)].join('\n');
}

async function create(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const prepared = await prepare(session, args);
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
    arguments: [...TEMPLATE_ARGUMENTS, NO_WAIT],
    examples: EXAMPLES,
    table: row,
    run: create,
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
