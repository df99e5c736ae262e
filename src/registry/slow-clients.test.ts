import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { DOCUMENT_MS } from './document-body.js';
import { watchPace, type MinimumRate } from './upload-pace.js';
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
});

it('the body of a request that takes none does not come for ever', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const socket = await begin('GET', '/v2/', 'x');
  const closed = once(socket, 'close');
  expect(await once(socket, 'data').then(String)).toMatch(/^HTTP\/1\.1 200 /);
  vi.advanceTimersByTime(10_000);
  await closed;
});

/** An upload whose clock stands still but for `wait`. */
async function beginUpload(rate?: MinimumRate) {
  if (rate) await registry.configure({ minUploadRate: rate });
  const { headers } = await registry.send('/v2/slow/blobs/uploads/', { method: 'POST' });
  const at = headers.location ?? '';
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const socket = await begin('PATCH', at, '');
  await vi.waitFor(() => {
    expect(vi.getTimerCount()).toBe(1);
  });
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  let sent = '';
  return {
    at,
    socket,
    answer: () => answer,
    sent: () => sent,
    /** Sends, and waits until it is there. */
    async send(text: string) {
      const before = registry.bytesRead();
      socket.write(text);
      sent += text;
      await vi.waitFor(() => {
        expect(registry.bytesRead()).toBe(before + text.length);
      });
    },
    /** Lets so many seconds pass, and the server act on it. */
    async wait(seconds: number) {
      vi.advanceTimersByTime(seconds * 1000);
      await registry.send('/v2/');
    },
  };
}

describe('an upload', () => {
  it('of a client that goes silent is ended, and goes on from where it was', async () => {
    const upload = await beginUpload();
    await upload.send('hello');
    await upload.wait(59);
    expect(upload.answer()).toBe('');
    await upload.wait(2);
    await expect.poll(upload.answer).toMatch(/^HTTP\/1\.1 408 [^]*"code":"REQUEST_TIMEOUT"/);
    expect(upload.answer()).toMatch(/\r\nRange: 0-4\r\n/);
    upload.socket.destroy();
    const put = { method: 'PUT', body: ' world' };
    const done = await registry.send(`${upload.at}?digest=${digestOf('hello world')}`, put);
    expect(done.status).toBe(201);
  });

  it('of a byte now and then is ended', async () => {
    const upload = await beginUpload();
    let seconds = 0;
    while (upload.answer() === '' && seconds < 3600) {
      await upload.send('x');
      await upload.wait(59);
      seconds += 59;
    }
    expect(seconds).toBeLessThan(180);
    expect(upload.answer()).toMatch(/^HTTP\/1\.1 408 /);
    upload.socket.destroy();
  });

  it('that began fast has earned no idling', async () => {
    const upload = await beginUpload({ bytesPerSecond: 2, graceSeconds: 60 });
    await upload.send('x'.repeat(900));
    await upload.wait(1);
    await upload.wait(60);
    await expect.poll(upload.answer).toMatch(/^HTTP\/1\.1 408 /);
    upload.socket.destroy();
  });

  it('over a slow line, with pauses, comes to its end', async () => {
    const upload = await beginUpload({ bytesPerSecond: 2, graceSeconds: 60 });
    for (let part = 0; part < 20; part++) {
      await upload.send('x'.repeat(50));
      await upload.wait(part % 5 === 0 ? 45 : 15);
      if (part < 19) expect(upload.answer()).toBe('');
    }
    await expect.poll(upload.answer).toMatch(/^HTTP\/1\.1 202 [^]*\r\nRange: 0-999\r\n/);
    upload.socket.destroy();
  });

  it('may be as slow as it likes where the rate is 0, but not silent', async () => {
    const upload = await beginUpload({ bytesPerSecond: 0, graceSeconds: 60 });
    for (let part = 0; part < 20; part++) {
      await upload.send('x');
      await upload.wait(59);
    }
    expect(upload.answer()).toBe('');
    await upload.wait(2);
    await expect.poll(upload.answer).toMatch(/^HTTP\/1\.1 408 /);
    upload.socket.destroy();
  });
});

it('time in which the server itself does not read is not the sender’s', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const request = { readableFlowing: false, complete: false, socket: new Socket() };
  const pace = watchPace(request, { bytesPerSecond: 240, graceSeconds: 60 });
  vi.advanceTimersByTime(3_600_000);
  expect(pace.tooSlow.aborted).toBe(false);
  request.readableFlowing = true;
  vi.advanceTimersByTime(60_000);
  expect(pace.tooSlow.aborted).toBe(true);
  pace.stop();
});
