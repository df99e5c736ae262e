import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { Failure, messageOf } from '../base/failure.js';
import { Home, homeDirectory } from '../server/home.js';

/** How a command reaches the Lazurite that runs in a home. */
export interface RunningLazurite {
  home: string;
  gateway: string;
  pid: number;
  /** GETs JSON from the gateway. */
  get(path: string): Promise<unknown>;
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
    get: async (path) => getJson(`${gateway}${path}`, readFileSync(ca, 'utf8'), accessKey),
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

async function getJson(url: string, ca: string, accessKey: string): Promise<unknown> {
  const text = await new Promise<string>((done, fail) => {
    const call = request(
      url,
      { ca, headers: { authorization: `Bearer ${accessKey}` }, timeout: 30_000 },
      (response) => {
        response.setEncoding('utf8');
        let body = '';
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          if (response.statusCode === 200) done(body);
          else fail(new Error(`${url} answered ${response.statusCode ?? 0}: ${body}`));
        });
      },
    );
    call.on('timeout', () => call.destroy(new Error(`${url} did not answer within 30 s`)));
    call.on('error', fail);
    call.end();
  }).catch((error: unknown) => {
    throw new Failure('Lazurite does not answer', {
      why: messageOf(error),
      help: 'lazurite down, then lazurite up; its log is in <home>/logs/lazurite.log',
      cause: error,
    });
  });
  return JSON.parse(text) as unknown;
}
