import { Agent, createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, RequestOptions, Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  ENVIRONMENT,
  PUBLIC_INGRESS,
  REGISTRY,
  template,
} from '../../../test/support/app-world.js';
import type { World } from '../../../test/support/app-world.js';
import type { FakeProgram } from '../../../test/support/fake-runtime.js';
import type { Configuration, IngressConfiguration } from '../documents.js';

const PROGRAMS: Record<string, FakeProgram> = {
  one: { port: 8000 },
  two: { port: 8000 },
  broken: { exitCode: 1 },
  echo: {
    port: 8000,
    answer: (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('connection', 'keep-alive, x-private');
        response.setHeader('x-private', 'hop');
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        const { method, url, headers } = request;
        response.end(
          JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }),
        );
      });
    },
  },
  resets: { port: 8000, answer: (request) => request.socket.destroy() },
  early: {
    port: 8000,
    answer: (request, response) => {
      response.end('early');
      request.on('data', (chunk: Buffer) => (bytesTaken += chunk.length));
    },
  },
};

/** By the program `early`. */
let bytesTaken = 0;
let world: World;
let server: Server;

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

interface Options {
  image?: string;
  ingress?: Partial<IngressConfiguration>;
  configuration?: Partial<Configuration>;
  replicas?: number;
  minReplicas?: number;
}

async function open(options: Options = {}): Promise<void> {
  world = await createWorld({ programs: PROGRAMS });
  for (const name of Object.keys(PROGRAMS)) {
    world.registry.images.set(`${REGISTRY}/${name}:v1`, name);
  }
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const byApp = request.headers.host?.startsWith('127.0.0.1');
    if (byApp) void world.service.ingress.handleForApp(APP_KEY, request, response);
    else
      void world.service.ingress.handle(request, response).then((taken) => {
        if (!taken) response.writeHead(418).end(url.pathname);
      });
  });
  server.on('upgrade', (request, socket, head) => {
    void world.service.ingress.upgradeForApp(APP_KEY, request, socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  if (options.image) await put(options.image, options);
}

async function put(image: string, options: Options = {}): Promise<string> {
  const { ingress = {}, configuration = {}, replicas = 1, minReplicas = replicas } = options;
  const base = appInput(
    template(
      { image: `${REGISTRY}/${image}:v1` },
      {
        scale: {
          minReplicas,
          maxReplicas: Math.max(replicas, 3),
          cooldownPeriod: 300,
          pollingInterval: 30,
          rules: [],
        },
      },
    ),
  );
  await world.service.putApp({
    ...base,
    configuration: {
      ...base.configuration,
      ...configuration,
      ingress: { ...PUBLIC_INGRESS, allowInsecure: true, ...ingress },
    },
  });
  const name = world.latest();
  await world.clock.until(() => !world.states(name).includes('Activating'));
  return name;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function ask(options: RequestOptions = {}, body = ''): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { port, host: '127.0.0.1', agent: false, ...options },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('a request', () => {
  it('reaches the program with its method, path, body and who sent it', async () => {
    await open({ image: 'echo' });
    const answer = await ask(
      {
        method: 'POST',
        path: '/a?b=c',
        headers: { 'x-mine': '1', connection: 'x-drop', 'x-drop': '1' },
      },
      'hello',
    );
    const seen = JSON.parse(answer.body) as { headers: IncomingHttpHeaders };
    expect(answer.status).toBe(200);
    expect(seen).toMatchObject({ method: 'POST', url: '/a?b=c', body: 'hello' });
    expect(seen.headers).toMatchObject({
      'x-mine': '1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    expect(seen.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen.headers).not.toHaveProperty('x-drop');
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers).not.toHaveProperty('x-private');
  });

  it.each([
    ['app by its host', () => `ca.${ENVIRONMENT.defaultDomain}`, 200, 'one'],
    [
      'revision by its host',
      () => `${world.latest()}.${ENVIRONMENT.defaultDomain}:7443`,
      200,
      'one',
    ],
    [
      'app nobody knows',
      () => `nope.${ENVIRONMENT.defaultDomain}`,
      404,
      'stopped or does not exist',
    ],
    ['host of another plane', () => 'example.test', 418, '/'],
  ])('finds the %s', async (_name, host, status, text) => {
    await open({ image: 'one' });
    const answer = await ask({ headers: { host: host() } });
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(text);
  });

  it('is sent to https where plain http is not allowed', async () => {
    await open({ image: 'one', ingress: { allowInsecure: false } });
    const host = `ca.${ENVIRONMENT.defaultDomain}`;
    const answer = await ask({ path: '/x?y', headers: { host } });
    expect([answer.status, answer.headers.location]).toEqual([301, `https://${host}/x?y`]);
  });

  it('gets 503 while nothing of the app was ever ready', async () => {
    await open({ image: 'broken' });
    const answer = await ask();
    expect([answer.status, answer.body]).toEqual([503, 'no healthy upstream']);
  });

  it('gets 503 when the program hangs up, and 404 without an ingress', async () => {
    await open({ image: 'resets' });
    expect((await ask()).body).toContain('reset reason: connection termination');
    const app = appInput(template({ image: `${REGISTRY}/resets:v1` }));
    delete app.configuration.ingress;
    await world.service.putApp(app);
    expect((await ask()).status).toBe(404);
  });
});

describe('a large body', () => {
  it('is taken to its end by a program that answers first', async () => {
    await open({ image: 'early' });
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const size = 30_000_000;
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write(`POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${size}\r\n\r\n`);
    await new Promise((resolve) => socket.write(Buffer.alloc(size), resolve));
    await vi.waitFor(() => {
      expect(bytesTaken).toBe(size);
    });
    expect(text).toContain('200 OK');
    socket.destroy();
  });
});

describe('the split of traffic', () => {
  it('stays with the revision that works when a new one fails', async () => {
    await open({ image: 'one' });
    await put('broken');
    expect((await ask()).body).toBe('one');
  });

  it('follows the weights exactly, and labels name a revision', async () => {
    await open({ image: 'one', configuration: { activeRevisionsMode: 'Multiple' } });
    const first = world.latest();
    const second = await put('two', { configuration: { activeRevisionsMode: 'Multiple' } });
    await put('two', {
      configuration: { activeRevisionsMode: 'Multiple' },
      ingress: {
        traffic: [
          { revisionName: first, latestRevision: false, weight: 80, label: 'blue' },
          { revisionName: second, latestRevision: false, weight: 20, label: 'green' },
        ],
      },
    });
    const count = { one: 0, two: 0 };
    for (let turn = 0; turn < 100; turn++) count[(await ask()).body as 'one' | 'two'] += 1;
    expect(count).toEqual({ one: 80, two: 20 });
    const host = `ca---green.${ENVIRONMENT.defaultDomain}`;
    expect((await ask({ headers: { host } })).body).toBe('two');
  });
});

describe('ten thousand requests', () => {
  it('are split by the weights to within one in a hundred, however many come at once', async () => {
    const configuration = { activeRevisionsMode: 'Multiple' as const };
    await open({ image: 'one', configuration });
    const first = world.latest();
    const second = await put('two', { configuration });
    const weights = [73, 27];
    const traffic = [first, second].map((revisionName, index) => ({
      revisionName,
      latestRevision: false,
      weight: weights[index] ?? 0,
    }));
    await put('two', { configuration, ingress: { traffic } });
    const agent = new Agent({ keepAlive: true });
    const total = 10_000;
    const counts: Record<string, number> = {};
    let left = total;
    const client = async (): Promise<void> => {
      while (left-- > 0) {
        const { body } = await ask({ agent });
        counts[body] = (counts[body] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: 32 }, client));
    agent.destroy();
    expect((counts['one'] ?? 0) + (counts['two'] ?? 0)).toBe(total);
    expect(Math.abs((counts['one'] ?? 0) / total - 0.73)).toBeLessThanOrEqual(0.01);
  }, 60_000);
});

describe('a share of a revision that fails', () => {
  it('gets 503 and nobody else is asked for it', async () => {
    const configuration = { activeRevisionsMode: 'Multiple' as const };
    await open({ image: 'one', configuration });
    const first = world.latest();
    const bad = await put('broken', { configuration });
    const traffic = [first, bad].map((revisionName) => ({
      revisionName,
      latestRevision: false,
      weight: 50,
    }));
    await put('broken', { configuration, ingress: { traffic } });
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask()));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503]);
  });
});

describe('scale', () => {
  it('goes to zero when nobody asks, and a request brings it back', async () => {
    await open({ image: 'one', minReplicas: 0 });
    const revision = world.latest();
    await world.clock.until(() => world.states(revision) === 'Provisioned/Healthy/ScaledToZero');
    await world.clock.until(() => world.runtime.sandboxes.size === 0);
    const asked = ask();
    await world.clock.until(() => world.runtime.running().length === 1, 10_000);
    const answered = asked.then(({ body }) => body);
    await world.clock.advance(1000);
    expect(await answered).toBe('one');
  });
});

describe('rules', () => {
  it('let only some addresses in', async () => {
    const restriction = { name: 'lan', ipAddressRange: '10.0.0.0/8', action: 'Allow' } as const;
    await open({ image: 'one', ingress: { ipSecurityRestrictions: [restriction] } });
    expect((await ask()).status).toBe(403);
    await put('one', {
      ingress: { ipSecurityRestrictions: [{ ...restriction, ipAddressRange: '127.0.0.1' }] },
    });
    expect((await ask()).status).toBe(200);
  });

  it('answer a preflight and mark answers for other origins', async () => {
    const corsPolicy = { allowedOrigins: ['https://a.test'], allowedMethods: ['PUT'] };
    await open({ image: 'one', ingress: { corsPolicy } });
    const preflight = await ask({
      method: 'OPTIONS',
      headers: { origin: 'https://a.test', 'access-control-request-method': 'PUT' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'https://a.test',
      'access-control-allow-methods': 'PUT',
    });
    const other = await ask({ headers: { origin: 'https://b.test' } });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('keep a client with its replica', async () => {
    await open({ image: 'echo', replicas: 3, ingress: { stickySessions: true } });
    await world.clock.until(() => world.runtime.running().length === 3);
    const first = await ask();
    const cookie = first.headers['set-cookie']?.at(-1)?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^acaAffinity="[0-9a-f]{16}"$/);
    const again = await Promise.all([1, 2, 3, 4].map(() => ask({ headers: { cookie } })));
    const cookies = again.map(({ headers }) => headers['set-cookie']?.at(-1)?.split(';')[0]);
    expect(new Set(cookies)).toEqual(new Set([cookie]));
  });
});

describe('an upgrade', () => {
  it('joins the client with the program', async () => {
    await open({ image: 'one' });
    const [sandbox] = world.runtime.sandboxes.values();
    const program = [...sandbox!.containers.values()][0]!.server!;
    program.on('upgrade', (_request, socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n',
      );
      socket.pipe(socket);
    });
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET /ws HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n',
    );
    const text = await new Promise<string>((resolve) => {
      let seen = '';
      socket.on('data', (chunk: Buffer) => {
        seen += chunk.toString();
        if (seen.endsWith('\r\n\r\n')) socket.write('ping');
        if (seen.endsWith('ping')) resolve(seen);
      });
    });
    socket.destroy();
    expect(text).toContain('101 Switching Protocols');
  });
});
