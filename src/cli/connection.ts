import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { Failure, messageOf } from '../base/failure.js';
import { Home, homeDirectory } from '../server/home.js';
import type { FailureBody } from '../server/local-api.js';

const SILENCE_LIMIT_MS = 30_000;

/** How a command reaches the Lazurite that runs in a home. */
export interface RunningLazurite {
  home: string;
  gateway: string;
  pid: number;
  /** Asks Lazurite's own API. @returns the JSON it answers @throws Failure with what it refuses */
  call(request: LocalRequest): Promise<unknown>;
}

/** @throws Failure when nothing runs in the home. */
export function connectTo(homeOption?: string): RunningLazurite {
  const home = new Home(homeDirectory(homeOption));
  const owner = home.owner();
  const connection = owner && readConnection(home);
  if (!owner || !connection) {
    throw new Failure(`no Lazurite runs in ${home.directory}`, {
      why: owner ? 'it is still starting' : 'nothing owns this home',
      help: 'lazurite up   (or name another home: --home DIR, or LAZURITE_HOME)',
    });
  }
  const { gateway, ca, accessKey } = connection;
  return {
    home: home.directory,
    gateway,
    pid: owner.pid,
    call: (call) => callJson({ gateway, ca: readFileSync(ca, 'utf8'), accessKey }, call),
  };
}

interface ConnectionFile {
  gateway: string;
  ca: string;
  /** Opens `/lazurite/…`; never leaves the home folder. */
  accessKey: string;
}

function readConnection(home: Home): ConnectionFile | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(home.path('run', 'connection.json'), 'utf8'));
    return isConnectionFile(value) ? value : undefined;
  } catch {
    return undefined; // not written yet
  }
}

function isConnectionFile(value: unknown): value is ConnectionFile {
  if (typeof value !== 'object' || value === null) return false;
  return ['gateway', 'ca', 'accessKey'].every(
    (name) => typeof Reflect.get(value, name) === 'string',
  );
}

/** A request to Lazurite's own API. */
export interface LocalRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** With its query, e.g. `'/lazurite/status'`. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Called with each line of the answer but the last; an answer is one line where this is not given. */
  onLine?: (line: string) => void;
}

interface Access {
  gateway: string;
  ca: string;
  accessKey: string;
}

async function callJson(access: Access, call: LocalRequest): Promise<unknown> {
  const { status, text } = await send(access, call).catch((error: unknown) => {
    throw new Failure('Lazurite does not answer', {
      why: messageOf(error),
      help: 'lazurite down, then lazurite up; its log is in <home>/logs/lazurite.log',
      cause: error,
    });
  });
  const answer = parseAnswer(text);
  if (status === 200 && !isFailureBody(answer)) return answer;
  if (!isFailureBody(answer)) {
    throw new Failure(`Lazurite answered ${call.method} ${call.path} with ${status}`, {
      why: text,
    });
  }
  const { message, ...details } = answer.error;
  throw new Failure(message, details);
}

async function send(
  { gateway, ca, accessKey }: Access,
  { method, path, body, onLine }: LocalRequest,
): Promise<{ status: number; text: string }> {
  const url = `${gateway}${path}`;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((done, fail) => {
    const headers = {
      authorization: `Bearer ${accessKey}`,
      ...(payload !== undefined && { 'content-type': 'application/json' }),
    };
    const outgoing = request(
      url,
      { method, ca, headers, timeout: SILENCE_LIMIT_MS },
      (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (chunk: string) => {
          text += chunk;
          for (let end = text.indexOf('\n'); onLine && end >= 0; end = text.indexOf('\n')) {
            onLine(text.slice(0, end));
            text = text.slice(end + 1);
          }
        });
        response.on('end', () => {
          done({ status: response.statusCode ?? 0, text });
        });
        response.on('error', fail);
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`${url} did not answer within ${SILENCE_LIMIT_MS / 1000} s`)),
    );
    outgoing.on('error', fail);
    outgoing.end(payload);
  });
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // broken off, or not Lazurite's
  }
}

function isFailureBody(value: unknown): value is FailureBody {
  const error: unknown = typeof value === 'object' && value !== null && Reflect.get(value, 'error');
  return typeof error === 'object' && error !== null && 'message' in error;
}
