import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import WebSocket from 'ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APP_KEY,
  appInput,
  createWorld,
  plainTokens,
  REGISTRY,
  SUBSCRIPTION,
  template,
} from '../../../test/support/app-world.js';
import type { World } from '../../../test/support/app-world.js';
import { LOG_TOKEN_AUDIENCE } from '../logs/stream-token.js';

const TOKEN = plainTokens.issue({ iss: 'x', sub: APP_KEY, aud: LOG_TOKEN_AUDIENCE }, 60);

let world: World;
let server: Server;

beforeEach(async () => {
  world = await createWorld({ programs: { web: { port: 8000 } } });
  world.registry.images.set(`${REGISTRY}/web:v1`, 'web');
  server = createServer();
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    void world.service.execPlane.upgrade?.(request, socket, head, url).then((taken) => {
      if (!taken) socket.end('HTTP/1.1 418 Teapot\r\ncontent-length: 0\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await world.service.putApp(appInput(template({ image: `${REGISTRY}/web:v1` })));
  await world.clock.until(() => world.states(world.latest()).includes('Healthy'));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

function replica(): string {
  return world.service.replicas(`${APP_KEY}/revisions/${world.latest()}`)[0]!.spec.name;
}

function path(change: { revision?: string; replica?: string; container?: string } = {}): string {
  const of = { revision: world.latest(), replica: replica(), container: 'app', ...change };
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/RG/containerApps/ca/revisions/${of.revision}/replicas/${of.replica}/containers/${of.container}/exec`;
}

function connect(target: string, token = TOKEN): WebSocket {
  const { port } = server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${token}` };
  return new WebSocket(`ws://127.0.0.1:${port}${target}`, { headers });
}

/** Everything that a client would print, and how the connection ended. */
class Client {
  readonly socket: WebSocket;
  readonly closed: Promise<unknown>;
  printed = '';

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = once(socket, 'close');
    socket.on('message', (frame: Buffer) => {
      if (frame[0] === 0) this.printed += frame.subarray(2).toString();
      else
        this.printed += `${frame[0] === 1 ? 'INFO' : 'ERROR'}: ${frame.subarray(1).toString()}\n`;
    });
  }

  async prints(words: string): Promise<void> {
    while (!this.printed.includes(words)) await once(this.socket, 'message');
  }
}

async function refusal(socket: WebSocket): Promise<string> {
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    NodeJS.ReadableStream & { statusCode: number },
  ];
  return `${response.statusCode} ${await text(response)}`;
}

function execution() {
  const [sandbox] = world.runtime.sandboxes.values();
  return [...sandbox!.containers.values()][0]!.executions[0]!;
}

describe('exec', () => {
  it('passes keys, output, sizes and the exit code', async () => {
    const client = new Client(connect(`${path()}?command=sh+-c+%27ls+-l%27`));
    await client.prints('Successfully connected');
    client.socket.send(Buffer.from('\0\u0004{"Width": 91, "Height": 17}'));
    client.socket.send(Buffer.from('\0\0h\u00e9'));
    await client.prints('h\u00e9');
    client.socket.send(Buffer.from('\0\0exit 3\r'));
    await client.closed;
    const { spec, sizes } = execution();
    expect(spec.argv).toEqual(['sh', '-c', 'ls -l']);
    expect(sizes).toEqual([
      { columns: 80, rows: 24 },
      { columns: 91, rows: 17 },
    ]);
    expect(client.printed).toBe(
      `INFO: Connecting to the container 'app'...\nUse ctrl + D to exit.\n` +
        `INFO: Successfully connected to container: 'app'. [ Revision: '${world.latest()}', Replica: '${replica()}']\n` +
        'h\u00e9exit 3\r' +
        'ERROR: {"Code":"ClusterExecFailure","Message":"Cluster exec API returns error: command terminated with non-zero exit code: exit status 3, code: 500.","Details":null,"Target":null}\n',
    );
  });

  it('says nothing more when the program ends well', async () => {
    const client = new Client(connect(`${path()}?command=sh`));
    await client.prints('Successfully connected');
    client.socket.send(Buffer.from('\0\0exit 0\r'));
    await client.closed;
    expect(client.printed).not.toContain('ERROR');
  });

  it('says which program there is not', async () => {
    const client = new Client(connect(`${path()}?command=bash`));
    await client.closed;
    expect(client.printed).toContain('"Code":"ClusterExecFailure"');
    expect(client.printed).toContain(
      String.raw`exec: \"bash\": executable file not found in $PATH`,
    );
  });

  it('ends the program when the client goes', async () => {
    const client = new Client(connect(`${path()}?command=sh`));
    await client.prints('Successfully connected');
    client.socket.send(Buffer.from('\0\0x'));
    await client.prints('x');
    client.socket.close();
    expect(await execution().exited).toEqual({ code: 137 });
  });

  it.each([
    ['Revision', { revision: 'ca--nope' }],
    ['Replica', { replica: 'nope' }],
    ['Container', { container: 'nope' }],
  ])('refuses a %s there is none of', async (what, change) => {
    const answer = await refusal(connect(`${path(change)}?command=sh`));
    expect(answer).toContain(`404 {"error":{"code":"${what}NotFound","message":"${what} '`);
  });

  it('refuses another token, an open quote, and debug', async () => {
    const other = plainTokens.issue({ iss: 'x', sub: 'other', aud: LOG_TOKEN_AUDIENCE }, 60);
    expect(await refusal(connect(path(), other))).toMatch(/^401 .*Unauthorized/);
    expect(await refusal(connect(`${path()}?command=sh+%27`))).toMatch(/^400 .*InvalidCommand/);
    const debug = path().replace(/exec$/, 'debug');
    expect(await refusal(connect(debug))).toMatch(/^501 .*'debug' into a container/);
    expect(await refusal(connect('/elsewhere'))).toBe('418 ');
  });
});
