import { createServer } from 'node:http';
import { encode, decode } from 'dns-packet';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Upstream } from '../../src/apps/network/upstream.js';
import { describeIsolation } from '../../src/runtime/embedded/embedded-runtime.js';
import {
  describeRuntimesTogether,
  embeddedRuntime,
  ENGINE_RUNTIMES,
} from '../support/app-runtimes.js';
import { ENVIRONMENT } from '../support/app-world.js';
import { hasPrograms, openNetworkWorld } from '../support/network-world.js';
import type { NetworkWorld } from '../support/network-world.js';

// What programs in replicas reach of each other and of Lazurite, asked from inside real sandboxes.

const OTHER = {
  ...ENVIRONMENT,
  key: `${ENVIRONMENT.key}2`,
  name: 'other',
  defaultDomain: 'calm-2.test',
};
const levels = (await describeIsolation()).filter(
  ({ level, works }) => works && ['oci', 'namespaces'].includes(level),
);
const runtimes = hasPrograms
  ? [...levels.map(({ level }) => embeddedRuntime({ isolation: level })), ...ENGINE_RUNTIMES]
  : [];

/** Knows one name; its other answer is that of a machine without a network. */
const upstream: Upstream = {
  ask: async (query) => {
    const { id, questions = [] } = decode(query);
    if (questions[0]?.name !== 'known.test') throw new Error('unreachable');
    const answer = { type: 'A' as const, name: 'known.test', ttl: 60, data: '192.0.2.7' };
    return encode({ type: 'response', id: id ?? 0, questions, answers: [answer] });
  },
};

describeRuntimesTogether('from a replica', runtimes, (runtime) => {
  let world: NetworkWorld;

  beforeAll(async () => {
    world = await openNetworkWorld({
      runtime,
      upstream,
      services: [
        {
          at: 'inside',
          port: 42_356,
          serve: (server, replica) => {
            const web = createServer((_, response) => response.end(`for ${replica.revisionName}`));
            server.on('connection', (socket) => web.emit('connection', socket));
          },
        },
      ],
    });
    await world.service.putEnvironment(OTHER);
    await Promise.all([
      world.putShell('shell'),
      world.putHello('public'),
      world.putHello('private', { ingress: { external: false } }),
      world.putHello('strict', { ingress: { external: false, allowInsecure: false } }),
      world.putHello('raw', {
        ingress: { external: false, transport: 'Tcp', exposedPort: 6000 },
      }),
      world.putHello('abroad', { environmentKey: OTHER.key }),
      world.putHello('hidden', { environmentKey: OTHER.key, ingress: { external: false } }),
    ]);
  });
  afterAll(() => world.close());

  const domain = ENVIRONMENT.defaultDomain;
  const fetch = (url: string): Promise<string> =>
    world.run('shell', `curl -sSik --max-time 5 ${url} 2>&1`);

  it.each([
    ['its bare name', 'http://public', '"message":"public"'],
    ['its internal name', `http://public.internal.${domain}`, '"message":"public"'],
    ['its public name', `http://public.${domain}`, '"message":"public"'],
    ['port 443', `https://public.${domain}`, '"message":"public"'],
    ['an internal app by its bare name', 'http://private', '"message":"private"'],
    [
      'an internal app by its full name',
      `http://private.internal.${domain}/`,
      '"message":"private"',
    ],
    [
      'an app of another environment by its public name',
      'http://abroad.calm-2.test',
      '"message":"abroad"',
    ],
    ['its redirect to https', 'http://strict', 'https://strict/'],
  ])('reaches an app by %s', async (_name, url, text) => {
    expect(await fetch(url)).toContain(text);
  });

  it.each([
    ['an internal app of another environment', 'http://hidden.internal.calm-2.test', '404'],
    ['an app of another environment by its bare name', 'http://hidden', 'Could not resolve host'],
    ['an app that is not there', `http://nobody.${domain}`, '404'],
    ['a host of nobody', 'http://nobody.test', 'Could not resolve host'],
  ])('does not reach %s', async (_name, url, text) => {
    expect(await fetch(url)).toContain(text);
  });

  it('speaks HTTP/2 to it', async () => {
    const answer = await world.run('shell', 'curl -sSi --http2-prior-knowledge http://public 2>&1');
    expect(answer).toMatch(/^HTTP\/2 200[^]*"message":"public"/);
  });

  it('reaches a port of TCP as long as its app has it', async () => {
    expect(await fetch('http://raw:6000')).toContain('"message":"raw"');
    await world.putHello('late', {
      ingress: { external: false, transport: 'Tcp', exposedPort: 6001 },
    });
    expect(await fetch('http://late:6001')).toContain('"message":"late"');
    const late = world.service.apps().find(({ name }) => name === 'late');
    await world.service.deleteApp(late?.key ?? '');
    await vi.waitFor(
      async () => expect(await fetch('http://100.100.0.1:6001')).toContain("Couldn't connect"),
      { timeout: 5000 },
    );
    expect(await fetch('http://raw')).toContain('404');
  });

  it('asks the name servers of this machine for every other name', async () => {
    expect(await world.run('shell', 'busybox nslookup known.test')).toContain('192.0.2.7');
    expect(await world.run('shell', 'busybox nslookup lazurite.internal')).toContain('100.100.0.1');
    expect(await world.run('shell', 'busybox nslookup acrlab.azurecr.io')).toContain('100.100.0.1');
  });

  it('finds services on its own loopback that know who asks', async () => {
    expect(await fetch('http://localhost:42356/msi/token')).toContain('for shell--');
  });

  it('wakes an app that sleeps', async () => {
    await world.putHello('sleeper', { scale: { minReplicas: 0, cooldownPeriod: 1 } });
    const key = world.service.apps().find(({ name }) => name === 'sleeper')?.key ?? '';
    const [revision] = world.service.revisions(key);
    await vi.waitFor(() => expect(world.service.replicas(revision?.key ?? '')).toEqual([]), {
      timeout: 15_000,
    });
    expect(await fetch('http://sleeper')).toContain('"message":"sleeper"');
  });
});
