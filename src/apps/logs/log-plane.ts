import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.js';
import { sendJson } from '../../http/body.js';
import type { HttpPlane } from '../../http/plane.js';
import { Router } from '../../http/router.js';
import type { PathParameters } from '../../http/router.js';
import type { TokenAuthority } from '../../identity/token-authority.js';
import type { EnvironmentDocument, Workload } from '../documents.js';
import type { ConsoleLine, ConsoleLog } from './console-log.js';
import { streamKey } from './stream-token.js';
import type { SystemLog, SystemLogRow } from './system-log.js';

/** What the log streams read from. */
export interface LogSource {
  /** An app or a job. */
  workload(key: string): Workload | undefined;
  /** Every app and job of an environment. */
  workloadsIn(environmentKey: string): Workload[];
  environment(key: string): EnvironmentDocument | undefined;
  systemLog(workload: Workload): SystemLog;
  consoleLog(
    workload: Workload,
    replica: { revisionName: string; name: string },
    container: string,
  ): ConsoleLog;
  hasContainer(
    workloadKey: string,
    replica: { revisionName: string; name: string },
    container: string,
  ): boolean;
}

export interface LogPlaneOptions {
  service: LogSource;
  tokens: TokenAuthority;
  clock: Clock;
}

const DEFAULT_TAIL = 20;
const MAX_TAIL = 300;

const APP = '/subscriptions/:subscription/resourceGroups/:group/containerApps/:app';

const JOB = '/subscriptions/:subscription/resourceGroups/:group/jobs/:job';

const ENVIRONMENT =
  '/subscriptions/:subscription/resourceGroups/:group/managedEnvironments/:environment';

type Handler = (stream: Stream, key: string, parameters: PathParameters) => void;

/** The streams that `az containerapp logs show` reads, outside the resource manager's paths. */
export function createLogPlane(options: LogPlaneOptions): HttpPlane {
  const router = new Router<Handler>()
    .add('GET', `${APP}/eventstream`, (stream, key) => {
      streamSystemLogs(stream, [key], options);
    })
    .add('GET', `${ENVIRONMENT}/eventstream`, (stream, key) => {
      const inside = options.service.workloadsIn(key).map((workload) => workload.key);
      streamSystemLogs(stream, inside, options);
    })
    .add('GET', `${JOB}/eventstream`, (stream, key) => {
      streamSystemLogs(stream, [key], options);
    })
    .add(
      'GET',
      `${APP}/revisions/:revision/replicas/:replica/containers/:container/logstream`,
      (stream, key, parameters) => {
        streamConsole(stream, key, parameters, options);
      },
    )
    .add(
      'GET',
      `${JOB}/executions/:revision/replicas/:replica/containers/:container/logstream`,
      (stream, key, parameters) => {
        streamConsole(stream, key, parameters, options);
      },
    );
  return {
    name: 'container-app-logs',
    handle: async (request, response, url) => {
      const match = router.match(request.method ?? 'GET', url.pathname);
      if (match.kind !== 'found') return false;
      const key = authorize(request, response, match.parameters, options);
      if (key !== undefined) match.handler(openStream(response, url), key, match.parameters);
      return true;
    },
  };
}

interface Stream {
  response: ServerResponse;
  follow: boolean;
  tail: number;
  json: boolean;
}

function openStream(response: ServerResponse, url: URL): Stream {
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const tail = Number(query.get('taillines') ?? DEFAULT_TAIL);
  return {
    response,
    follow: query.get('follow')?.toLowerCase() === 'true',
    tail: Number.isInteger(tail) && tail >= 0 ? Math.min(tail, MAX_TAIL) : DEFAULT_TAIL,
    json: query.get('output')?.toLowerCase() !== 'text',
  };
}

/** @returns the key of what is streamed, which exists and which the token is for */
function authorize(
  request: IncomingMessage,
  response: ServerResponse,
  parameters: PathParameters,
  { service, tokens }: LogPlaneOptions,
): string | undefined {
  const key = streamKey(request, parameters, tokens);
  if (key === undefined) {
    refuse(
      response,
      401,
      'Unauthorized',
      'The bearer token of getAuthToken is missing or invalid.',
    );
    return undefined;
  }
  if (service.workload(key) ?? service.environment(key)) return key;
  refuse(response, 404, 'ResourceNotFound', `The resource '${key}' was not found.`);
  return undefined;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error: { code, message } });
}

function begin({ response, json }: Stream): void {
  response.writeHead(200, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
    'cache-control': 'no-cache',
  });
  response.flushHeaders();
}

/** The rows of one app or job, or of all of an environment by their time. */
function streamSystemLogs(
  stream: Stream,
  workloadKeys: readonly string[],
  { service, clock }: LogPlaneOptions,
): void {
  begin(stream);
  const write = (row: SystemLogRow): void => {
    stream.response.write(`${stream.json ? JSON.stringify(row) : rowText(row)}\n`);
  };
  write(connectionRow(clock, 'StartingGettingEvents', 'Connecting to the events collector...'));
  write(connectionRow(clock, 'ConnectedToEventsServer', 'Successfully connected to events server'));
  const logs = workloadKeys
    .map((key) => service.workload(key))
    .flatMap((workload) => (workload ? [service.systemLog(workload)] : []));
  const rows = logs.flatMap((log) => log.rows());
  if (logs.length > 1) rows.sort((a, b) => (a.TimeStamp < b.TimeStamp ? -1 : 1));
  for (const row of stream.tail === 0 ? [] : rows.slice(-stream.tail)) write(row);
  finish(stream, () => {
    const stops = logs.map((log) => log.follow(write));
    return () => {
      for (const stop of stops) stop();
    };
  });
}

/** The rows that tell about the stream itself have ISO times and name no app. */
function connectionRow(clock: Clock, reason: string, message: string): SystemLogRow {
  return {
    TimeStamp: `${clock.now().toISOString().slice(0, 19)}Z`,
    Type: 'Normal',
    ContainerAppName: null,
    RevisionName: null,
    ReplicaName: null,
    Msg: message,
    Reason: reason,
    EventSource: 'ContainerAppController',
    Count: 1,
  };
}

function rowText(row: SystemLogRow): string {
  const parts = [row.TimeStamp, row.Type, row.RevisionName, row.ReplicaName, row.Reason, row.Msg];
  return parts.filter((part) => part !== null).join('  ');
}

function streamConsole(
  stream: Stream,
  workloadKey: string,
  parameters: PathParameters,
  { service, clock }: LogPlaneOptions,
): void {
  const workload = service.workload(workloadKey);
  const { revision = '', replica = '', container = '' } = parameters;
  const of = { revisionName: revision, name: replica };
  if (!workload || !service.hasContainer(workload.key, of, container)) {
    const message = `Container '${container}' of replica '${replica}' was not found.`;
    refuse(stream.response, 404, 'ContainerNotFound', message);
    return;
  }
  const log = service.consoleLog(workload, of, container);
  begin(stream);
  const write = (line: ConsoleLine): void => {
    stream.response.write(`${consoleText(stream, line.time, `F ${line.text}`, line)}\n`);
  };
  const say = (text: string): void => {
    stream.response.write(`${consoleText(stream, clock.now().toISOString(), text)}\n`);
  };
  say(`Connecting to the container '${container}'...`);
  say(
    `Successfully Connected to container: '${container}' [Revision: '${revision}', Replica: '${replica}']`,
  );
  for (const line of log.tail(stream.tail)) write(line);
  finish(stream, () => log.follow(write));
}

function consoleText(stream: Stream, time: string, text: string, line?: ConsoleLine): string {
  const stamp = time.replace(/Z$/, '+00:00');
  if (stream.json) return JSON.stringify({ TimeStamp: stamp, Log: text });
  return line ? `${stamp} ${line.stream} ${text}` : `${stamp} ${text}`;
}

/** Ends the answer, or lets it go on until the client has enough. */
function finish({ response, follow }: Stream, start: () => () => void): void {
  if (!follow) {
    response.end();
    return;
  }
  const stop = start();
  response.on('close', stop);
  response.on('error', stop);
}
