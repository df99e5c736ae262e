import * as grpc from '@grpc/grpc-js';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp2Server, connect } from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  PUBLIC_INGRESS,
  REGISTRY,
  template,
} from '../../../test/support/app-world.js';
import type { World } from '../../../test/support/app-world.js';
import { CertificateAuthority } from '../../server/certificate-authority.js';
import { Listener } from '../../server/listener.js';
import type { IngressConfiguration } from '../documents.js';

// Clients of HTTP/2 and of gRPC, over TLS and without, in front of programs that speak either protocol.

/** What a program behind `transport: http2` does with a call: its path says which. */
function serveStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.on('error', () => undefined); // the client may give up
  if (headers[':path'] === '/reset') {
    stream.close(2);
    return;
  }
  stream.respond(
    { ':status': 200, 'content-type': 'text/plain', 'x-te': headers.te ?? '', 'set-cookie': 'a=1' },
    { waitForTrailers: true },
  );
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'done' }));
  stream.pipe(stream);
}

const bytes = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value };
const METHOD = {
  path: '/test.Echo/Both',
  requestStream: true,
  responseStream: true,
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
};

let authority: CertificateAuthority;
let directory: string;
let world: World;
let listener: Listener;
let programs: { close: () => void }[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-http2-'));
  authority = await CertificateAuthority.open(directory);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});
afterEach(async () => {
  await listener.close();
  await world.close();
  for (const program of programs) program.close();
});

/** An app whose replica answers on a port of this process: `dial` leads there. */
async function open(
  program: 'http1' | 'http2' | 'grpc' | 'nothing',
  ingress: Partial<IngressConfiguration> = {},
): Promise<void> {
  world = await createWorld({ programs: { program: { port: 8000 } } });
  programs = [];
  world.registry.images.set(`${REGISTRY}/program:v1`, 'program');
  const base = appInput(template({ image: `${REGISTRY}/program:v1` }));
  await world.service.putApp({
    ...base,
    configuration: {
      ...base.configuration,
      ingress: {
        ...PUBLIC_INGRESS,
        allowInsecure: true,
        transport: program === 'http1' ? 'Auto' : 'Http2',
        ...ingress,
      },
    },
  });
  await world.clock.until(() => !world.states(world.latest()).includes('Activating'));
  const container = [...world.runtime.sandboxes.values()][0]?.containers.get('app');
  if (program !== 'http1') await replaceServer(container?.server, program);
  listener = await Listener.open({
    host: '127.0.0.1',
    port: 0,
    authority,
    http2: () => true,
    onRequest: (request, response) => {
      void world.service.ingress.handleForApp(APP_KEY, request, response);
    },
    onUpgrade: (request, socket, head) => {
      void world.service.ingress.upgradeForApp(APP_KEY, request, socket, head);
    },
  });
}

/** The fake program's connections go to a server of HTTP/2 instead. */
async function replaceServer(
  server:
    | {
        removeAllListeners: (event: string) => void;
        on: (event: 'connection', take: (socket: Socket) => void) => void;
      }
    | undefined,
  program: 'http2' | 'grpc' | 'nothing',
): Promise<void> {
  if (!server) throw new Error('the program does not run');
  server.removeAllListeners('connection');
  if (program === 'nothing') {
    server.on('connection', (socket) => socket.destroy());
  } else if (program === 'http2') {
    const inner = createHttp2Server().on('stream', serveStream);
    server.on('connection', (socket) => inner.emit('connection', socket));
  } else {
    const inner = await grpcServer();
    programs.push({
      close: () => {
        inner.server.forceShutdown();
      },
    });
    server.on('connection', (socket) => {
      const { connect: dial } = inner;
      dial(socket);
    });
  }
}

async function grpcServer(): Promise<{ server: grpc.Server; connect: (socket: Socket) => void }> {
  const server = new grpc.Server();
  server.addService(
    { both: METHOD },
    {
      both: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
        call.sendMetadata(call.metadata);
        call.on('data', (chunk: Buffer) => {
          if (chunk.toString() === 'fail') {
            call.emit('error', { code: grpc.status.ALREADY_EXISTS, details: 'it is — there' });
          } else call.write(chunk);
        });
        call.on('end', () => {
          call.end();
        });
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  const { connect: dial } = await import('node:net');
  return {
    server,
    connect: (socket) => {
      const inner = dial(port, '127.0.0.1');
      for (const one of [inner, socket]) one.on('error', () => undefined);
      inner.on('close', () => socket.destroy());
      socket.on('close', () => inner.destroy());
      socket.pipe(inner).pipe(socket);
    },
  };
}

function session(tls: boolean): ClientHttp2Session {
  const opened = tls
    ? connect(`https://localhost:${listener.port}`, { rejectUnauthorized: false })
    : connect(`http://localhost:${listener.port}`);
  return opened.on('error', () => undefined); // each call tells its own
}

async function call(
  client: ClientHttp2Session,
  headers: Record<string, string>,
  body: string,
): Promise<{ headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders; body: string }> {
  const stream = client.request(headers);
  const seen = { headers: {}, trailers: {} };
  stream.on('response', (head) => (seen.headers = head));
  stream.on('trailers', (end: IncomingHttpHeaders) => (seen.trailers = end));
  if (body !== '') stream.end(body); // a GET has ended by itself
  return { body: await text(stream), ...seen };
}

describe.each([
  ['over TLS', true],
  ['without TLS', false],
])('a client of HTTP/2 %s', (_how, tls) => {
  it('reaches a program that speaks HTTP/2, and gets its trailers', async () => {
    await open('http2', { stickySessions: true });
    const client = session(tls);
    const headers = { ':method': 'POST', ':path': '/x', te: 'trailers' };
    const answer = await call(client, headers, 'hello');
    expect(answer).toMatchObject({ body: 'hello', trailers: { 'x-end': 'done' } });
    expect(answer.headers).toMatchObject({ ':status': 200, 'x-te': 'trailers' });
    expect(answer.headers['set-cookie']?.join()).toMatch(/^a=1,acaAffinity=/);
    client.close();
  });

  it('reaches a program that speaks HTTP/1.1', async () => {
    await open('http1');
    const client = session(tls);
    expect(await call(client, { ':method': 'POST' }, 'x')).toMatchObject({ body: 'program' });
    const many = Array.from({ length: 20 }, () => call(client, { ':method': 'GET' }, ''));
    expect(new Set((await Promise.all(many)).map(({ body }) => body))).toEqual(
      new Set(['program']),
    );
    client.close();
  });

  it('gets a page when the program gives up, or does not speak HTTP/2', async () => {
    await open('http2');
    const client = session(tls);
    expect((await call(client, { ':path': '/reset' }, '')).headers[':status']).toBe(503);
    client.close();
    await listener.close();
    await world.close();
    await open('nothing');
    const other = session(tls);
    expect((await call(other, {}, '')).headers[':status']).toBe(503);
    other.close();
  });
});

describe('a client of HTTP/1.1', () => {
  it('reaches a program that speaks HTTP/2', async () => {
    await open('http2');
    const answer = await new Promise<{ status?: number; body: string; trailers: object }>(
      (resolve, reject) => {
        const outgoing = httpRequest(
          { port: listener.port, host: '127.0.0.1', method: 'POST', agent: false },
          (incoming) => {
            void text(incoming).then((body) => {
              resolve({ status: incoming.statusCode ?? 0, body, trailers: incoming.trailers });
            });
          },
        );
        outgoing.on('error', reject).write('hel');
        outgoing.end('lo');
      },
    );
    expect(answer).toEqual({ status: 200, body: 'hello', trailers: { 'x-end': 'done' } });
  });

  it('may not upgrade to a program that speaks HTTP/2', async () => {
    await open('http2');
    const status = await new Promise((resolve, reject) => {
      httpRequest(
        {
          port: listener.port,
          host: '127.0.0.1',
          agent: false,
          headers: { connection: 'upgrade', upgrade: 'websocket' },
        },
        (incoming) => {
          resolve(incoming.statusCode);
        },
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

describe('gRPC', () => {
  function client(): grpc.Client {
    return new grpc.Client(`localhost:${listener.port}`, grpc.credentials.createInsecure());
  }

  function both(channel: grpc.Client, metadata = new grpc.Metadata()) {
    return channel.makeBidiStreamRequest(METHOD.path, bytes.serialize, bytes.deserialize, metadata);
  }

  it('streams both ways at once, with metadata', async () => {
    await open('grpc');
    const channel = client();
    const metadata = new grpc.Metadata();
    metadata.set('x-mine', 'yes');
    metadata.set('x-raw-bin', Buffer.from([0, 255]));
    const stream = both(channel, metadata);
    const head = new Promise<grpc.Metadata>((resolve) => stream.once('metadata', resolve));
    // each answer is awaited before the next question: nothing waits for the end of the other side
    for (const word of ['one', 'two', 'three']) {
      const answer = new Promise<Buffer>((resolve) => stream.once('data', resolve));
      stream.write(Buffer.from(word));
      expect((await answer).toString()).toBe(word);
    }
    const status = new Promise<grpc.StatusObject>((resolve) => stream.once('status', resolve));
    stream.end();
    stream.resume();
    expect((await status).code).toBe(grpc.status.OK);
    expect((await head).get('x-mine')).toEqual(['yes']);
    expect((await head).get('x-raw-bin')).toEqual([Buffer.from([0, 255])]);
    channel.close();
  });

  it.each([
    ['the status of the program', 'grpc' as const, {}, grpc.status.ALREADY_EXISTS],
    ['UNAVAILABLE when the program is not there', 'nothing' as const, {}, grpc.status.UNAVAILABLE],
    [
      'PERMISSION_DENIED from an address that is denied',
      'grpc' as const,
      {
        ipSecurityRestrictions: [
          { name: 'all', ipAddressRange: '127.0.0.0/8', action: 'Deny' as const },
        ],
      },
      grpc.status.PERMISSION_DENIED,
    ],
  ])('tells %s', async (_what, program, ingress, code) => {
    await open(program, ingress);
    const channel = client();
    const stream = both(channel);
    const failure = new Promise<grpc.ServiceError>((resolve) => stream.once('error', resolve));
    stream.resume();
    stream.write(Buffer.from('fail'));
    expect(await failure).toMatchObject({ code });
    channel.close();
  });
});
