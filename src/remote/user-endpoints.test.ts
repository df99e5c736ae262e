import { createServer as createPlain, type Server } from 'node:http';
import { createServer as createTcp } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTransport } from './transport.js';
import { userEndpoints, type EndpointOptions } from './user-endpoints.js';

let directory: string;
let closers: (() => void)[];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'lazurite-endpoints-'));
  closers = [];
});
afterEach(() => {
  for (const close of closers) close();
  rmSync(directory, { recursive: true });
});

const find = (registry: string, options: Partial<EndpointOptions> = {}) =>
  userEndpoints(
    { environment: {}, certificateFolders: [], ...options },
    createTransport(),
  )(registry);

async function listen(server: Server | ReturnType<typeof createTcp>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const file = (name: string, content: string): string => {
  const target = path.join(directory, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
  return target;
};

describe('userEndpoints', () => {
  it.each([
    ['docker.io', {}, { baseUrl: 'https://registry-1.docker.io' }],
    ['r.test', {}, { baseUrl: 'https://r.test' }],
    ['r.test:80', { plainHttp: true }, { baseUrl: 'http://r.test:80' }],
    ['r.test', { insecure: true }, { baseUrl: 'https://r.test', insecure: true }],
    ['localhost.test', {}, { baseUrl: 'https://localhost.test' }],
  ])('reaches %s with %j', async (registry, options, expected) => {
    expect(await find(registry, options)).toEqual(expected);
  });

  it.each([200, 401, 404])(
    'takes a plain answer %i on this machine for plain HTTP',
    async (status) => {
      const host = await listen(
        createPlain((_request, response) => response.writeHead(status).end()),
      );
      expect((await find(host)).baseUrl).toBe(`http://${host}`);
    },
  );

  it('takes a server on this machine that hangs up, or answers 400, for TLS', async () => {
    const silent = await listen(createTcp((socket) => socket.destroy()));
    expect((await find(silent)).baseUrl).toBe(`https://${silent}`);
    const strict = await listen(createPlain((_request, response) => response.writeHead(400).end()));
    expect((await find(strict)).baseUrl).toBe(`https://${strict}`);
  });

  it('trusts what the user names and what is installed for the registry', async () => {
    const environment = { SSL_CERT_FILE: file('environment.pem', 'ENVIRONMENT') };
    const caFile = file('ca.pem', 'OPTION');
    file('certs.d/r.test:5000/ca.crt', 'INSTALLED');
    file('certs.d/other.test/ca.crt', 'OTHER');
    const certificateFolders = [path.join(directory, 'certs.d')];
    const { ca } = await find('r.test:5000', { environment, caFile, certificateFolders });
    expect(ca?.split('\n')).toEqual(['OPTION', 'ENVIRONMENT', 'INSTALLED']);
  });

  it('says which file of certificates is missing', async () => {
    await expect(find('r.test', { caFile: '/nowhere.pem' })).rejects.toThrow(/\/nowhere\.pem/);
  });
});
