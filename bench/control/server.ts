import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from '../machine.js';

export const ENTRY = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));

/** A Lazurite in a home of its own. */
export interface ControlServer {
  home: string;
  pid: number;
  /** What `lazurite env` sets. */
  environment: NodeJS.ProcessEnv;
  /** Processor seconds of the server so far, its containers left out. */
  cpuSeconds(): number;
  /** What `lazurite status` tells. */
  status(): Promise<Record<string, unknown>>;
  /** @returns the answer's body; throws for a status from 400 on */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

interface Connection {
  gateway: string;
  subscriptionId: string;
  clientId: string;
  clientSecret: string;
  accessKey: string;
}

export async function startControlServer(): Promise<ControlServer> {
  const home = join(mkdtempSync(join(tmpdir(), 'lazurite-control-')), 'home');
  const child = spawn(process.execPath, [ENTRY, 'up', '--home', home, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  await new Promise<void>((ready, fail) => {
    child.stdout.once('data', () => ready());
    void exited.then(() => fail(new Error('lazurite up ended')));
  });
  const read = (name: string): unknown => JSON.parse(readFileSync(join(home, 'run', name), 'utf8'));
  const connection = read('connection.json') as Connection;
  const token = await signIn(connection);
  const root = `/subscriptions/${connection.subscriptionId}`;
  return {
    home,
    pid: child.pid!,
    environment: {
      ...process.env,
      ...(read('env.json') as NodeJS.ProcessEnv),
      LAZURITE_HOME: home,
    },
    cpuSeconds: () => cpuSeconds(child.pid!),
    status: () =>
      send(connection, 'GET', '/lazurite/status', undefined, {
        authorization: `Bearer ${connection.accessKey}`,
      }),
    call: (method, path, body) =>
      send(connection, method, path.replace(/^~/, root), JSON.stringify(body), {
        authorization: `Bearer ${token}`,
      }),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(join(home, '..'), { recursive: true, force: true });
    },
  };
}

async function signIn(connection: Connection): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: connection.clientId,
    client_secret: connection.clientSecret,
    scope: 'https://management.azure.com//.default',
  });
  const answer = await send(connection, 'POST', '/adfs/oauth2/v2.0/token', form.toString(), {});
  return String(answer['access_token']);
}

/** Over plain HTTP, which the same port speaks. */
function send(
  { gateway }: Connection,
  method: string,
  path: string,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<Record<string, unknown>> {
  const url = new URL(path, gateway.replace('https:', 'http:'));
  if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', '2024-11-01');
  return new Promise((resolve, reject) => {
    // While a program is measured this process does nothing: a connection kept open would be closed meanwhile.
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const failed = (response.statusCode ?? 500) >= 400;
        if (failed) reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        else resolve(text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
