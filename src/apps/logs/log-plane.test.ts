import { createServer, get } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  ENVIRONMENT,
  plainTokens,
  REGISTRY,
  SUBSCRIPTION,
  template,
} from '../../../test/support/app-world.js';
import type { World } from '../../../test/support/app-world.js';
import { LOG_TOKEN_AUDIENCE } from './stream-token.js';

const BASE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/RG/containerApps/ca`;
const TOKEN = plainTokens.issue({ iss: 'x', sub: APP_KEY, aud: LOG_TOKEN_AUDIENCE }, 60);

let world: World;
let server: Server;
let replica: string;

beforeEach(async () => {
  world = await createWorld({
    programs: { talks: { port: 8000, output: 'first\nsecond\nthird line is \u00e9\nunfinished' } },
  });
  world.registry.images.set(`${REGISTRY}/talks:v1`, 'talks');
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    void world.service.logPlane.handle(request, response, url).then((taken) => {
      if (!taken) response.writeHead(418).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await world.service.putApp(appInput(template({ image: `${REGISTRY}/talks:v1` })));
  await world.clock.until(() => world.states(world.latest()).includes('Healthy'));
  replica = world.service.replicas(`${APP_KEY}/revisions/${world.latest()}`)[0]!.spec.name;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

function open(path: string, token = TOKEN): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent: false, path, headers }, resolve).on('error', reject);
  });
}

async function lines(path: string, token = TOKEN): Promise<string[]> {
  const incoming = await open(path, token);
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text.split('\n').filter((line) => line !== '');
}

const consolePath = (query: string): string =>
  `${BASE}/revisions/${world.latest()}/replicas/${replica}/containers/app/logstream?${query}`;

describe('the system log stream', () => {
  it('begins with the connection rows and has the newest rows', async () => {
    const rows = (await lines(`${BASE}/eventstream?follow=false&output=json&tailLines=2`)).map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    expect(rows[0]).toEqual({
      TimeStamp: '2026-06-20T13:34:59Z',
      Type: 'Normal',
      ContainerAppName: null,
      RevisionName: null,
      ReplicaName: null,
      Msg: 'Connecting to the events collector...',
      Reason: 'StartingGettingEvents',
      EventSource: 'ContainerAppController',
      Count: 1,
    });
    expect(rows[1]).toMatchObject({ Reason: 'ConnectedToEventsServer' });
    expect(rows).toHaveLength(4);
    expect(rows[3]).toMatchObject({
      TimeStamp: '2026-06-20 13:34:59 +0000 UTC',
      ContainerAppName: 'ca',
      Reason: 'ContainerAppReady',
      Msg: 'Successfully updated containerApp: ca',
    });
  });

  it('goes on while it is followed, and stops listening when the client has gone', async () => {
    const incoming = await open(`${BASE}/eventstream?follow=true&tailLines=0`);
    const seen: string[] = [];
    incoming.setEncoding('utf8').on('data', (chunk: string) => seen.push(chunk));
    await world.service.revisionActions.restart(APP_KEY, world.latest());
    await world.clock.until(() => seen.join('').includes('AssigningReplica'));
    incoming.destroy();
  });

  it.each([
    ['no token', ''],
    [
      'a token for another app',
      plainTokens.issue({ iss: 'x', sub: 'other', aud: LOG_TOKEN_AUDIENCE }, 60),
    ],
    ['a token for something else', plainTokens.issue({ iss: 'x', sub: APP_KEY, aud: 'arm' }, 60)],
  ])('refuses %s', async (_name, token) => {
    expect((await open(`${BASE}/eventstream`, token)).statusCode).toBe(401);
  });

  it('of an environment has the rows of its apps', async () => {
    const path = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/managedEnvironments/CAE/eventstream`;
    const token = plainTokens.issue(
      { iss: 'x', sub: ENVIRONMENT.key, aud: LOG_TOKEN_AUDIENCE },
      60,
    );
    const rows = await lines(`${path}?tailLines=1`, token);
    expect(rows).toHaveLength(3);
    expect(rows[2]).toContain('ContainerAppReady');
    expect((await open(path)).statusCode).toBe(401);
  });

  it('leaves other paths alone', async () => {
    expect((await open('/subscriptions/x/resourceGroups/y/elsewhere')).statusCode).toBe(418);
  });
});

describe('the console log stream', () => {
  it('gives JSON lines with times', async () => {
    const rows = (await lines(consolePath('follow=false&output=json&tailLines=2'))).map(
      (line) => JSON.parse(line) as { TimeStamp: string; Log: string },
    );
    expect(rows.map(({ Log }) => Log)).toEqual([
      "Connecting to the container 'app'...",
      `Successfully Connected to container: 'app' [Revision: '${world.latest()}', Replica: '${replica}']`,
      'F second',
      'F third line is \u00e9',
    ]);
    expect(rows[2]?.TimeStamp).toBe('2026-06-20T13:34:59.200+00:00');
  });

  it('gives text, and what is written while it is followed', async () => {
    const incoming = await open(consolePath('follow=true&output=text&tailLines=0'));
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const [sandbox] = world.runtime.sandboxes.values();
    const [container] = sandbox!.containers.values();
    container!.spec.onOutput?.('stderr', Buffer.from(' now done\nmore\n'));
    await world.clock.until(() => text.includes('more'));
    expect(text).toMatch(/^2026-06-20T13:34:59\.\d{3}\+00:00 stderr F more$/m);
    incoming.destroy();
  });

  it('refuses a container there is none of', async () => {
    const path = consolePath('').replace('/containers/app/', '/containers/nope/');
    expect((await open(path)).statusCode).toBe(404);
  });
});
