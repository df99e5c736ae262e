import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../base/clock.js';
import { silentLogger, type Logger } from '../base/logger.js';
import type { RegistryWebhook } from './registry-host.js';
import { createFixture, type RegistryFixture } from './testing/registry-fixture.js';

interface Received {
  headers: IncomingHttpHeaders;
  body: { action: string; target: Record<string, unknown>; request: Record<string, unknown> };
}

/** Sleeps are over at once, unless they are held, and remembered. */
const slept: number[] = [];
let isHeld = false;
const warnings: string[] = [];
const logger: Logger = {
  ...silentLogger,
  warn: (_fields, message) => {
    warnings.push(message);
  },
  child: () => logger,
};
const hastyClock: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => {
    slept.push(ms);
    return isHeld ? once(signal!, 'abort').then(() => undefined) : Promise.resolve();
  },
};

let registry: RegistryFixture;
let receiver: Server;
let received: Received[];
let answers: number[];
let arrived: () => void;

beforeEach(async () => {
  received = [];
  answers = [];
  arrived = () => undefined;
  slept.length = 0;
  isHeld = false;
  warnings.length = 0;
  receiver = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Received['body'];
      received.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 200).end();
      arrived();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  registry = await createFixture({}, hastyClock, logger);
});
afterEach(async () => {
  await registry.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

function hook(changes: Partial<RegistryWebhook> = {}): RegistryWebhook {
  const { port } = receiver.address() as AddressInfo;
  return {
    name: 'hook',
    serviceUri: `http://127.0.0.1:${port}/`,
    actions: ['push', 'delete'],
    enabled: true,
    ...changes,
  };
}

async function atLeast(count: number): Promise<void> {
  while (received.length < count) {
    await new Promise<void>((resolve) => {
      arrived = resolve;
    });
  }
}

describe('webhooks', () => {
  it('are told of pushes and deletes', async () => {
    await registry.configure({ webhooks: [hook({ customHeaders: { authorization: 'mine' } })] });
    const digest = await registry.pushImage('team/app', 'v1');
    await atLeast(1);
    await registry.send(`/v2/team/app/manifests/${digest}`, { method: 'DELETE' });
    await atLeast(2);
    expect(received[0]?.headers).toMatchObject({ authorization: 'mine' });
    expect(received[0]?.body).toMatchObject({
      action: 'push',
      target: { repository: 'team/app', tag: 'v1', digest },
      request: { method: 'PUT', host: registry.address },
    });
    expect(received[1]?.body).toMatchObject({ action: 'delete', target: { digest } });
  });

  it('are told again when they fail, with growing waits', async () => {
    answers = [500, 503];
    await registry.configure({ webhooks: [hook()] });
    await registry.pushImage('a', 'v1');
    await atLeast(3);
    expect(slept).toEqual([1000, 5000]);
    expect(new Set(received.map(({ body }) => body.request['id'])).size).toBe(1);
  });

  it('are told by the next process what this one could not, and not for ever', async () => {
    answers = Array.from({ length: 5 }, () => 500);
    await registry.configure({ webhooks: [hook()] });
    isHeld = true;
    await registry.pushImage('a', 'v1');
    await atLeast(1);
    await expect.poll(() => slept).toHaveLength(1);
    isHeld = false;
    await registry.restart(); // waits for what is left of the second, and goes on to the end
    await atLeast(5);
    await expect.poll(() => slept).toEqual([1000, expect.any(Number), 5000, 15_000, 60_000]);
    expect(slept[1]).toBeGreaterThan(0);
    expect(slept[1]).toBeLessThanOrEqual(1000);
    expect(new Set(received.map(({ body }) => body.request['id'])).size).toBe(1);
    await expect.poll(() => warnings).toEqual(['webhook gave up']);
    await registry.restart();
    await registry.pushImage('b', 'v1');
    await atLeast(6);
    expect(received[5]?.body.target).toMatchObject({ repository: 'b' });
    expect(received).toHaveLength(6);
  });

  it('that are removed while an event waits are not told by the next process', async () => {
    answers = [500];
    const other = hook({ name: 'other' });
    await registry.configure({ webhooks: [hook({ scope: 'a' }), other] });
    isHeld = true;
    await registry.pushImage('a', 'v1');
    await expect.poll(() => slept).toHaveLength(1);
    await registry.configure({ webhooks: [] });
    isHeld = false;
    await registry.restart();
    await registry.configure({ webhooks: [hook(), other] });
    await registry.restart();
    await registry.pushImage('b', 'v1');
    await expect.poll(() => received).toHaveLength(4);
    const told = received.map(({ body }) => body.target['repository']);
    expect(told).toEqual(['a', 'a', 'b', 'b']);
  });

  it('are told of a whole repository, some at a time', async () => {
    await registry.configure({ webhooks: [] });
    const count = 30;
    for (let at = 0; at < count; at++) await registry.pushImage('many', `v${at}`);
    await registry.configure({ webhooks: [hook()] });
    let open = 0;
    let most = 0;
    receiver.on('request', (_request, response) => {
      most = Math.max(most, ++open);
      response.once('finish', () => open--);
    });
    await registry.send('/acr/v1/many', { method: 'DELETE' });
    await atLeast(count);
    expect(new Set(received.map(({ body }) => body.target['digest'])).size).toBe(count);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('are pinged, disabled or not, and remember what they were sent and what came back', async () => {
    answers = [500, 202];
    await registry.configure({ webhooks: [hook({ enabled: false })] });
    const served = registry.host.get('reg')!;
    const id = await served.pingWebhook('HOOK');
    await atLeast(2);
    expect(received[1]?.body).toMatchObject({ id, action: 'ping' });
    await expect
      .poll(() => served.webhookDeliveries('hook'))
      .toMatchObject([
        { event: { id, action: 'ping' }, answer: { status: 202, reason: 'Accepted' } },
      ]);
    expect(await served.pingWebhook('other')).toBeUndefined();
    expect(served.webhookDeliveries('other')).toEqual([]);
  });

  it('keep their latest hundred events, and none of a webhook of the same name before', async () => {
    await registry.configure({ webhooks: [hook()] });
    const served = registry.host.get('reg')!;
    const ids: (string | undefined)[] = [];
    for (let at = 0; at < 101; at++) ids.push(await served.pingWebhook('hook'));
    const kept = served.webhookDeliveries('hook').map(({ event }) => event.id);
    expect(kept).toEqual(ids.slice(1).reverse());
    await atLeast(101);
    await registry.configure({ webhooks: [] });
    await registry.configure({ webhooks: [hook()] });
    expect(served.webhookDeliveries('hook')).toEqual([]);
  });

  it('have no answer while nobody is there to give one', async () => {
    const nobody = hook({ serviceUri: 'http://127.0.0.1:1/' });
    await registry.configure({ webhooks: [nobody] });
    const served = registry.host.get('reg')!;
    await served.pingWebhook('hook');
    await expect.poll(() => slept.length).toBeGreaterThanOrEqual(4);
    expect(served.webhookDeliveries('hook')[0]).not.toHaveProperty('answer');
  });

  it.each([
    [{ enabled: false }],
    [{ actions: ['delete'] as ('push' | 'delete')[] }],
    [{ scope: 'other' }],
    [{ scope: 'a:v2' }],
  ])('that want nothing of it, %j, are not told', async (changes) => {
    await registry.configure({ webhooks: [hook(changes), hook({ scope: 'a*:v1' })] });
    await registry.pushImage('a', 'v1');
    await atLeast(1);
    await registry.pushImage('abc', 'v1');
    await atLeast(2);
    expect(received).toHaveLength(2);
  });
});
