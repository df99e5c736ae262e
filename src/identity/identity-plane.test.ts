import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveArm, type ServedArm } from '../../test/support/arm-world.js';
import { openHomePrincipal } from './home-principal.js';
import { createTokenAuthority } from './token-authority.js';

describe('the token authority', () => {
  let directory: string;
  let now: number;
  const clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lazurite-identity-'));
    now = 1_800_000_000_000;
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const claims = { iss: 'i', sub: 's', aud: 'a' };

  it('verifies what it issued, also after a restart', () => {
    const token = createTokenAuthority({ directory, clock }).issue(claims, 60);
    const later = createTokenAuthority({ directory, clock });
    expect(later.verify(token, 'a')).toMatchObject({
      sub: 's',
      iat: 1_800_000_000,
      exp: 1_800_000_060,
    });
    expect(later.verify(token, ['b', 'a'])).toBeDefined();
  });

  it('refuses another audience, another time and another home', () => {
    const authority = createTokenAuthority({ directory, clock });
    const token = authority.issue(claims, 60);
    expect(authority.verify(token, 'b')).toBeUndefined();
    const elsewhere = createTokenAuthority({ directory: join(directory, 'other'), clock });
    expect(elsewhere.verify(token, 'a')).toBeUndefined();
    now += 60_000;
    expect(authority.verify(token, 'a')).toBeUndefined();
    now -= 120_000;
    expect(authority.verify(token, 'a')).toBeUndefined();
  });

  it.each(['', '.', '..', 'a.b.c', 'a.b.c.d', 'eyJhbGciOiJub25lIn0.e30.', '\u0000.\u0000.\u0000'])(
    'takes %j for no token',
    (text) => {
      expect(createTokenAuthority({ directory, clock }).verify(text, 'a')).toBeUndefined();
    },
  );

  it('honours tokens of the key before a rotation and forgets older ones', () => {
    const authority = createTokenAuthority({ directory, clock });
    const token = authority.issue(claims, 60);
    authority.rotate();
    expect(authority.verify(token, 'a')).toBeDefined();
    expect(authority.publicKeys()).toHaveLength(2);
    authority.rotate();
    authority.rotate();
    expect(authority.verify(token, 'a')).toBeUndefined();
  });

  it('publishes keys that others can verify with', () => {
    const authority = createTokenAuthority({ directory, clock });
    const [header, payload, signature] = authority.issue(claims, 60).split('.');
    const key = createPublicKey({ key: authority.publicKeys()[0] as JsonWebKey, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature!, 'base64url');
    expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true);
    expect(authority.publicKeys()[0]).not.toHaveProperty('d');
  });

  it('keeps its secrets to the owner', () => {
    createTokenAuthority({ directory, clock });
    openHomePrincipal(directory);
    for (const file of readdirSync(directory)) {
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    }
  });

  it.each(['', '{}', '[{"id":"x"}]', '[{"id":"x","pem":"nonsense"}]'])(
    'says what to do about keys that are %j',
    (text) => {
      writeFileSync(join(directory, 'token-keys.json'), text);
      expect(() => createTokenAuthority({ directory, clock })).toThrow("can't be read");
    },
  );

  it.each(['', 'null', '{"tenantId":"t"}'])(
    'says what to do about a principal that is %j',
    (text) => {
      writeFileSync(join(directory, 'principal.json'), text);
      expect(() => openHomePrincipal(directory)).toThrow("can't be read");
    },
  );

  it('has one principal for each home', () => {
    expect(openHomePrincipal(directory)).toEqual(openHomePrincipal(directory));
  });
});

describe('the authority over HTTP', () => {
  let arm: ServedArm;
  beforeAll(async () => {
    arm = await serveArm();
  });
  afterAll(() => arm.close());

  const token = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${arm.origin}/${arm.principal.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const good = (): Record<string, string> => ({
    grant_type: 'client_credentials',
    client_id: arm.principal.clientId,
    client_secret: arm.principal.clientSecret,
    scope: 'https://management.azure.com/.default',
  });

  it.each([
    '/adfs/.well-known/openid-configuration',
    '/common/v2.0/.well-known/openid-configuration',
  ])('describes itself at %s', async (path) => {
    const body = (await (await fetch(arm.origin + path)).json()) as Record<string, string>;
    expect(body['token_endpoint']).toMatch(new RegExp(`^${arm.origin}/\\w+/oauth2/v2.0/token$`));
    expect((await fetch(body['jwks_uri']!)).status).toBe(200);
  });

  it('describes the cloud', async () => {
    const response = await fetch(`${arm.origin}/metadata/endpoints?api-version=2022-09-01`);
    expect(await response.json()).toMatchObject({
      resourceManager: arm.origin,
      authentication: { loginEndpoint: `${arm.origin}/adfs` },
    });
  });

  it('issues a token for a secret', async () => {
    const { status, body } = await token(good());
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
  });

  it('takes credentials from the header', async () => {
    const { client_id: user, client_secret: password, ...form } = good();
    const basic = Buffer.from(`${user}:${password}`).toString('base64');
    expect((await token(form, { authorization: `Basic ${basic}` })).status).toBe(200);
  });

  const refused: {
    name: string;
    change: Record<string, string>;
    status: number;
    code: number;
  }[] = [
    { name: 'no grant', change: { grant_type: '' }, status: 400, code: 900144 },
    { name: 'another grant', change: { grant_type: 'magic' }, status: 400, code: 70003 },
    { name: 'no client', change: { client_id: '' }, status: 400, code: 900144 },
    { name: 'an unknown client', change: { client_id: 'x' }, status: 400, code: 700016 },
    { name: 'no secret', change: { client_secret: '' }, status: 401, code: 7000218 },
    { name: 'a wrong secret', change: { client_secret: 'x' }, status: 401, code: 7000215 },
    { name: 'no scope', change: { scope: '' }, status: 400, code: 900144 },
    { name: 'a scope of nothing', change: { scope: 'openid' }, status: 400, code: 70011 },
  ];
  it.each(refused)('refuses $name', async ({ change, status, code }) => {
    const answer = await token({ ...good(), ...change });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      error_codes: [code],
      error_description: expect.stringMatching(`^AADSTS${code}: `) as string,
    });
  });

  it('refuses a form that is too long', async () => {
    expect((await token({ ...good(), more: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('knows no other endpoint, and leaves other tenants alone', async () => {
    expect((await fetch(`${arm.origin}/adfs/nonesuch`)).status).toBe(404);
    const other = await fetch(`${arm.origin}/other-tenant/oauth2/v2.0/token`, { method: 'POST' });
    expect(await other.text()).toBe('');
  });
});
