import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger, type LogFields, type Logger } from '../base/logger.js';
import { hashPassword } from './htpasswd.js';
import {
  createStandaloneRegistry,
  type StandaloneRegistry,
  type StandaloneRegistryOptions,
} from './standalone-registry.js';

let directory: string;
let registry: StandaloneRegistry | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'standalone-'));
});
afterEach(async () => {
  await registry?.close();
  registry = undefined;
  rmSync(directory, { recursive: true });
});

describe('a registry on its own', () => {
  it('lets anyone in when it is asked to', async () => {
    const access = { kind: 'anonymous' } as const;
    registry = await createStandaloneRegistry({ dataDirectory: directory, port: 0, access });
    expect((await fetch(`${registry.url}/v2/`)).status).toBe(200);
    const upload = await fetch(`${registry.url}/v2/a/blobs/uploads/`, { method: 'POST' });
    expect(upload.status).toBe(202);
  });

  it('demands its users otherwise, by password or token, and keeps tokens over a restart', async () => {
    const users = { me: await hashPassword('secret') };
    const access = { kind: 'users', users, anonymousPull: false } as const;
    const options = { dataDirectory: directory, port: 0, access };
    registry = await createStandaloneRegistry(options);
    const authorization = `Basic ${btoa('me:secret')}`;
    expect((await fetch(`${registry.url}/v2/`)).status).toBe(401);
    expect((await fetch(`${registry.url}/v2/`, { headers: { authorization } })).status).toBe(200);
    const path = '/oauth2/token?scope=registry:catalog:*';
    const answer = await fetch(`${registry.url}${path}`, { headers: { authorization } });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    await registry.close();
    registry = await createStandaloneRegistry(options);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${registry.url}/v2/_catalog`, { headers })).status).toBe(200);
  });

  it('logs whose password it refuses by address alone', async () => {
    const users = { me: await hashPassword('secret') };
    const access = { kind: 'users', users, anonymousPull: false } as const;
    const lines: unknown[] = [];
    const warn = (fields: LogFields, message: string): void => {
      lines.push({ ...fields, message });
    };
    const logger: Logger = { ...silentLogger, warn, child: () => logger };
    registry = await createStandaloneRegistry({
      dataDirectory: directory,
      port: 0,
      access,
      logger,
    });
    await fetch(`${registry.url}/v2/`);
    expect(lines).toEqual([]);
    const authorization = `Basic ${btoa('hunter2:wrong')}`;
    await fetch(`${registry.url}/v2/_catalog`, { headers: { authorization } });
    const body = new URLSearchParams({ grant_type: 'password', username: 'me', password: 'no' });
    await fetch(`${registry.url}/oauth2/token`, { method: 'POST', body });
    const refused = { message: 'access refused', address: '127.0.0.1' };
    expect(lines).toMatchObject([
      { ...refused, method: 'GET', path: '/v2/_catalog' },
      { ...refused, method: 'POST', path: '/oauth2/token' },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|wrong|"no"/);
  });

  it('refuses a folder and a port that are in use', async () => {
    const access = { kind: 'anonymous' } as const;
    registry = await createStandaloneRegistry({ dataDirectory: directory, port: 0, access });
    await expect(
      createStandaloneRegistry({ dataDirectory: directory, port: 0, access }),
    ).rejects.toThrow('in use by process');
    const port = Number(new URL(registry.url).port);
    const dataDirectory = join(directory, 'other');
    const taken = createStandaloneRegistry({ dataDirectory, port, access });
    await expect(taken).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
    // What failed to listen has let go of its folder.
    const second = await createStandaloneRegistry({ dataDirectory, port: 0, access });
    await second.close();
  });

  it.each<[string, Partial<StandaloneRegistryOptions>, string]>([
    [
      'a folder that cannot be made',
      { dataDirectory: '/proc/lazurite/data' },
      'cannot keep images in',
    ],
    ['a file for the folder', { dataDirectory: 'file' }, 'cannot keep images in'],
    ['an address that is not ours', { host: '203.0.113.7' }, 'cannot listen on 203.0.113.7'],
    ['a certificate that is none', { tls: { certificate: 'x', key: 'y' } }, 'cannot be used'],
  ])('refuses %s', async (_what, { dataDirectory = 'data', ...more }, message) => {
    writeFileSync(join(directory, 'file'), '');
    const access = { kind: 'anonymous' } as const;
    const options = { dataDirectory: resolve(directory, dataDirectory), port: 0, access, ...more };
    await expect(createStandaloneRegistry(options)).rejects.toThrow(message);
  });

  it.each([
    ['nothing at all', ''],
    ['a head that does not end', 'GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow: '],
  ])('hangs up on whoever sends %s', async (_what, head) => {
    const access = { kind: 'anonymous' } as const;
    const options = { dataDirectory: directory, port: 0, access, headTimeoutMs: 50 };
    registry = await createStandaloneRegistry(options);
    const socket = connect(Number(new URL(registry.url).port), '127.0.0.1');
    socket.write(head);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('refuses headers without end', async () => {
    const access = { kind: 'anonymous' } as const;
    registry = await createStandaloneRegistry({ dataDirectory: directory, port: 0, access });
    const { port } = new URL(registry.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined); // it is cut off while it writes
    socket.write(`GET /v2/ HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(64 * 1024)}`);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 431 /);
  });
});
