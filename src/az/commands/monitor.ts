import type { Json } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { NO_WAIT, RESOURCE_GROUP, TAGS, YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { locationAndTags, RESOURCE_LOCATION, withPropertiesBeside } from '../placed-resource.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const ACTIVITY_API_VERSION = '2015-04-01';
const WORKSPACE_API_VERSION = '2025-02-01';
const KEYS_API_VERSION = '2020-08-01';
const UNIT_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
};

/** `'6h'`, `'1d2h'` → milliseconds. @throws AzError for anything else */
function parseOffset(text: string): number {
  const parts = [...text.matchAll(/(\d+)([dhm])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) {
    throw new AzError(`argument --offset: '${text}' is not a time like 6h, 30m or 1d2h`, {
      exitCode: 2,
    });
  }
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
}

/** The window asked for, as the service wants it: no zone, which means UTC. */
function windowOf(args: ArgumentReader, now: number): { from: string; to: string } {
  const offset = parseOffset(args.text('offset'));
  const start = timeOf(args, 'startTime');
  const end = timeOf(args, 'endTime');
  const to = end ?? (start === undefined ? now : start + offset);
  const from = start ?? to - offset;
  const text = (time: number): string => new Date(time).toISOString().replace('Z', '');
  return { from: text(from), to: text(to) };
}

function timeOf(args: ArgumentReader, name: string): number | undefined {
  const text = args.optional(name);
  if (text === undefined) return undefined;
  const time = Date.parse(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isFinite(time)) return time;
  throw new AzError(`'${text}' is not a time like 2026-01-31T12:00:00Z`, { exitCode: 2 });
}

async function listActivity(session: Session, args: ArgumentReader): Promise<Json> {
  const { from, to } = windowOf(args, Date.now());
  const clauses = [`eventTimestamp ge ${from} and eventTimestamp le ${to}`];
  // One of these at most, as the service has it; the others may be added to it.
  const subject = (
    [
      ['correlationId', 'correlationId'],
      ['resourceGroup', 'resourceGroupName'],
      ['resourceId', 'resourceId'],
      ['namespace', 'resourceProvider'],
    ] as const
  ).find(([argument]) => args.has(argument));
  if (subject) clauses.push(`${subject[1]} eq '${args.text(subject[0])}'`);
  for (const name of ['caller', 'status'] as const) {
    if (args.has(name)) clauses.push(`${name} eq '${args.text(name)}'`);
  }
  const events = await session.armList({
    method: 'GET',
    path: `${session.subscription}/providers/Microsoft.Insights/eventtypes/management/values`,
    apiVersion: ACTIVITY_API_VERSION,
    query: { $filter: clauses.join(' and ') },
  });
  return events.slice(0, args.number('maxEvents') ?? 50);
}

const FILTERS: readonly ArgumentSpec[] = (
  [
    ['resourceGroup', ['--resource-group', '-g'], 'Filter on resource group.'],
    ['resourceId', ['--resource-id'], 'ARM ID of a resource.'],
    ['correlationId', ['--correlation-id'], 'Correlation ID to query.'],
    ['namespace', ['--namespace'], 'Resource provider namespace.'],
    [
      'caller',
      ['--caller'],
      'Caller to query for, such as an e-mail address or service principal ID.',
    ],
    ['status', ['--status'], 'Status to query for (ex: Failed).'],
    ['startTime', ['--start-time'], 'Start time of the query, such as 2026-01-31T12:00:00Z.'],
    ['endTime', ['--end-time'], 'End time of the query. Defaults to the current time.'],
  ] as const
).map(([name, options, help]) => ({ name, options, help }));

const WORKSPACE: ArgumentSpec = {
  name: 'name',
  options: ['--workspace-name', '--name', '-n'],
  required: true,
  help: 'The name of the workspace.',
};

function workspacePath(session: Session, args: ArgumentReader): string {
  const group = encodeURIComponent(args.text('resourceGroup'));
  return `${session.subscription}/resourcegroups/${group}/providers/Microsoft.OperationalInsights/workspaces/${encodeURIComponent(args.text('name'))}`;
}

async function createWorkspace(session: Session, args: ArgumentReader): Promise<Json> {
  const workspace = await session.armOperation(
    {
      method: 'PUT',
      path: workspacePath(session, args),
      apiVersion: WORKSPACE_API_VERSION,
      body: {
        ...(await locationAndTags(session, args)),
        properties: {
          publicNetworkAccessForIngestion: 'Enabled',
          publicNetworkAccessForQuery: 'Enabled',
          retentionInDays: args.number('retentionTime') ?? 30,
          sku: { name: args.optional('sku') ?? 'PerGB2018' },
        },
      },
    },
    { wait: true },
  );
  return withPropertiesBeside(workspace ?? {});
}

const WORKSPACE_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'monitor log-analytics workspace create',
    summary: 'Create a workspace instance.',
    arguments: [
      RESOURCE_GROUP,
      WORKSPACE,
      RESOURCE_LOCATION,
      {
        name: 'retentionTime',
        options: ['--retention-time'],
        kind: 'integer',
        help: 'The workspace data retention in days. Default: 30.',
      },
      {
        name: 'sku',
        options: ['--sku'],
        help: 'The name of the SKU. Default: PerGB2018.',
      },
      TAGS,
    ],
    examples: [
      {
        title: 'Create a workspace instance.',
        command: 'az monitor log-analytics workspace create -g MyResourceGroup -n MyWorkspace',
      },
    ],
    run: createWorkspace,
  },
  {
    path: 'monitor log-analytics workspace show',
    summary: 'Show a workspace instance.',
    arguments: [RESOURCE_GROUP, WORKSPACE],
    run: async (session, args) =>
      withPropertiesBeside(
        await session.armJson({
          method: 'GET',
          path: workspacePath(session, args),
          apiVersion: WORKSPACE_API_VERSION,
        }),
      ),
  },
  {
    path: 'monitor log-analytics workspace list',
    summary: 'Get a list of workspaces under a resource group or a subscription.',
    arguments: [{ ...RESOURCE_GROUP, required: false }],
    run: async (session, args) => {
      const group = args.optional('resourceGroup');
      const scope = group === undefined ? '' : `/resourcegroups/${encodeURIComponent(group)}`;
      const found = await session.armList({
        method: 'GET',
        path: `${session.subscription}${scope}/providers/Microsoft.OperationalInsights/workspaces`,
        apiVersion: WORKSPACE_API_VERSION,
      });
      return found.map(withPropertiesBeside);
    },
  },
  {
    path: 'monitor log-analytics workspace get-shared-keys',
    summary: 'Get the shared keys for a workspace.',
    arguments: [RESOURCE_GROUP, WORKSPACE],
    run: async (session, args) =>
      await session.armJson({
        method: 'POST',
        path: `${workspacePath(session, args)}/sharedKeys`,
        apiVersion: KEYS_API_VERSION,
      }),
  },
  {
    path: 'monitor log-analytics workspace delete',
    summary: 'Delete a workspace instance.',
    arguments: [RESOURCE_GROUP, WORKSPACE, NO_WAIT, YES],
    run: async (session, args) => {
      await confirm('Are you sure you want to perform this operation?', args.flag('yes'));
      await session.armOperation(
        {
          method: 'DELETE',
          path: workspacePath(session, args),
          apiVersion: WORKSPACE_API_VERSION,
        },
        { wait: !args.flag('noWait') },
      );
      return undefined;
    },
  },
];

/** The activity log and Log Analytics workspaces. */
export const MONITOR_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'monitor activity-log list',
    summary: 'List and query activity log events.',
    arguments: [
      ...FILTERS,
      {
        name: 'offset',
        options: ['--offset'],
        default: '6h',
        help: 'Time offset of the query range, in ##d##h format.',
      },
      {
        name: 'maxEvents',
        options: ['--max-events'],
        kind: 'integer',
        default: 50,
        help: 'Maximum number of records to return.',
      },
    ],
    examples: [
      {
        title: 'List all events from the last hour for a resource group.',
        command: 'az monitor activity-log list -g MyResourceGroup --offset 1h',
      },
    ],
    run: listActivity,
  },
  ...WORKSPACE_COMMANDS,
];
