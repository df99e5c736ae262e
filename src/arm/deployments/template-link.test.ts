import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTemplateLinkReader } from './template-link.js';

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/good') response.end('{ "resources": [] } // fine');
    else if (path === '/bad') response.end('{');
    else if (path === '/long') response.end(`"${'x'.repeat(5 * 1024 * 1024)}"`);
    else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const read = createTemplateLinkReader();

it('reads JSON with comments', async () => {
  expect(await read(`${origin}/good`)).toEqual({ resources: [] });
});

it.each([
  ['/none', 'status 404'],
  ['/bad', 'it is no JSON'],
  ['/long', 'larger than 4 MiB'],
])('refuses %s', async (path, why) => {
  const reading = read(`${origin}${path}?sig=secret`);
  await expect(reading).rejects.toMatchObject({
    code: 'InvalidContentLink',
    message: expect.stringContaining(why) as string,
  });
  await expect(reading).rejects.toMatchObject({
    message: expect.not.stringContaining('secret') as string,
  });
});

it('refuses a host that does not answer', async () => {
  await expect(read('http://127.0.0.1:1/x')).rejects.toMatchObject({ code: 'InvalidContentLink' });
});
