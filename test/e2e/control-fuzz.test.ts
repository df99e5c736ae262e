import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everyResource } from '../support/every-resource.js';
import { startServer, type RunningServer } from '../support/lazurite-command.js';

// Whatever is sent to the control plane as it runs, with all its types: it never answers 5xx, but 501 for what it
// names as missing.

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const RUNS = 600;

let directory: string;
let server: RunningServer;
let gateway: URL;
let token: string;
let subscription: string;
const group = (): string => `${subscription}/resourceGroups/rg`;

interface Reply {
  status: number;
  text: string;
}

/** A request as it is given, wrong as it may be: `fetch` would mend some. */
function send(method: string, path: string, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const { hostname, port } = gateway;
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-fuzz-'));
  server = await startServer(join(directory, 'home'));
  const file = join(server.home, 'run', 'connection.json');
  const connection = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  gateway = new URL(server.gateway);
  subscription = `/subscriptions/${connection['subscriptionId']!}`;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: connection['clientId']!,
    client_secret: connection['clientSecret']!,
    scope: 'https://management.azure.com//.default',
  });
  const signedIn = await fetch(`http://${gateway.host}/adfs/oauth2/v2.0/token`, {
    method: 'POST',
    body: form,
  });
  token = ((await signedIn.json()) as { access_token: string }).access_token;
  const version = '?api-version=2024-11-01';
  await send('PUT', group() + version, JSON.stringify({ location: 'eastus' }));
  for (const [path, body] of Object.entries(samples())) {
    await send('PUT', path + version, JSON.stringify(body));
  }
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

function samples(): Record<string, Json> {
  const bodies = Object.entries(everyResource(group(), (place) => `secret-${place}`));
  return Object.fromEntries(
    bodies.map(([path, body]) => [
      path,
      { location: 'eastus', ...(body as { [name: string]: Json }) },
    ]),
  );
}

/** Ways to every value inside one. */
function placesIn(value: Json, at: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...at]];
  const inner = Object.entries(value).flatMap(([name, item]) => placesIn(item, [...at, name]));
  return [[...at], ...inner];
}

/** The same with one value replaced, or left out when there is no other. */
function changed(value: Json, [name, ...rest]: readonly string[], other: Json | undefined): Json {
  if (name === undefined || typeof value !== 'object' || value === null) return other ?? null;
  const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    if (key !== name) return [[key, item]];
    if (rest.length > 0) return [[key, changed(item, rest, other)]];
    return other === undefined ? [] : [[key, other]];
  });
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

const scalar: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  ...[null, true, -1, 0, 1.5, 1e21, '', ' ', 'x', '[', "[parameters('none')]", 'é'.repeat(300)],
  ...[[], {}, [null], { a: null }, '../..', '\u0000'],
);
const other = fc.oneof(scalar, fc.jsonValue() as fc.Arbitrary<Json>, fc.constant(undefined));
const method = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('PUT', 'PATCH') },
  { weight: 4, arbitrary: fc.constantFrom('GET', 'POST') },
  { weight: 1, arbitrary: fc.constantFrom('DELETE', 'HEAD', 'OPTIONS', 'TRACE') },
);
const version = fc.oneof(
  { weight: 6, arbitrary: fc.constant('api-version=2024-11-01') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'api-version=',
      'api-version=x',
      'api-version=1999-01-01',
      'a=%',
    ),
  },
);
const query = fc.constantFrom(
  ...['', '', '', '&$filter=name eq', '&$top=x', '&$top=1', '&$skiptoken=%00', '&$expand=%'],
);
const tail = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['/', '/listCredentials', '/listSecrets', '/start', '/stop', '/validate', '/whatIf', '/%'],
      ...['/operations', '/revisions', '/revisions/x/replicas', '/executions', '/runs', '/..'],
      ...['/scheduleRun', '/importImage', '/generateCredentials', '/exportTemplate', '/cancel'],
      ...['/providers/Microsoft.Authorization/locks/x', '/a/b/c/d', '//'],
      '/providers/Microsoft.Resources/tags/default',
    ),
  },
);

it(`answers none of ${RUNS} requests with 5xx but 501`, async () => {
  const all = samples();
  const target = fc
    .constantFrom(...Object.keys(all), group(), `${group()}x`, `${subscription}x`, '/providers', '')
    .chain((path) => {
      const sample = all[path] ?? { location: 'eastus' };
      return fc.record({
        path: fc.constant(path),
        body: fc.oneof(
          {
            weight: 5,
            arbitrary: fc
              .tuple(fc.constantFrom(...placesIn(sample)), other)
              .map(([place, value]) => JSON.stringify(changed(sample, place, value))),
          },
          { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string(), fc.constant('{"a":')) },
        ),
      });
    });
  await fc.assert(
    fc.asyncProperty(
      ...([method, target, tail, version, query] as const),
      async (chosen, { path, body }, end, apiVersion, more) => {
        // With the group everything else would be gone.
        const verb = chosen === 'DELETE' && path === group() ? 'GET' : chosen;
        const url = encodeURI(`${path}${end}`).replaceAll('%25', '%') || '/';
        const hasBody = ['PUT', 'PATCH', 'POST'].includes(verb);
        const given = hasBody ? body : undefined;
        const reply = await send(verb, `${url}?${apiVersion}${encodeURI(more)}`, given);
        const what = `${verb} ${url}?${apiVersion}${more} ${given ?? ''}\n${reply.text}`;
        expect(reply.status === 501 || reply.status < 500, what).toBe(true);
      },
    ),
    { numRuns: RUNS },
  );
  expect(readFileSync(join(server.home, 'logs', 'lazurite.log'), 'utf8')).not.toContain(
    'request failed',
  );
});
