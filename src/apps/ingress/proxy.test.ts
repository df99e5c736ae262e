import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions, Server } from 'node:http';
import { connect, createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { proxyRequest } from './proxy.js';

/** What the program says to each request that has come to the end of its head. */
type Answer = (socket: Socket, heard: Heard) => void;

interface Heard {
  /** All that came over this connection so far. */
  text: string;
  /** Which request of the connection, and which connection; from one. */
  request: number;
  connection: number;
}

let program: NetServer;
let ingress: Server;
let answer: Answer;
/** The program's side of every connection so far, and what came over it. */
let connections: { socket: Socket; text: string }[];
/** Exchanges that have not been settled. */
let open: number;

beforeEach(async () => {
  connections = [];
  open = 0;
  program = createNetServer((socket) => {
    const connection = { socket, text: '' };
    const number = connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const before = requestsIn(connection.text);
      connection.text += chunk.toString('latin1');
      const now = requestsIn(connection.text);
      for (let request = before + 1; request <= now; request++) {
        answer(socket, { text: connection.text, request, connection: number });
      }
    });
  });
  program.listen(0, '127.0.0.1');
  await once(program, 'listening');
  const replica = { dial: () => dial(portOf(program)) };
  ingress = createServer((request, response) => {
    open += 1;
    void proxyRequest(request, response, { replica, port: 80 }).then(() => (open -= 1));
  });
  ingress.listen(0, '127.0.0.1');
  await once(ingress, 'listening');
});

afterEach(async () => {
  ingress.closeAllConnections();
  for (const { socket } of connections) socket.destroy();
  await Promise.all([ingress, program].map((server) => new Promise((done) => server.close(done))));
});

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

function portOf(server: NetServer): number {
  return (server.address() as AddressInfo).port;
}

function requestsIn(text: string): number {
  return (
    text.match(/^(?:GET|HEAD|POST|PUT|DELETE) \/\S* HTTP\/1\.1\r\n(?:.+\r\n)+\r\n/gm)?.length ?? 0
  );
}

interface Heads {
  status: number;
  headers: IncomingHttpHeaders;
  trailers: NodeJS.Dict<string>;
  body: string;
}

function ask(options: RequestOptions = {}, body = ''): Promise<Heads> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      port: portOf(ingress),
      host: '127.0.0.1',
      agent: false,
      ...options,
    });
    outgoing.on('error', reject).on('response', (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      incoming.on('error', reject).on('end', () => {
        const { statusCode: status = 0, headers, trailers } = incoming;
        resolve({ status, headers, trailers, body: text });
      });
    });
    outgoing.end(body);
  });
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const RESET = 'reset reason: connection termination';

describe('a connection with the program', () => {
  it('is used for one request after the other', async () => {
    answer = (socket) => socket.write(OK);
    for (let turn = 0; turn < 3; turn++) expect((await ask()).body).toBe('ok');
    expect(connections).toHaveLength(1);
  });

  it.each([
    ['says so', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    [
      'says that it keeps it for less than a second',
      `HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok`,
    ],
    ['sends more than its answer', `${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
  ])('is not used again when the program %s', async (_why, text) => {
    answer = (socket) => socket.write(text);
    for (let turn = 0; turn < 2; turn++) expect((await ask()).body).toBe('ok');
    expect(connections).toHaveLength(2);
  });

  it('that says something unasked is given up', async () => {
    answer = (socket) => socket.write(OK);
    await ask();
    connections[0]?.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
    await once(connections[0]!.socket, 'close');
    expect((await ask()).body).toBe('ok');
  });

  it('that the program closes as it gets its next request is replaced', async () => {
    answer = (socket, { request }) => (request === 1 ? socket.write(OK) : socket.destroy());
    await ask();
    expect((await ask()).body).toBe('ok');
    expect(connections).toHaveLength(2);
  });

  it('is not replaced for a request that must not be sent twice', async () => {
    answer = (socket, { request }) => (request === 1 ? socket.write(OK) : socket.destroy());
    await ask();
    expect((await ask({ method: 'POST' })).body).toContain(RESET);
    expect(connections).toHaveLength(1);
  });

  it('is not replaced when the program has begun to answer, or is new', async () => {
    answer = (socket, { request }) => (request === 1 ? socket.write(OK) : socket.end('HTTP/1.1 2'));
    await ask();
    expect((await ask()).body).toContain(RESET);
    answer = (socket) => socket.destroy();
    expect((await ask()).body).toContain(RESET);
    expect(connections).toHaveLength(2);
  });

  it('is closed when the client gives up', async () => {
    answer = () => undefined;
    const client = connect(portOf(ingress), '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await vi.waitFor(() => expect(connections[0]?.text).toContain('GET / '));
    client.destroy();
    await once(connections[0]!.socket, 'close');
    await vi.waitFor(() => expect(open).toBe(0));
  });
});

describe('an answer', () => {
  it.each([
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ])('with %s is refused', async (_name, text) => {
    answer = (socket) => socket.write(text);
    const { status, body } = await ask();
    expect([status, body]).toEqual([503, expect.stringContaining(RESET)]);
  });

  it('comes with its reason, its headers as often as they are there, and its trailers', async () => {
    const head =
      'HTTP/1.1 299 Fine\r\nSet-Cookie: a\r\nset-cookie: b\r\nTransfer-Encoding: chunked\r\n\r\n';
    answer = (socket) => socket.write(`${head}2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n`);
    const { status, headers, trailers, body } = await ask();
    expect({ status, body, trailers }).toEqual({
      status: 299,
      body: 'ok',
      trailers: { 'x-sum': '1' },
    });
    expect(headers['set-cookie']).toEqual(['a', 'b']);
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n', 200, '7'],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204, undefined],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n', 304, '7'],
    ['GET', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 200, '0'],
  ])('to %s without a body ends: %j', async (method, text, status, length) => {
    answer = (socket) => socket.write(text);
    for (let turn = 0; turn < 2; turn++) {
      const answered = await ask({ method });
      expect([answered.status, answered.headers['content-length']]).toEqual([status, length]);
    }
    expect(connections).toHaveLength(1);
  });

  it('that breaks off breaks off for the client, too', async () => {
    answer = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok');
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
    answer = (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok');
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await vi.waitFor(() => expect(open).toBe(0));
  });

  it('goes on its way piece by piece', async () => {
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n');
    const client = connect(portOf(ingress), '127.0.0.1');
    let seen = '';
    client.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await vi.waitFor(() => expect(seen).toContain('text/event-stream'));
    for (const event of ['data: 1', 'data: 2']) {
      connections[0]?.socket.write(`${event}\n\n`);
      await vi.waitFor(() => expect(seen).toContain(event));
    }
    connections[0]?.socket.end();
    await vi.waitFor(() => expect(seen).toMatch(/0\r\n\r\n$/));
    client.destroy();
  });

  it('waits in the program while the client does not read', async () => {
    const size = 200_000_000;
    let written = 0;
    answer = (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      const more = (): void => {
        while (written < size) {
          written += 1_000_000;
          if (!socket.write(Buffer.alloc(1_000_000))) return void socket.once('drain', more);
        }
      };
      more();
    };
    const client = connect(portOf(ingress), '127.0.0.1');
    client.pause();
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await vi.waitFor(() => expect(written).toBeGreaterThan(0));
    let before = -1;
    await vi.waitFor(
      () => {
        const still = written === before;
        before = written;
        expect(still).toBe(true);
      },
      { interval: 200, timeout: 10_000 },
    );
    expect(written).toBeLessThan(size / 2);
    let read = 0;
    client.on('data', (chunk: Buffer) => (read += chunk.length)).resume();
    await vi.waitFor(() => expect(read).toBeGreaterThan(size), { timeout: 20_000 });
    client.destroy();
  }, 40_000);
});

describe('a body', () => {
  it.each([
    ['its length', { 'content-length': '5' }, 'content-length: 5', 'hello'],
    [
      'its chunks',
      { 'transfer-encoding': 'chunked' },
      'transfer-encoding: chunked',
      '5\r\nhello\r\n0\r\n\r\n',
    ],
  ])('is sent with %s', async (_name, headers, line, sent) => {
    answer = () => undefined;
    const answered = ask({ method: 'POST', headers }, 'hello');
    await vi.waitFor(() => expect(connections[0]?.text).toMatch(/hello/));
    await vi.waitFor(() => expect(connections[0]?.text.endsWith(`\r\n\r\n${sent}`)).toBe(true));
    expect(connections[0]?.text).toContain(`\r\n${line}\r\n`);
    connections[0]?.socket.write(OK);
    expect((await answered).body).toBe('ok');
  });

  it('of more than one piece keeps its order, and the connection carries the next request', async () => {
    answer = () => undefined;
    const text = Array.from({ length: 40_000 }, (_, index) => `${index}\n`).join('');
    const answered = ask({ method: 'PUT', headers: { 'content-length': text.length } }, text);
    await vi.waitFor(() => expect(connections[0]?.text.endsWith(text)).toBe(true));
    answer = (socket) => socket.write(OK);
    connections[0]?.socket.write(OK);
    await answered;
    expect((await ask()).body).toBe('ok');
    expect(connections).toHaveLength(1);
  });

  it('that breaks off is not taken for a whole one', async () => {
    answer = () => undefined;
    const client = connect(portOf(ingress), '127.0.0.1');
    client.write('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n');
    await vi.waitFor(() => expect(connections[0]?.text).toContain('hello'));
    client.destroy();
    await once(connections[0]!.socket, 'close');
    expect(connections[0]?.text).not.toContain('0\r\n\r\n');
    await vi.waitFor(() => expect(open).toBe(0));
  });

  it('of which the program wants no more is read to its end', async () => {
    answer = (socket) =>
      socket.end('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    const { status } = await ask(
      { method: 'POST', headers: { 'content-length': '3000000' } },
      'a'.repeat(3_000_000),
    );
    expect(status).toBe(413);
    await vi.waitFor(() => expect(open).toBe(0));
  });
});

describe('a request', () => {
  it('that follows another before its answer gets its own answer, in order', async () => {
    answer = (socket, { text }) => {
      const path = /^GET (\S+)/.exec(text.slice(text.lastIndexOf('GET ')))?.[1] ?? '';
      const reply = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${path}`;
      setTimeout(() => socket.write(reply), path === '/a' ? 50 : 0);
    };
    const client = connect(portOf(ingress), '127.0.0.1');
    const paths = ['/a', '/b', '/c'];
    client.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`).join(''));
    let seen = '';
    client.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await vi.waitFor(() => expect(seen.match(/\/[abc]/g)).toEqual(paths));
    client.destroy();
  });

  it('that waits for the leave to send its body gets it', async () => {
    answer = (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    const outgoing = httpRequest({
      ...{ port: portOf(ingress), host: '127.0.0.1', agent: false, method: 'PUT' },
      headers: { expect: '100-continue', 'content-length': '5' },
    });
    outgoing.once('continue', () => outgoing.end('hello'));
    outgoing.flushHeaders();
    await vi.waitFor(() => expect(connections[0]?.text).toMatch(/\r\n\r\nhello$/));
    connections[0]?.socket.write(OK);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(incoming.statusCode).toBe(200);
    incoming.resume();
  });

  it('with a coding that nobody knows is refused', async () => {
    const client = connect(portOf(ingress), '127.0.0.1');
    client.write('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n');
    const [chunk] = (await once(client, 'data')) as [Buffer];
    expect(chunk.toString()).toContain('501 Not Implemented');
    client.destroy();
    expect(connections).toHaveLength(0);
  });

  it('waits for nobody when its client has gone', async () => {
    const client = connect(portOf(ingress), '127.0.0.1');
    let arrived: (socket: Socket) => void = () => undefined;
    const slow = { dial: () => new Promise<Socket>((resolve) => (arrived = resolve)) };
    ingress.removeAllListeners('request').on('request', (request, response) => {
      open += 1;
      void proxyRequest(request, response, { replica: slow, port: 80 }).then(() => (open -= 1));
    });
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await vi.waitFor(() => expect(open).toBe(1));
    client.destroy();
    const socket = await dial(portOf(program));
    await vi.waitFor(async () => {
      const count = await new Promise((resolve) =>
        ingress.getConnections((_error, n) => resolve(n)),
      );
      expect(count).toBe(0);
    });
    arrived(socket);
    await vi.waitFor(() => expect(open).toBe(0));
    expect(socket.destroyed).toBe(true);
  });
});
