import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect, createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { proxyUpgrade } from './proxy-upgrade.js';

let program: NetServer;
let ingress: Server;
/** What the program hears first, and answers to it. */
let heard: string;
let answer: (socket: Socket) => void;
let clients: Socket[];
let open: number;

beforeEach(async () => {
  [heard, clients, open] = ['', [], 0];
  program = createNetServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk: Buffer) => {
      heard = chunk.toString('latin1');
      answer(socket);
    });
  });
  const dial = async (): Promise<Socket> => {
    const { port } = program.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return socket;
  };
  ingress = createServer().on('upgrade', (request, socket, head) => {
    open += 1;
    const upstream = { replica: { dial }, port: 80 };
    void proxyUpgrade(request, socket, head, upstream).then(() => (open -= 1));
  });
  for (const server of [program, ingress]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await vi.waitFor(() => expect(open).toBe(0));
  for (const server of [program, ingress]) await new Promise((done) => server.close(done));
});

/** Asks for an upgrade; what is heard grows. */
function upgrade(body = ''): { socket: Socket; heard: () => string; ended: () => boolean } {
  const socket = connect((ingress.address() as AddressInfo).port, '127.0.0.1');
  clients.push(socket);
  let text = '';
  let ended = false;
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined).on('close', () => (ended = true));
  const length = body === '' ? '' : `content-length: ${body.length}\r\n`;
  const head = `GET /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n`;
  socket.write(`${head}${length}\r\n${body}`);
  return { socket, heard: () => text, ended: () => ended };
}

const AGREED = 'HTTP/1.1 101 Fine\r\nUpgrade: echo\r\nConnection: Upgrade\r\nX-Mine: 1\r\n\r\n';

describe('an upgrade', () => {
  it('that the program agrees to joins both, byte for byte', async () => {
    answer = (socket) => {
      socket.write(`${AGREED}first `);
      socket.pipe(socket);
    };
    const { socket, heard: seen } = upgrade();
    await vi.waitFor(() => expect(seen()).toBe(`${AGREED}first `));
    expect(heard).toMatch(/^GET \/ws HTTP\/1\.1\r\n/);
    expect(heard).toContain('\r\nconnection: Upgrade\r\nupgrade: echo\r\n');
    expect(heard).toContain('\r\nx-forwarded-for: 127.0.0.1\r\n');
    const text = 'GET / HTTP/1.1\r\n\r\n'.repeat(10_000);
    socket.write(text);
    await vi.waitFor(() => expect(seen()).toBe(`${AGREED}first ${text}`));
  });

  it('may come after other interim answers', async () => {
    answer = (socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${AGREED}`);
    const { heard: seen } = upgrade();
    await vi.waitFor(() => expect(seen()).toBe(AGREED));
  });

  it.each([
    [
      'a length',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      /\r\nContent-Length: 2\r\nconnection: close\r\n\r\nok$/,
    ],
    [
      'chunks',
      'HTTP/1.1 426 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      /chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n$/,
    ],
    [
      'nothing',
      'HTTP/1.1 204 No Content\r\n\r\n',
      /^HTTP\/1\.1 204 No Content\r\nconnection: close\r\n\r\n$/,
    ],
  ])(
    'that it answers otherwise, with %s, gets that answer and no other',
    async (_what, text, expected) => {
      answer = (socket) => {
        socket.write(text);
        socket.on('data', () => socket.write(text)); // and would go on like this
      };
      const { socket, heard: seen, ended } = upgrade();
      await vi.waitFor(() => expect(seen()).toMatch(expected));
      const before = seen();
      socket.write('GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 1.2.3.4\r\n\r\n');
      await vi.waitFor(() => expect(ended()).toBe(true));
      expect(seen()).toBe(before);
    },
  );

  it('has its answer to the end of the connection', async () => {
    answer = (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it');
    const { heard: seen, ended } = upgrade('body');
    await vi.waitFor(() => expect(ended()).toBe(true));
    expect(seen()).toBe('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it');
    expect(heard).toMatch(/\r\n\r\nbody$/);
  });

  it.each([
    ['hangs up', ''],
    ['talks nonsense', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['breaks off its head', 'HTTP/1.1 101 Swit'],
  ])('gets 503 when the program %s', async (_how, text) => {
    answer = (socket) => socket.end(text);
    const { heard: seen, ended } = upgrade();
    await vi.waitFor(() => expect(ended()).toBe(true));
    expect(seen()).toContain('HTTP/1.1 503 Service Unavailable');
  });

  it('ends for the program when the client goes, before and after it agreed', async () => {
    for (const text of ['', AGREED]) {
      const closed = new Promise((resolve) => {
        answer = (socket) => {
          socket.write(text);
          socket.once('close', resolve);
          clients[0]?.destroy();
        };
      });
      upgrade();
      await closed;
      clients = [];
    }
  });
});
