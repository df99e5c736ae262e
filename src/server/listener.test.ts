import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority } from './certificate-authority.js';
import { Listener } from './listener.js';

let directory: string;
let authority: CertificateAuthority;
let listener: Listener;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-ca-'));
  authority = await CertificateAuthority.open(directory);
  listener = await Listener.open({
    host: '127.0.0.1',
    port: 0,
    authority,
    onRequest: (request, response) => {
      let size = 0;
      request.on('data', (chunk: Buffer) => (size += chunk.length));
      request.on('end', () =>
        response.end(`${'encrypted' in request.socket ? 'tls' : 'plain'} ${size}`),
      );
    },
    onUpgrade: (_request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nupgraded');
    },
  });
});
afterAll(async () => {
  await listener.close();
  rmSync(directory, { recursive: true, force: true });
});

async function send(options: {
  tls?: boolean;
  servername?: string;
  body?: Buffer;
}): Promise<string> {
  const common = { host: '127.0.0.1', port: listener.port, method: 'POST' };
  const ca = readFileSync(authority.certificateFile);
  return new Promise((done, fail) => {
    const receive = (response: IncomingMessage): void => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        done(text);
      });
    };
    const call = options.tls
      ? httpsRequest({ ...common, ca, servername: options.servername ?? 'localhost' }, receive)
      : httpRequest(common, receive);
    call.on('error', fail);
    call.end(options.body);
  });
}

describe('Listener', () => {
  const large = Buffer.alloc(3_000_000, 'x');

  it.each([
    ['plain HTTP', {}, 'plain 0'],
    ['HTTPS for localhost', { tls: true }, 'tls 0'],
    ['HTTPS for a name it never heard of', { tls: true, servername: 'x.azurecr.io' }, 'tls 0'],
    ['a large plain body', { body: large }, 'plain 3000000'],
    ['a large body over HTTPS', { tls: true, body: large }, 'tls 3000000'],
  ])('answers %s', async (_name, options, expected) => {
    expect(await send(options)).toBe(expected);
  });

  it('passes upgrades on', async () => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toContain('upgraded');
  });

  it('survives a connection that closes without a word, and bytes of no protocol', async () => {
    for (const bytes of ['', '\x16\x03garbage', 'NOT HTTP\r\n\r\n']) {
      const socket = connect(listener.port, '127.0.0.1');
      socket.on('error', () => undefined); // a reset is a fair answer
      socket.resume();
      socket.end(bytes);
      await new Promise((done) => socket.once('close', done));
    }
    expect(await send({})).toBe('plain 0');
  });

  it('ends a request whose head never comes to its end', async () => {
    const strict = await Listener.open({
      host: '127.0.0.1',
      port: 0,
      authority,
      headTimeoutMs: 50,
      onRequest: () => undefined,
    });
    const socket = connect(strict.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nslow');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toContain('408 Request Timeout');
    await strict.close();
  });

  it('says what to do when the port is taken', async () => {
    const again = Listener.open({
      host: '127.0.0.1',
      port: listener.port,
      authority,
      onRequest: () => undefined,
    });
    await expect(again).rejects.toMatchObject({ help: expect.stringContaining('--port 0') });
  });
});

describe('CertificateAuthority', () => {
  it('is the same after a restart', async () => {
    const before = readFileSync(authority.certificateFile, 'utf8');
    const again = await CertificateAuthority.open(directory);
    expect(readFileSync(again.certificateFile, 'utf8')).toBe(before);
    expect(again.defaultOptions).toEqual(authority.defaultOptions);
  });

  it('keeps the public roots in the bundle', () => {
    const bundle = readFileSync(authority.bundleFile, 'utf8');
    expect(bundle.split('-----BEGIN CERTIFICATE-----').length - 1).toBe(
      rootCertificates.length + 1,
    );
  });
});
