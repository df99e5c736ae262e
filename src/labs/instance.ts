import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import https from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, messageOf } from '../base/failure.js';
import type { Json } from '../base/json.js';
import { isJsonObject } from '../base/json.js';
import { ADMISSIONS, type Admission } from './definition.js';
import { makeRunFolder, type RunFolder } from './run-folders.js';

/** A Lazurite that a lab runs on. */
export interface Instance {
  home: string;
  gateway: string;
  /** Reads `GET /lazurite/status`. @throws Failure */
  status(): Promise<InstanceStatus>;
  /** Variables that point stock clients at it. */
  clientEnvironment(): Record<string, string>;
  /** Stops it and removes its home, if the lab started it. Safe to call twice. */
  close(): Promise<void>;
}

export interface InstanceStatus {
  version: string;
  isolation: string;
  imageAdmission: Admission;
  apps: readonly { name: string; url: string }[];
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const ENTRY = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));

/**
 * Starts a Lazurite of its own: fresh home, free port, ended by `close`, and when this process ends, however it
 * does, unless it is to be kept.
 *
 * @param options.logFile takes what it writes to stderr
 * @throws Failure when it does not come up; nothing is left behind
 */
export async function startInstance(options: {
  logFile: string;
  flags: readonly string[];
  keep: boolean;
  signal: AbortSignal;
}): Promise<Instance> {
  const folder = makeRunFolder('home');
  const home = folder.path;
  const log = openSync(options.logFile, 'w');
  const child = spawn(
    process.execPath,
    [
      ...[ENTRY, 'up', '--home', home, '--port', '0', '--json', ...options.flags],
      ...(options.keep ? [] : ['--until-stdin-ends']),
    ],
    { stdio: [options.keep ? 'ignore' : 'pipe', 'pipe', log], detached: true }, // Ctrl-C is the lab's to handle
  );
  closeSync(log);
  let stopping: Promise<void> | undefined;
  const close = (): Promise<void> => {
    stopping ??= stop(child, folder);
    return stopping;
  };
  try {
    const gateway = await readyLine(child, options.logFile, options.signal);
    // With --keep it outlives this process, which must not wait for it.
    if (options.keep) folder.keep();
    child.stdout?.destroy();
    child.unref();
    return { ...connected(home, gateway), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Uses the Lazurite that runs in a home. @throws Failure when none does */
export function attachInstance(
  home = process.env['LAZURITE_HOME'] ?? join(homedir(), '.lazurite'),
): Instance {
  const connection = readConnection(home);
  return { ...connected(home, connection.gateway), close: async () => undefined };
}

function connected(home: string, gateway: string): Omit<Instance, 'close'> {
  return {
    home,
    gateway,
    status: async () => statusOf(await getJson(`${gateway}/lazurite/status`, readConnection(home))),
    clientEnvironment: () => readEnvironment(join(home, 'run', 'env.json')),
  };
}

async function readyLine(
  child: ChildProcess,
  logFile: string,
  signal: AbortSignal,
): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      reject(notStarted('it did not say that it is ready within a minute', logFile));
    }, START_LIMIT_MS);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onAbort = (): void => {
      settle(() => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('interrupted'));
      });
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const gateway = gatewayIn(text);
      if (gateway !== undefined) {
        settle(() => {
          resolve(gateway);
        });
      }
    });
    child.once('close', (code) => {
      settle(() => {
        reject(notStarted(`it ended with exit code ${code ?? -1}`, logFile));
      });
    });
  });
}

function gatewayIn(text: string): string | undefined {
  for (const line of text.split('\n').slice(0, -1)) {
    try {
      const event = JSON.parse(line) as Json; // JSON.parse answers JSON by definition
      if (
        isJsonObject(event) &&
        event['event'] === 'ready' &&
        typeof event['gateway'] === 'string'
      ) {
        return event['gateway'];
      }
    } catch {
      // not the event: some other line
    }
  }
  return undefined;
}

function notStarted(why: string, logFile: string): Failure {
  let said = '';
  try {
    said = readFileSync(logFile, 'utf8').trim().split('\n').slice(-10).join('\n        ');
  } catch {
    // nothing was written
  }
  return new Failure('Lazurite did not start', {
    why: said === '' ? why : `${why}; it said:\n        ${said}`,
    help: 'lazurite doctor',
  });
}

async function stop(child: ChildProcess, folder: RunFolder): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.ref();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }
  folder.remove();
}

interface LabConnection {
  gateway: string;
  ca: string;
  accessKey: string;
}

function readConnection(home: string): LabConnection {
  const file = join(home, 'run', 'connection.json');
  let value: Json;
  try {
    value = JSON.parse(readFileSync(file, 'utf8')) as Json; // as above
  } catch (error) {
    throw new Failure('no Lazurite is running', {
      why: `${file}: ${messageOf(error)}`,
      help: 'lazurite up --detach   (or leave out --use-running)',
      cause: error,
    });
  }
  const field = (name: string): string => {
    const found = isJsonObject(value) ? value[name] : undefined;
    if (typeof found === 'string') return found;
    throw new Failure(`${file} has no "${name}"`, {
      help: 'lazurite down && lazurite up --detach',
    });
  };
  return { gateway: field('gateway'), ca: field('ca'), accessKey: field('accessKey') };
}

function readEnvironment(file: string): Record<string, string> {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Json; // as above
  return Object.fromEntries(
    Object.entries(isJsonObject(value) ? value : {}).flatMap(([name, text]) =>
      typeof text === 'string' ? [[name, text]] : [],
    ),
  );
}

async function getJson(url: string, connection: LabConnection): Promise<Json> {
  return await new Promise<Json>((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new Failure('Lazurite does not answer', { why, help: 'lazurite status' }));
    };
    const call = https.get(
      url,
      {
        ca: readFileSync(connection.ca),
        headers: { authorization: `Bearer ${connection.accessKey}` },
        timeout: 30_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          try {
            resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json); // as above
          } catch {
            fail(`${url} answered ${response.statusCode ?? 0} without JSON`);
          }
        });
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer within 30 seconds')));
    call.on('error', (error) => {
      fail(messageOf(error));
    });
  });
}

function statusOf(value: Json): InstanceStatus {
  const status = isJsonObject(value) ? value : {};
  const runtime = status['runtime'];
  const isolation = isJsonObject(runtime) ? (runtime['isolation'] ?? runtime['level']) : runtime;
  const apps = Array.isArray(status['apps']) ? status['apps'] : [];
  return {
    version: typeof status['version'] === 'string' ? status['version'] : '',
    isolation: typeof isolation === 'string' ? isolation : '',
    imageAdmission: ADMISSIONS.find((mode) => mode === status['imageAdmission']) ?? 'documented',
    apps: apps.flatMap((app) =>
      isJsonObject(app) && typeof app['name'] === 'string' && typeof app['url'] === 'string'
        ? [{ name: app['name'], url: app['url'] }]
        : [],
    ),
  };
}
