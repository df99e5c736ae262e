import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json } from '../../base/json.js';
import { BodyTooLargeError, readBody } from '../../http/body.js';
import type { HttpPlane } from '../../http/plane.js';
import type { SourceTrigger, TaskDefinition } from '../definitions/task-definition.js';
import { readCommitEvent, type CommitEvent } from './commit-event.js';

const PREFIX = '/tasks/hooks/';
const MAX_PAYLOAD_BYTES = 5 * 1024 * 1024;

export interface CommitPlaneOptions {
  find(registry: string, task: string): TaskDefinition | undefined;
  /** @returns the id of the run */
  commit(task: TaskDefinition, trigger: SourceTrigger, event: CommitEvent): Promise<string>;
}

/** Path and query that a repository's host is to POST to, e.g. `'/tasks/hooks/labacr/build/default?key=…'`. */
export function hookPath(task: TaskDefinition, trigger: SourceTrigger): string {
  const parts = [task.registry, task.name, trigger.name].map(encodeURIComponent);
  return `${PREFIX}${parts.join('/')}?key=${trigger.key}`;
}

/** Takes webhooks of repositories: each names a trigger and has to know its key. */
export function createCommitPlane(options: CommitPlaneOptions): HttpPlane {
  return {
    name: 'commits',
    async handle(request, response, url) {
      if (!url.pathname.startsWith(PREFIX)) return false;
      const [registry = '', name = '', trigger = ''] = decodeParts(url.pathname);
      const task = options.find(registry, name);
      const found = task?.sources.find((source) => source.name === trigger);
      if (!task || !found || !sameKey(found.key, url.searchParams.get('key') ?? '')) {
        answer(response, 404, { message: 'There is no such trigger, or the key is wrong.' });
      } else if (request.method !== 'POST') {
        answer(response, 405, { message: 'A webhook is sent with POST.' });
      } else await take(options, request, response, task, found);
      return true;
    },
  };
}

async function take(
  options: CommitPlaneOptions,
  request: IncomingMessage,
  response: ServerResponse,
  task: TaskDefinition,
  trigger: SourceTrigger,
): Promise<void> {
  let body: Json;
  try {
    body = JSON.parse((await readBody(request, MAX_PAYLOAD_BYTES)).toString('utf8')) as Json;
  } catch (error) {
    const status = error instanceof BodyTooLargeError ? 413 : 400;
    answer(response, status, { message: 'The payload is no JSON, or too large.' });
    return;
  }
  const header = request.headers['x-github-event'];
  const event = readCommitEvent(typeof header === 'string' ? header : '', body);
  const branch = trigger.branch ?? event?.branch;
  const wanted =
    event !== undefined && trigger.events.includes(event.type) && branch === event.branch;
  if (!wanted || !task.enabled || !trigger.enabled) {
    answer(response, 200, { message: 'Nothing to do for this event.' });
    return;
  }
  answer(response, 202, { runId: await options.commit(task, trigger, event) });
}

function decodeParts(pathname: string): string[] {
  try {
    return pathname.slice(PREFIX.length).split('/').map(decodeURIComponent);
  } catch {
    return [];
  }
}

function sameKey(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function answer(response: ServerResponse, status: number, body: Json): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...(status === 413 && { Connection: 'close' }),
  });
  response.end(text);
}
