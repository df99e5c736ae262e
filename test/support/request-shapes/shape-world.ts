import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Connection } from '../../../src/base/connection.js';
import { startLazurite, type Lazurite } from '../../../src/server/lazurite.js';

export interface Sent {
  method: string;
  /** e.g. `'https://localhost:34567/subscriptions?api-version=2022-12-01'` */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
}

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Of an answer that is JSON. */
  json: unknown;
}

/** A Lazurite over TLS in this process, and the places of the shapes. */
export interface ShapeWorld {
  places: Map<string, string>;
  send(sent: Sent): Promise<Answered>;
  close(): Promise<void>;
}

export async function openShapeWorld(): Promise<ShapeWorld> {
  const home = mkdtempSync(join(tmpdir(), 'lazurite-shapes-'));
  const lazurite = await startLazurite({
    home,
    port: 0,
    runtime: 'embedded',
    replicaNetwork: 'none',
    imageAdmission: 'documented',
  });
  const connection = readConnection(home);
  const agent = new Agent({ keepAlive: true, ca: readFileSync(connection.ca, 'utf8') });
  const world: ShapeWorld = {
    places: placesOf(connection),
    send: (sent) => send(sent, agent),
    close: () => {
      agent.destroy();
      return close(lazurite, home);
    },
  };
  world.places.set('token', await signIn(world, connection));
  return world;
}

async function close(lazurite: Lazurite, home: string): Promise<void> {
  await lazurite.stop();
  rmSync(home, { recursive: true, force: true });
}

function readConnection(home: string): Connection {
  return JSON.parse(readFileSync(join(home, 'run', 'connection.json'), 'utf8')) as Connection;
}

function placesOf(connection: Connection): Map<string, string> {
  const { gateway, armAudience, tenantId, subscriptionId, clientId, clientSecret } = connection;
  const sub = `/subscriptions/${subscriptionId}`;
  return new Map(
    Object.entries({
      ...{ gateway, audience: armAudience, tenantId, subscriptionId, clientId, clientSecret, sub },
      host: new URL(gateway).host,
      group: `${sub}/resourceGroups/rg-shapes`,
    }),
  );
}

async function signIn(world: ShapeWorld, connection: Connection): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: connection.clientId,
    client_secret: connection.clientSecret,
    scope: `${connection.armAudience}/.default`,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const sent = { method: 'POST', url: connection.tokenEndpoint, headers, body: form.toString() };
  const { json } = await world.send(sent);
  return (json as { access_token: string }).access_token;
}

/** Not `fetch`, which cannot trust another authority, tidies paths and sends no `HEAD` body length. */
async function send(sent: Sent, agent: Agent): Promise<Answered> {
  const { method, url, headers, body } = sent;
  const at = new URL(url);
  // As it is written: clients send doubled and trailing slashes.
  const path = url.slice(at.origin.length);
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const options: RequestOptions = {
    ...{ host: at.hostname, port: at.port, path, method, agent },
    headers: { ...headers, ...length },
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sending = request(options, resolve);
    sending.once('upgrade', (upgraded: IncomingMessage) => {
      upgraded.destroy();
      resolve(upgraded);
    });
    sending.once('error', reject);
    sending.end(body);
  });
  const status = response.statusCode ?? 0;
  const text = status === 101 ? '' : (await buffer(response)).toString();
  const isJson = /json/.test(response.headers['content-type'] ?? '');
  return { status, headers: response.headers, text, json: isJson ? parse(text) : undefined };
}

/** Streams of lines call themselves JSON too. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
