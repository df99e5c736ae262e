import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { DOCUMENT_MS } from './document-body.js';
import { ADMIN, createFixture, type RegistryFixture } from './testing/registry-fixture.js';

let registry: RegistryFixture;
beforeAll(async () => {
  registry = await createFixture();
});
afterAll(() => registry.close());
afterEach(() => {
  vi.useRealTimers();
});

/** Sends the head of a request and the beginning of its body, and then nothing more. */
async function begin(method: string, path: string, body: string): Promise<Socket> {
  const [host = '', port] = registry.address.split(':');
  const socket = connect(Number(port), host);
  await once(socket, 'connect');
  const head = [`${method} ${path} HTTP/1.1`, 'Host: x', `Authorization: ${ADMIN}`];
  socket.write(`${head.join('\r\n')}\r\nContent-Length: 1000\r\n\r\n${body}`);
  return socket;
}

async function answerOn(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString();
}

describe('a client that goes silent', () => {
  it.each([
    ['PUT', '/v2/slow/manifests/v1'],
    ['PATCH', '/acr/v1/slow'],
    ['POST', '/oauth2/token'],
    ['POST', '/oauth2/exchange'],
  ])('within the body of %s %s gets 408 in the end', async (method, path) => {
    await registry.pushImage('slow', 'there');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const socket = await begin(method, path, '{"begin":');
    const answer = answerOn(socket);
    await vi.waitFor(() => {
      expect(vi.getTimerCount()).toBeGreaterThan(0);
    });
    vi.advanceTimersByTime(DOCUMENT_MS);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 [^]*"code":"REQUEST_TIMEOUT"/);
  });

  it('within an upload is let go, and may go on from where it was', async () => {
    const { headers } = await registry.send('/v2/slow/blobs/uploads/', { method: 'POST' });
    const at = headers.location ?? '';
    const socket = await begin('PATCH', at, 'hello');
    const closed = once(socket, 'close');
    socket.resume();
    await expect
      .poll(async () => {
        registry.stall();
        return (await registry.send(at)).headers.range;
      })
      .toBe('0-4');
    await closed;
    const put = { method: 'PUT', body: ' world' };
    const done = await registry.send(`${at}?digest=${digestOf('hello world')}`, put);
    expect(done.status).toBe(201);
  });
});
