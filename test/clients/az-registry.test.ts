import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import { startServer, type RunningServer } from '../support/lazurite-command.js';
import { findStockAz } from '../support/stock-az.js';

const stock = findStockAz();
if (stock === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

const NAME = 'dataplaneacr';
const ON = ['--name', NAME];
const OF = ['--registry', NAME];

/** Sent with the first admin password, unless `as` names others or none. */
interface Request {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  as?: Credentials | null;
}

interface Credentials {
  username: string;
  password: string;
}

/** Locks, deletes, restores, tokens and firewalls of a registry, as `az acr` drives them. */
describe.skipIf(stock === undefined)('the stock az against the data plane', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-az-acr-'));
  const home = join(directory, 'home');
  let server: RunningServer;
  let login: string;
  let admin: Credentials;

  function az(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const file = join(home, 'run', 'env.json');
    const environment = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    return new Promise((resolve) => {
      const env = { ...process.env, ...environment };
      execFile(stock!, [...argv, '--output', 'json'], { env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  async function json(...argv: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await az(...argv);
    expect(code, `az ${argv.join(' ')}\n${stderr}`).toBe(0);
    return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as unknown);
  }

  async function send(path: string, init: Request = {}) {
    const { as = admin, ...rest } = init;
    const basic = as && `Basic ${btoa(`${as.username}:${as.password}`)}`;
    const headers = { ...rest.headers, ...(basic && { authorization: basic }) };
    return fetch(`http://${login}${path}`, { ...rest, headers });
  }

  /** @returns status of the push, digest and size */
  async function push(repository: string, tag: string, seed = tag, as?: Credentials) {
    const config = JSON.stringify({ seed, os: 'linux', architecture: 'amd64' });
    const blob = `/v2/${repository}/blobs/uploads/?digest=${digestOf(config)}`;
    const who = as === undefined ? {} : { as };
    await send(blob, { method: 'POST', body: config, ...who });
    const { ociManifest: mediaType, ociConfig } = MEDIA_TYPE;
    const described = { mediaType: ociConfig, digest: digestOf(config), size: config.length };
    const body = JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers: [] });
    const headers = { 'content-type': mediaType };
    const path = `/v2/${repository}/manifests/${tag}`;
    const { status } = await send(path, { method: 'PUT', body, headers, ...who });
    return { status, digest: digestOf(body), size: body.length };
  }

  const pull = async (image: string, as?: Credentials | null): Promise<number> => {
    const path = `/v2/${image.replace(/[:@]/, '/manifests/')}`;
    const accept = { accept: MEDIA_TYPE.ociManifest };
    const who = as === undefined ? {} : { as };
    return (await send(path, { headers: accept, ...who })).status;
  };

  async function readAdmin(): Promise<[Credentials, Credentials]> {
    const shown = (await json('acr', 'credential', 'show', ...ON)) as {
      username: string;
      passwords: [{ value: string }, { value: string }];
    };
    const { username, passwords } = shown;
    return [
      { username, password: passwords[0].value },
      { username, password: passwords[1].value },
    ];
  }

  beforeAll(async () => {
    server = await startServer(home);
    await json('group', 'create', '--name', 'rg', '--location', 'koreacentral');
    const options = ['--sku', 'Premium', '--admin-enabled', 'true', '--resource-group', 'rg'];
    const registry = await json('acr', 'create', ...ON, ...options);
    login = (registry as { loginServer: string }).loginServer;
    [admin] = await readAdmin();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('acr login --expose-token gives a refresh token that docker can use as a password', async () => {
    const exposed = (await json('acr', 'login', ...ON, '--expose-token')) as {
      username: string;
      refreshToken: string;
    };
    await push('exposed', 'v1');
    const token = { username: exposed.username, password: exposed.refreshToken };
    expect(await pull('exposed:v1', token)).toBe(200);
    expect(await pull('exposed:v1', { ...token, password: 'x.y.z' })).toBe(401);
  });

  it('acr manifest list-referrers shows what is attached to an image', async () => {
    const { digest, size } = await push('signed', 'v1');
    const config = digestOf('{}');
    await send(`/v2/signed/blobs/uploads/?digest=${config}`, { method: 'POST', body: '{}' });
    const { ociManifest: mediaType, ociConfig } = MEDIA_TYPE;
    const body = JSON.stringify({
      ...{ schemaVersion: 2, mediaType, artifactType: 'application/example.signature' },
      config: { mediaType: ociConfig, digest: config, size: 2 },
      layers: [],
      subject: { mediaType, digest, size },
    });
    const headers = { 'content-type': mediaType };
    const path = `/v2/signed/manifests/${digestOf(body)}`;
    expect((await send(path, { method: 'PUT', body, headers })).status).toBe(201);
    const list = ['acr', 'manifest', 'list-referrers', ...OF, '--name', 'signed:v1'];
    expect(await json(...list)).toMatchObject({
      manifests: [{ digest: digestOf(body), artifactType: 'application/example.signature' }],
    });
    expect(await json(...list, '--artifact-type', 'other/type')).toMatchObject({ manifests: [] });
  });

  it('acr repository update locks an image and a repository, and unlocks them', async () => {
    await push('locked', 'v1', 'a');
    const image = ['acr', 'repository', 'update', ...ON, '--image', 'locked:v1'];
    expect(await json(...image, '--write-enabled', 'false')).toMatchObject({
      changeableAttributes: { writeEnabled: false },
    });
    expect((await push('locked', 'v1', 'b')).status).toBe(405);
    const deletion = ['acr', 'repository', 'delete', ...ON, '--image', 'locked:v1', '--yes'];
    const refused = await az(...deletion);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('disallowed');
    await json(...image, '--write-enabled', 'true');
    expect((await push('locked', 'v1', 'b')).status).toBe(201);
    const repository = ['acr', 'repository', 'update', ...ON, '--repository', 'locked'];
    await json(...repository, '--read-enabled', 'false');
    expect(await pull('locked:v1')).toBe(405);
    await json(...repository, '--read-enabled', 'true');
    expect(await pull('locked:v1')).toBe(200);
  });

  it('acr repository untag takes a tag, delete an image or all of a repository', async () => {
    const { digest } = await push('short', 'v1', 'same');
    await push('short', 'v2', 'same');
    await push('short', 'other');
    await json('acr', 'repository', 'untag', ...ON, '--image', 'short:v1');
    expect([await pull('short:v1'), await pull('short:v2')]).toEqual([404, 200]);
    await json('acr', 'repository', 'delete', ...ON, '--image', 'short:v2', '--yes');
    expect([await pull(`short@${digest}`), await pull('short:other')]).toEqual([404, 200]);
    await json('acr', 'repository', 'delete', ...ON, '--repository', 'short', '--yes');
    expect(await json('acr', 'repository', 'list', ...ON)).not.toContain('short');
  });

  it('acr config soft-delete keeps what is deleted, for acr manifest restore', async () => {
    const enable = ['--status', 'enabled', '--days', '7', '--yes'];
    await json('acr', 'config', 'soft-delete', 'update', ...OF, ...enable);
    const { digest } = await push('kept', 'v1');
    await json('acr', 'manifest', 'delete', ...OF, '--name', `kept@${digest}`, '--yes');
    expect(await pull('kept:v1')).toBe(404);
    const listed = await json('acr', 'manifest', 'list-deleted', ...OF, '--name', 'kept');
    expect(listed).toMatchObject([{ digest }]);
    expect(await json('acr', 'repository', 'list-deleted', ...ON)).toEqual(['kept']);
    const restore = ['acr', 'manifest', 'restore', ...OF, '--name', 'kept:v1', '--digest', digest];
    await json(...restore, '--yes');
    expect(await pull('kept:v1')).toBe(200);
    await json('acr', 'config', 'soft-delete', 'update', ...OF, '--status', 'disabled', '--yes');
  });

  it('acr webhook ping reaches the receiver, and list-events shows its answer', async () => {
    const received: string[] = [];
    const receiver = createServer((request, response) => {
      void request.toArray().then((chunks: Buffer[]) => {
        received.push(Buffer.concat(chunks).toString());
        response.writeHead(202).end('taken');
      });
    });
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    try {
      const uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
      const hook = ['--name', 'hook01', ...OF];
      await json('acr', 'webhook', 'create', ...hook, '--uri', uri, '--actions', 'push');
      const ping = (await json('acr', 'webhook', 'ping', ...hook)) as { id: string };
      await expect.poll(() => received.length).toBe(1);
      expect(JSON.parse(received[0] ?? '')).toMatchObject({ ...ping, action: 'ping' });
      await push('hooked', 'v1');
      await expect.poll(() => received.length).toBe(2);
      const eventResponseMessage = {
        statusCode: '202',
        reasonPhrase: 'Accepted',
        content: 'taken',
      };
      expect(await json('acr', 'webhook', 'list-events', ...hook)).toMatchObject([
        {
          eventRequestMessage: {
            content: { action: 'push', target: { repository: 'hooked', tag: 'v1' } },
            requestUri: uri,
          },
        },
        { ...ping, eventRequestMessage: { content: { action: 'ping' } }, eventResponseMessage },
      ]);
    } finally {
      receiver.close();
    }
  });

  it('acr token with a scope map reaches its repository and no other, until it is disabled', async () => {
    await push('mine', 'v1');
    await push('theirs', 'v1');
    const map = ['acr', 'scope-map', 'create', ...OF, '--name', 'mine-only'];
    await json(...map, '--repository', 'mine', 'content/read', 'metadata/read');
    const create = [
      'acr',
      'token',
      'create',
      ...OF,
      '--name',
      'reader',
      '--scope-map',
      'mine-only',
    ];
    const { credentials } = (await json(...create)) as {
      credentials: { username: string; passwords: { value: string }[] };
    };
    const reader = {
      username: credentials.username,
      password: credentials.passwords[0]!.value,
    };
    expect([await pull('mine:v1', reader), await pull('theirs:v1', reader)]).toEqual([200, 401]);
    expect((await push('mine', 'v2', 'v2', reader)).status).toBe(401);
    await json('acr', 'token', 'update', ...OF, '--name', 'reader', '--status', 'disabled');
    expect(await pull('mine:v1', reader)).toBe(401);
  });

  it('acr credential renew ends one password and leaves the other', async () => {
    const [first, second] = await readAdmin();
    await json('acr', 'credential', 'renew', ...ON, '--password-name', 'password');
    expect([await pull('mine:v1', first), await pull('mine:v1', second)]).toEqual([401, 200]);
    [admin] = await readAdmin();
    expect(await pull('mine:v1')).toBe(200);
  });

  it('acr update --anonymous-pull-enabled lets anyone pull, and nobody push', async () => {
    expect(await pull('mine:v1', null)).toBe(401);
    await json('acr', 'update', ...ON, '--anonymous-pull-enabled', 'true');
    const token = await fetch(`http://${login}/oauth2/token?scope=repository:mine:pull,push`);
    const { access_token: bearer } = (await token.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${bearer}`, accept: MEDIA_TYPE.ociManifest };
    const at = `http://${login}/v2/mine`;
    expect((await fetch(`${at}/manifests/v1`, { headers })).status).toBe(200);
    const opened = await fetch(`${at}/blobs/uploads/`, { method: 'POST', headers });
    expect(opened.status).toBe(401);
    await json('acr', 'update', ...ON, '--anonymous-pull-enabled', 'false');
  });

  it('acr update --default-action Deny keeps addresses out in ACR’s words, rules let them in', async () => {
    await json('acr', 'update', ...ON, '--default-action', 'Deny');
    const denied = await send('/v2/');
    expect(denied.status).toBe(403);
    expect(await denied.json()).toEqual({
      errors: [
        {
          code: 'DENIED',
          message:
            "client with IP '127.0.0.1' is not allowed access, refer https://aka.ms/acr/firewall to grant access",
        },
      ],
    });
    const refused = await az('acr', 'repository', 'list', ...ON);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('see configured firewall rules');
    await json('acr', 'network-rule', 'add', ...ON, '--ip-address', '127.0.0.1');
    expect((await send('/v2/')).status).toBe(200);
    await json('acr', 'update', ...ON, '--default-action', 'Allow');
  });
});
