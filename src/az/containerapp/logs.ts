import type { IncomingMessage } from 'node:http';
import type { Json } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { formatJsonLine } from '../output/json.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { APP_API_VERSION, appPath, getApp, listOf } from './requests.js';
import { objectAt, textAt, objectsAt } from '../json-path.js';

/** Rows may be hours apart when following. */
const FOLLOW_TIMEOUT_MS = 0;

/** `az containerapp logs show` */
export async function showLogs(session: Session, args: ArgumentReader): Promise<undefined> {
  const tail = args.number('tail') ?? 20;
  if (tail < 0 || tail > 300) throw new AzError('--tail must be between 0 and 300.');
  const group = args.text('resourceGroup');
  const name = args.text('name');
  const isSystem = args.text('type') === 'system';
  const format = args.optional('format') ?? 'json';
  if (isSystem) refuseConsoleArguments(args, format);
  const console = isSystem ? '' : await consolePath(session, args, group, name);
  const [token, base] = await Promise.all([
    streamToken(session, group, name),
    streamBase(session, group, name),
  ]);
  const url = new URL(
    `${base}${session.subscription}/resourceGroups/${encodeURIComponent(group)}/containerApps/${encodeURIComponent(name)}${isSystem ? '/eventstream' : `${console}/logstream`}`,
  );
  await printStream(session, args, { url: url.href, token, tail });
  return undefined;
}

/** Prints a log stream, as `--follow` and `--format` say; with `raw` the lines as the server sends them. */
export async function printStream(
  session: Session,
  args: ArgumentReader,
  { url, token, tail, raw = false }: { url: string; token: string; tail: number; raw?: boolean },
): Promise<void> {
  const format = args.optional('format') ?? 'json';
  const address = new URL(url);
  address.searchParams.set('follow', String(args.state('follow') ?? false));
  if (!raw) address.searchParams.set('output', format);
  address.searchParams.set('tailLines', String(tail));
  const response = await session.http.open({
    method: 'GET',
    url: address.href,
    headers: { authorization: `Bearer ${token}` },
    idleTimeout: FOLLOW_TIMEOUT_MS,
  });
  const status = response.statusCode ?? 0;
  if (status < 200 || status >= 400) {
    response.destroy();
    throw new AzError(`Got bad status from the logstream API: ${status}`);
  }
  await printLines(session, response, format === 'json' && !raw);
}

function refuseConsoleArguments(args: ArgumentReader, format: string): void {
  if (args.has('container') || args.has('replica') || args.has('revision')) {
    throw new AzError(
      '--type: --container, --replica, and --revision not supported for system logs',
    );
  }
  if (format !== 'json') throw new AzError('--type: only json logs supported for system logs');
}

export async function streamToken(session: Session, group: string, name: string): Promise<string> {
  const answer = await session.armJson({
    method: 'POST',
    path: appPath(session, group, name, '/getAuthToken'),
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
  const token = textAt(answer, 'properties', 'token');
  if (token === undefined)
    throw new AzError(`The containerapp '${name}' gave no token for its streams.`);
  return token;
}

export async function streamBase(session: Session, group: string, name: string): Promise<string> {
  const app = await getApp(session, group, name);
  const endpoint = textAt(app, 'properties', 'eventStreamEndpoint');
  const at = endpoint?.indexOf('/subscriptions/') ?? -1;
  if (endpoint !== undefined && at !== -1) return endpoint.slice(0, at);
  throw new AzError(
    `The containerapp '${name}' has no event stream: none of its revisions was provisioned.`,
    {
      advice: [
        'See its deployment for the reason: az deployment group list -g <group> --output table',
      ],
    },
  );
}

/** `/revisions/R/replicas/X/containers/C`, filled in from the app where not given. */
export async function consolePath(
  session: Session,
  args: ArgumentReader,
  group: string,
  name: string,
): Promise<string> {
  const revision =
    args.optional('revision') ??
    textAt(await getApp(session, group, name), 'properties', 'latestRevisionName');
  if (revision === undefined) throw new AzError('Could not find a revision', { exitCode: 3 });
  const replicas = await listOf(
    session,
    appPath(session, group, name, `/revisions/${revision}/replicas`),
  );
  const wanted = args.optional('replica');
  const replica =
    wanted === undefined ? replicas[0] : replicas.find((item) => item['name'] === wanted);
  if (!replica) {
    throw new AzError(
      wanted === undefined ? 'Could not find a replica for this app' : 'Could not find replica',
      { exitCode: 3 },
    );
  }
  const containers = objectsAt(objectAt(replica, 'properties'), 'containers');
  const container = args.optional('container') ?? textAt(containers[0], 'name');
  const isThere = containers.some(
    (item) => (textAt(item, 'name') ?? '').toLowerCase() === container?.toLowerCase(),
  );
  if (container === undefined || !isThere) {
    throw new AzError('Could not find container', { exitCode: 3 });
  }
  const parts = [revision, textAt(replica, 'name') ?? '', container].map(encodeURIComponent);
  return `/revisions/${parts[0] ?? ''}/replicas/${parts[1] ?? ''}/containers/${parts[2] ?? ''}`;
}

async function printLines(
  session: Session,
  response: IncomingMessage,
  isJson: boolean,
): Promise<void> {
  const onAbort = (): void => void response.destroy();
  session.io.signal?.addEventListener('abort', onAbort, { once: true });
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) printLine(session, line, isJson);
    }
    printLine(session, rest, isJson);
  } catch (error) {
    session.io.signal?.throwIfAborted();
    throw new AzError(
      `The log stream broke off: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    session.io.signal?.removeEventListener('abort', onAbort);
  }
}

function printLine(session: Session, line: string, isJson: boolean): void {
  if (line === '') return;
  if (!isJson) {
    session.io.stdout(line + '\n');
    return;
  }
  let row: Json;
  try {
    row = JSON.parse(line) as Json; // JSON.parse answers JSON by definition
  } catch {
    throw new AzError(`The log stream sent a line that is not JSON: ${line}`);
  }
  session.io.stdout(formatJsonLine(row) + '\n');
}
