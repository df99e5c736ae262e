import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from './htpasswd.js';
import type { NetworkRules } from './registry-host.js';
import { TOKEN_USERNAME } from './registry-tokens.js';
import { createFixture, type RegistryFixture } from './testing/registry-fixture.js';

let registry: RegistryFixture;
beforeAll(async () => {
  registry = await createFixture();
  await registry.pushImage('team/app', 'v1');
});
afterAll(() => registry.close());

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function accessToken(scope: string, authorization: string | null): Promise<string> {
  const answer = await registry.send(`/oauth2/token?service=x&scope=${scope}`, { authorization });
  return `Bearer ${(answer.json() as { access_token: string }).access_token}`;
}

async function post(path: string, form: Record<string, string>) {
  return registry.send(path, {
    method: 'POST',
    authorization: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

describe('the challenge', () => {
  it('is what Azure’s command line can take apart', async () => {
    const answer = await registry.send('/v2/', { authorization: null });
    expect(answer.status).toBe(401);
    const { address } = registry;
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer realm="http://${address}/oauth2/token",service="${address}"`,
    );
    expect(answer.json()).toEqual({
      errors: [
        {
          code: 'UNAUTHORIZED',
          message:
            'authentication required, visit https://aka.ms/acr/authorization for more information.',
        },
      ],
    });
  });

  it('follows the name the client used', async () => {
    const headers = { host: 'acrlab.azurecr.io' };
    const answer = await registry.send('/v2/', { authorization: null, headers });
    expect(answer.headers['www-authenticate']).toContain('service="acrlab.azurecr.io"');
  });

  it.each([
    ['https', 'https'],
    ['HTTPS, http', 'https'],
    ['http', 'http'],
    ['http, https', 'http'],
    ['"x', 'http'],
  ])('sends no password past the TLS of a proxy that says %j', async (proto, scheme) => {
    const headers = { host: 'registry.example', 'x-forwarded-proto': proto };
    const answer = await registry.send('/v2/', { authorization: null, headers });
    const realm = `realm="${scheme}://registry.example/oauth2/token"`;
    expect(answer.headers['www-authenticate']).toContain(realm);
  });

  it.each([
    ['GET', '/v2/team/app/manifests/v1', 'repository:team/app:pull'],
    ['PUT', '/v2/team/app/manifests/v1', 'repository:team/app:pull,push'],
    ['GET', '/v2/_catalog', 'registry:catalog:*'],
    ['PATCH', '/acr/v1/team/app', 'repository:team/app:metadata_write'],
  ])('for %s %s asks for %s', async (method, path, scope) => {
    const answer = await registry.send(path, { method, authorization: null });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain(`,scope="${scope}"`);
  });
});

describe('passwords', () => {
  it.each([
    ['reg', 'secret-1', 200],
    ['REG', 'secret-2', 200],
    ['reg', 'wrong', 401],
    ['reg', '', 401],
    ['other', 'secret-1', 401],
    ['__proto__', 'x', 401],
  ])('%s with %j gets %d', async (user, password, status) => {
    const answer = await registry.send('/v2/', { authorization: basic(user, password) });
    expect(answer.status).toBe(status);
  });

  it.each(['Basic', 'Basic !!', 'Basic bm9jb2xvbg==', 'Bearer', 'Bearer x.y.z', 'Digest a'])(
    'refuses the header %j',
    async (authorization) => {
      expect((await registry.send('/v2/', { authorization })).status).toBe(401);
    },
  );

  it('stop working when they are renewed or the admin is disabled', async () => {
    const old = basic('reg', 'secret-2');
    expect((await registry.send('/v2/', { authorization: old })).status).toBe(200);
    await registry.configure({
      admin: { enabled: true, username: 'reg', passwords: ['secret-1', 'new'] },
    });
    expect((await registry.send('/v2/', { authorization: old })).status).toBe(401);
    await registry.configure({
      admin: { enabled: false, username: 'reg', passwords: ['secret-1', 'secret-2'] },
    });
    expect((await registry.send('/v2/')).status).toBe(401);
    await registry.configure({
      admin: { enabled: true, username: 'reg', passwords: ['secret-1', 'secret-2'] },
    });
  });

  it('of a password file work, bcrypt and SHA-1', async () => {
    const sha = '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='; // of "password"
    await registry.configure({ htpasswd: { ann: await hashPassword('pw'), bob: sha } });
    const status = async (user: string, password: string) =>
      (await registry.send('/v2/', { authorization: basic(user, password) })).status;
    expect(await status('ann', 'pw')).toBe(200);
    expect(await status('ann', 'pw2')).toBe(401);
    expect(await status('bob', 'password')).toBe(200);
    expect(await status('bob', 'x')).toBe(401);
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(await status(name, 'pw')).toBe(401);
    }
    await registry.configure({ htpasswd: {} });
  });
});

describe('tokens', () => {
  it('carry what was asked for and no more', async () => {
    const pull = await accessToken('repository:team/app:pull', basic('reg', 'secret-1'));
    const status = async (path: string, method: string, authorization: string) =>
      (await registry.send(path, { method, authorization })).status;
    expect(await status('/v2/team/app/manifests/v1', 'GET', pull)).toBe(200);
    expect(await status('/v2/team/app/manifests/v1', 'DELETE', pull)).toBe(401);
    expect(await status('/v2/other/manifests/v1', 'GET', pull)).toBe(401);
    expect(await status('/v2/_catalog', 'GET', pull)).toBe(401);
    const refused = await registry.send('/v2/_catalog', { authorization: pull });
    expect(refused.headers['www-authenticate']).toContain('error="insufficient_scope"');
    const all = await accessToken('registry:catalog:*', basic('reg', 'secret-1'));
    expect(await status('/v2/_catalog', 'GET', all)).toBe(200);
  });

  it('say in their claims what az acr check-health reads', async () => {
    const scope = 'repository:team/app:pull,push,metadata_write,metadata_read,delete';
    const token = await accessToken(scope, basic('reg', 'secret-1'));
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(payload)).toMatchObject({
      access: [
        {
          type: 'repository',
          name: 'team/app',
          actions: ['pull', 'push', 'metadata_write', 'metadata_read', 'delete'],
        },
      ],
    });
  });

  it('are given for a password or a refresh token, never for a wrong one', async () => {
    const scope = 'repository:team/app:pull';
    const password = { grant_type: 'password', username: 'reg', password: 'secret-1', scope };
    expect((await post('/oauth2/token', password)).status).toBe(200);
    expect((await post('/oauth2/token', { ...password, password: 'x' })).status).toBe(401);
    const refresh = { grant_type: 'refresh_token', refresh_token: 'nonsense', scope };
    expect((await post('/oauth2/token', refresh)).status).toBe(401);
    expect((await post('/oauth2/token', { grant_type: 'magic' })).status).toBe(400);
    const none = await registry.send(`/oauth2/token?scope=${scope}`, { authorization: null });
    expect(none.status).toBe(401);
    expect(none.json()).toMatchObject({
      errors: [{ detail: [{ Type: 'repository', Name: 'team/app', Action: 'pull' }] }],
    });
  });

  it('come from a resource manager token by way of a refresh token', async () => {
    const claims = { iss: 'https://sts', sub: 'app-1', aud: 'https://management.azure.com/' };
    const arm = registry.authority.issue(claims, 600);
    const exchange = { grant_type: 'access_token', service: 'x', tenant: 't', access_token: arm };
    const answer = await post('/oauth2/exchange', exchange);
    const { refresh_token: refresh } = answer.json() as { refresh_token: string };
    const authorization = basic(TOKEN_USERNAME, refresh);
    expect((await registry.send('/v2/', { authorization })).status).toBe(200);
    const scope = 'repository:team/app:pull';
    const bearer = await accessToken(scope, authorization);
    const got = await registry.send('/v2/team/app/manifests/v1', { authorization: bearer });
    expect(got.status).toBe(200);
    const posted = { grant_type: 'refresh_token', refresh_token: refresh, scope };
    expect((await post('/oauth2/token', posted)).status).toBe(200);
    // Neither is good for the other's purpose.
    expect((await registry.send('/v2/', { authorization: `Bearer ${refresh}` })).status).toBe(401);
    const wrong = basic(TOKEN_USERNAME, bearer.slice(7));
    expect((await registry.send('/v2/', { authorization: wrong })).status).toBe(401);
  });

  it('are not given for a resource manager token of another audience', async () => {
    const claims = { iss: 'https://sts', sub: 'app-1', aud: 'https://graph.microsoft.com' };
    const arm = registry.authority.issue(claims, 600);
    const exchange = { grant_type: 'access_token', service: 'x', access_token: arm };
    expect((await post('/oauth2/exchange', exchange)).status).toBe(401);
  });
});

describe('anonymous pull', () => {
  it('gives a token to anyone, for pulling only', async () => {
    await registry.configure({ anonymousPull: true });
    expect((await registry.send('/v2/', { authorization: null })).status).toBe(401);
    const token = await accessToken('repository:team/app:pull,push', null);
    const got = (path: string, method: string, authorization: string | null) =>
      registry.send(path, { method, authorization });
    expect((await got('/v2/team/app/manifests/v1', 'GET', token)).status).toBe(200);
    expect((await got('/v2/team/app/manifests/v1', 'GET', null)).status).toBe(200);
    expect((await got('/v2/team/app/blobs/uploads/', 'POST', token)).status).toBe(401);
    expect((await got('/v2/_catalog', 'GET', null)).status).toBe(401);
    await registry.configure({ anonymousPull: false });
  });
});

describe('anonymous access', () => {
  it('lets anyone do anything, whatever credentials are left over from elsewhere', async () => {
    await registry.configure({ anonymousAccess: true });
    for (const authorization of [null, basic('me', 'old'), 'Bearer x.y.z', 'Digest a']) {
      expect((await registry.send('/v2/', { authorization })).status).toBe(200);
      const upload = { method: 'POST', authorization };
      expect((await registry.send('/v2/team/app/blobs/uploads/', upload)).status).toBe(202);
    }
    const token = await accessToken('repository:team/app:push', basic('me', 'old'));
    await registry.configure({ anonymousAccess: false });
    const upload = { method: 'POST', authorization: basic('me', 'old') };
    expect((await registry.send('/v2/team/app/blobs/uploads/', upload)).status).toBe(401);
    expect(token).toMatch(/^Bearer /);
  });
});

describe('tokens with scope maps', () => {
  it('reach the repositories they name, until they expire', async () => {
    await registry.pushImage('team/other', 'v1');
    await registry.configure({
      tokens: [
        {
          name: 'ci',
          enabled: true,
          passwords: [{ value: 'ci-1' }, { value: 'ci-2', expiry: '2020-01-01T00:00:00Z' }],
          permissions: [
            { repository: 'team/*', actions: ['content/read', 'metadata/read'] },
            { repository: 'ci', actions: ['content/read', 'content/write'] },
          ],
        },
      ],
    });
    const status = async (path: string, method: string, password = 'ci-1') =>
      (await registry.send(path, { method, authorization: basic('ci', password) })).status;
    expect(await status('/v2/team/app/manifests/v1', 'GET')).toBe(200);
    expect(await status('/acr/v1/team/other/_tags', 'GET')).toBe(200);
    expect(await status('/v2/team/app/blobs/uploads/', 'POST')).toBe(401);
    expect(await status('/v2/ci/blobs/uploads/', 'POST')).toBe(202);
    expect(await status('/v2/_catalog', 'GET')).toBe(401);
    expect(await status('/v2/', 'GET', 'ci-2')).toBe(401);
    const bearer = await accessToken('repository:team/app:*', basic('ci', 'ci-1'));
    const removal = { method: 'DELETE', authorization: bearer };
    expect((await registry.send('/v2/team/app/manifests/v1', removal)).status).toBe(401);
  });
});

describe('network rules', () => {
  it('keep others out in ACR’s words', async () => {
    await registry.configure({ networkRules: { defaultAction: 'Deny', allowed: ['10.0.0.0/8'] } });
    const answer = await registry.send('/v2/');
    expect(answer.status).toBe(403);
    expect(answer.json()).toEqual({
      errors: [
        {
          code: 'DENIED',
          message:
            "client with IP '127.0.0.1' is not allowed access, refer https://aka.ms/acr/firewall to grant access",
        },
      ],
    });
    await registry.configure({ networkRules: { defaultAction: 'Deny', allowed: ['127.0.0.1'] } });
    expect((await registry.send('/v2/')).status).toBe(200);
  });

  it.each([
    'localhost',
    '1.2.3.4/33',
    '1.2.3.4/',
    '::1/129',
    '1.2.3.4/8/8',
    '1.2.3.4/1e1',
    '1.2.3.4/0x8',
    '',
  ])('refuse %j', async (entry) => {
    const networkRules: NetworkRules = { defaultAction: 'Deny', allowed: [entry] };
    await expect(registry.configure({ networkRules })).rejects.toThrow('no address');
  });
});
