import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARM_AUDIENCE, serveArm, type ServedArm } from '../../test/support/arm-world.js';

const CLIENT = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const SCOPE = `${ARM_AUDIENCE.replace(/\/$/, '')}/.default offline_access openid profile`;
const REDIRECT = 'http://localhost:8400';

let arm: ServedArm;
beforeAll(async () => {
  arm = await serveArm();
});
afterAll(() => arm.close());

type Fields = Record<string, string>;

const proof = (): { verifier: string; challenge: string } => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};

function authorize(challenge: string, change: Fields = {}): Promise<Response> {
  const query = new URLSearchParams({
    client_id: CLIENT,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: SCOPE,
    state: 'the <state>',
    nonce: 'the nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...change,
  });
  const url = `${arm.origin}/adfs/oauth2/v2.0/authorize?${query.toString()}`;
  return fetch(url, { redirect: 'manual' });
}

async function codeFor(challenge: string): Promise<string> {
  const location = (await authorize(challenge)).headers.get('location');
  return new URL(location!).searchParams.get('code')!;
}

async function post(path: string, form: Fields): Promise<{ status: number; body: Fields }> {
  const url = `${arm.origin}/adfs/oauth2/v2.0/${path}`;
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as Fields };
}

const redeem = (code: string, verifier: string, change: Fields = {}) =>
  post('token', {
    grant_type: 'authorization_code',
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    code,
    code_verifier: verifier,
    ...change,
  });

const claimsOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

describe('signing in with a browser', () => {
  it('sends the browser back with a code, which becomes tokens of the owner', async () => {
    const { verifier, challenge } = proof();
    const location = (await authorize(challenge)).headers.get('location')!;
    expect(location).toMatch(/^http:\/\/localhost:8400\/\?code=/);
    expect(new URL(location).searchParams.get('state')).toBe('the <state>');
    const { status, body } = await redeem(await codeFor(challenge), verifier);
    expect(status).toBe(200);
    const oid = arm.principal.objectId;
    expect(claimsOf(body['access_token']!)).toMatchObject({
      ...{ oid, idtyp: 'user', aud: ARM_AUDIENCE },
    });
    expect(claimsOf(body['id_token']!)).toMatchObject({
      ...{ oid, aud: CLIENT, nonce: 'the nonce', upn: 'owner@lazurite.localhost' },
    });
    const headers = { authorization: `Bearer ${body['access_token']!}` };
    const url = `${arm.origin}/subscriptions?api-version=2022-12-01`;
    expect((await fetch(url, { headers })).status).toBe(200);
  });

  it('answers by a form when asked to, with nothing in it that is markup', async () => {
    const html = await (await authorize(proof().challenge, { response_mode: 'form_post' })).text();
    expect(html).toContain('<form method="post" action="http://localhost:8400">');
    expect(html).toContain('name="state" value="the &#60;state&#62;"');
  });

  it.each<[string, Fields, number]>([
    ['no client', { client_id: '' }, 900144],
    ['no proof', { code_challenge: '' }, 900144],
    ['a plain proof', { code_challenge_method: 'plain' }, 501491],
    ['a token instead of a code', { response_type: 'token' }, 700054],
    ['a redirect to another machine', { redirect_uri: 'http://example.com:8400' }, 50011],
    ['a redirect to a file', { redirect_uri: 'file:///etc/passwd' }, 50011],
    ['a redirect that is no address', { redirect_uri: 'nonsense' }, 50011],
  ])('refuses %s', async (_name, change, code) => {
    const response = await authorize(proof().challenge, change);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error_codes: [code] });
  });

  it('takes a code once, from whom it was for', async () => {
    const { verifier, challenge } = proof();
    const wrongs: Fields[] = [
      { code_verifier: 'another' },
      { client_id: 'another' },
      { redirect_uri: 'http://localhost:8401' },
    ];
    for (const change of wrongs) {
      const answer = await redeem(await codeFor(challenge), verifier, change);
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    }
    const code = await codeFor(challenge);
    expect((await redeem(code, verifier)).status).toBe(200);
    expect((await redeem(code, verifier)).status).toBe(400);
  });
});

describe('a refresh token', () => {
  it('gives tokens for another scope, to the same client only', async () => {
    const { verifier, challenge } = proof();
    const { body } = await redeem(await codeFor(challenge), verifier);
    const form = {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token']!,
      scope: `${arm.origin}/graph/.default`,
    };
    const renewed = await post('token', { ...form, client_id: CLIENT });
    expect(claimsOf(renewed.body['access_token']!)).toMatchObject({ aud: `${arm.origin}/graph` });
    expect((await post('token', { ...form, client_id: 'another' })).status).toBe(400);
    const access = { ...form, client_id: CLIENT, refresh_token: body['access_token']! };
    expect((await post('token', access)).status).toBe(400);
  });
});

describe('signing in with a device code', () => {
  const poll = (device_code: string) =>
    post('token', { grant_type: 'device_code', client_id: CLIENT, device_code });
  const enter = (user_code: string): Promise<Response> =>
    fetch(`${arm.origin}/adfs/oauth2/deviceauth`, {
      method: 'POST',
      body: new URLSearchParams({ user_code }),
    });

  it('waits for the person, then gives tokens once', async () => {
    const { body } = await post('devicecode', { client_id: CLIENT, scope: SCOPE });
    const device = body['device_code']!;
    expect(await poll(device)).toMatchObject({ body: { error: 'authorization_pending' } });
    expect((await enter('WRONGCODE')).status).toBe(400);
    expect((await enter(body['user_code']!.toLowerCase())).status).toBe(200);
    expect((await poll(device)).status).toBe(200);
    expect(await poll(device)).toMatchObject({ body: { error: 'expired_token' } });
    expect((await enter(body['user_code']!)).status).toBe(400);
  });

  it('shows a page to enter the code', async () => {
    const page = await fetch(`${arm.origin}/adfs/oauth2/deviceauth?user_code=%22%3E`);
    expect(await page.text()).toContain('name="user_code" value="&#34;&#62;"');
  });
});
