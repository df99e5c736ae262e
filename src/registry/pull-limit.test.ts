import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.js';
import { parsePullLimit, PullLimiter } from './pull-limit.js';
import { ADMIN, createFixture, type RegistryFixture } from './testing/registry-fixture.js';

describe('parsePullLimit', () => {
  it.each([
    ['100/21600', { pulls: 100, seconds: 21600 }],
    ['1/1', { pulls: 1, seconds: 1 }],
    ['', undefined],
    ['100', undefined],
    ['0/60', undefined],
    ['3/0', undefined],
    ['-1/60', undefined],
    ['1e3/60', undefined],
    ['3/60/1', undefined],
    ['9999999999/1', undefined],
  ])('of %j', (text, limit) => {
    expect(parsePullLimit(text)).toEqual(limit);
  });
});

describe('PullLimiter', () => {
  it('counts each address by itself, and anew when the window is over', async () => {
    const clock = new FakeClock();
    const limiter = new PullLimiter({ pulls: 2, seconds: 60 }, clock);
    expect(limiter.count('10.0.0.1')).toMatchObject({
      'RateLimit-Limit': '2;w=60',
      'RateLimit-Remaining': '1;w=60',
    });
    limiter.count('10.0.0.1');
    await clock.advance(15_000);
    expect(() => limiter.count('10.0.0.1')).toThrow(
      expect.objectContaining({ code: 'TOOMANYREQUESTS', headers: { 'Retry-After': '45' } }),
    );
    expect(limiter.count('10.0.0.2')['RateLimit-Remaining']).toBe('1;w=60');
    await clock.advance(45_000);
    expect(limiter.count('10.0.0.1')['RateLimit-Remaining']).toBe('1;w=60');
  });
});

describe('a registry with a limit', () => {
  let registry: RegistryFixture;
  beforeAll(async () => {
    registry = await createFixture();
    await registry.pushImage('app', 'v1');
  });
  afterAll(() => registry.close());

  const MANIFEST = '/v2/app/manifests/v1';
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const get = (authorization: string | null, method = 'GET') =>
    registry.send(MANIFEST, { method, authorization, headers: { accept } });

  async function anonymousToken(): Promise<string> {
    const answer = await registry.send('/oauth2/token?scope=repository:app:pull&service=registry', {
      authorization: null,
    });
    return `Bearer ${(answer.json() as { access_token: string }).access_token}`;
  }

  it('answers 429 in Docker Hub’s words to those without credentials, and to nobody else', async () => {
    const limited = { anonymousPull: true, anonymousPullLimit: { pulls: 2, seconds: 3600 } };
    await registry.configure(limited);
    const challenged = await get(null);
    expect(challenged.status, 'so that clients show credentials').toBe(401);
    const token = await anonymousToken();
    const first = await get(token);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '2;w=3600',
      'ratelimit-remaining': '1;w=3600',
      'docker-ratelimit-source': '127.0.0.1',
    });
    expect((await get(token, 'HEAD')).status).toBe(200);
    expect((await get(token)).status).toBe(200);
    const refused = await get(await anonymousToken());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500);
    expect(refused.json()).toEqual({
      errors: [
        {
          code: 'TOOMANYREQUESTS',
          message:
            'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
        },
      ],
    });
    expect((await get(ADMIN)).status).toBe(200);
    await registry.configure({ ...limited, webhooks: [] });
    expect((await get(token)).status, 'a change of something else').toBe(429);
    await registry.configure({ anonymousPullLimit: { pulls: 3, seconds: 3600 } });
    expect((await get(token)).status, 'a new limit').toBe(200);
  });
});
