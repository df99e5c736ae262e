import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  PUBLIC_INGRESS,
  REGISTRY,
  template,
} from '../../../test/support/app-world.js';
import type { World } from '../../../test/support/app-world.js';
import type { AppDocument, IngressConfiguration } from '../documents.js';
import { tcpPortsOf } from './tcp.js';

let world: World;
let server: Server;

afterEach(async () => {
  server.close();
  await world.close();
});

async function open(ingress: Partial<IngressConfiguration>, minReplicas = 1): Promise<void> {
  world = await createWorld({ programs: { web: { port: 8000 } } });
  world.registry.images.set(`${REGISTRY}/web:v1`, 'web');
  const scale = {
    minReplicas,
    maxReplicas: 1,
    cooldownPeriod: 300,
    pollingInterval: 30,
    rules: [],
  };
  const base = appInput(template({ image: `${REGISTRY}/web:v1` }, { scale }));
  await world.service.putApp({
    ...base,
    configuration: {
      ...base.configuration,
      ingress: { ...PUBLIC_INGRESS, transport: 'Tcp', ...ingress },
    },
  });
  await world.clock.until(() => !world.states(world.latest()).includes('Activating'));
  server = createServer((socket) => {
    void world.service.ingress.connect(APP_KEY, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

/** What a client hears that has said all it has to say. */
async function say(words: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined); // a connection that is refused may be reset
  socket.end(words);
  return text(socket).catch(() => '');
}

const REQUEST = 'GET / HTTP/1.0\r\n\r\n';

describe('a connection to an app behind transport tcp', () => {
  it('is joined with its program, byte for byte and half by half', async () => {
    await open({});
    expect(await say(REQUEST)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*web$/);
  });

  it('waits while the app wakes up', async () => {
    await open({}, 0);
    const revision = world.latest();
    await world.clock.until(() => world.states(revision) === 'Provisioned/Healthy/ScaledToZero');
    await world.clock.until(() => world.runtime.sandboxes.size === 0);
    const answer = say(REQUEST);
    await world.clock.until(() => world.runtime.running().length === 1, 10_000);
    await world.clock.advance(1000);
    expect(await answer).toMatch(/web$/);
  });

  it.each([
    [
      'from an address that is denied',
      {
        ipSecurityRestrictions: [
          { name: '', ipAddressRange: '127.0.0.1', action: 'Deny' as const },
        ],
      },
    ],
    ['to a port that nothing listens on', { targetPort: 8001 }],
  ])('is closed %s', async (_what, ingress) => {
    await open(ingress);
    expect(await say(REQUEST)).toBe('');
  });
});

describe('tcpPortsOf', () => {
  const app = (key: string, ingress: Partial<IngressConfiguration>): AppDocument => {
    const input = appInput(template({ image: 'x' }));
    const configuration = { ...input.configuration, ingress: { ...PUBLIC_INGRESS, ...ingress } };
    return {
      ...input,
      key,
      configuration,
      provisioningState: 'Succeeded',
      nextRevision: 0,
      createdAt: '',
    };
  };

  it.each([
    ['its exposed port', [app('a', { transport: 'Tcp', exposedPort: 6379 })], [[6379, 'a']]],
    ['else its target port', [app('a', { transport: 'tcp', targetPort: 5432 })], [[5432, 'a']]],
    ['none without TCP', [app('a', { transport: 'Auto', exposedPort: 6379 })], []],
    [
      'the older one where two want it',
      ['a', 'b'].map((key) => app(key, { transport: 'Tcp', exposedPort: 6379 })),
      [[6379, 'a']],
    ],
  ])('gives an app %s', (_what, apps, expected) => {
    expect([...tcpPortsOf(apps)]).toEqual(expected);
  });
});
