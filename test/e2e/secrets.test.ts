import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyResource, registryOf } from '../support/every-resource.js';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';

// Every secret a client gives to any kind of resource, and every one that is made up for it: no GET answers it,
// no log holds it, and the database holds it encrypted.

const CANARY = 'canary-5aa2c1';
const GROUP = 'rg';
const LOCATION = 'koreacentral';

let directory: string;
let server: RunningServer;
let group: string;
/** Given ones, then what the `list*` actions tell. */
const secrets = new Set<string>();

/** A secret of its own for each place. */
function secret(place: string): string {
  const value = `${CANARY}-${place}`;
  secrets.add(value);
  return value;
}

interface Reply {
  status: number;
  text: string;
}

async function send(method: string, path: string, body?: unknown): Promise<Reply> {
  const { gateway, token } = await connect();
  const url = new URL(path, gateway);
  if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', '2024-11-01');
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

async function accepted(method: string, path: string, body?: unknown): Promise<string> {
  const { status, text } = await send(method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return text;
}

let connected: { gateway: string; token: string } | undefined;
async function connect(): Promise<{ gateway: string; token: string }> {
  if (connected !== undefined) return connected;
  const file = join(server.home, 'run', 'connection.json');
  const connection = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  secrets.add(connection['clientSecret']!);
  const gateway = connection['gateway']!.replace('https:', 'http:'); // both speak on the same port
  const response = await fetch(`${gateway}/adfs/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: connection['clientId']!,
      client_secret: connection['clientSecret']!,
      scope: 'https://management.azure.com//.default',
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  group = `/subscriptions/${connection['subscriptionId']!}/resourceGroups/${GROUP}`;
  return (connected = { gateway, token });
}

const resource = (type: string): string => `${group}/providers/${type}`;
const registry = (): string => registryOf(group);

/** What a template's `list*()` tell, too. */
const LISTS: readonly (readonly [path: () => string, body?: () => unknown])[] = [
  [() => resource('Microsoft.OperationalInsights/workspaces/logs/sharedKeys')],
  [() => `${registry()}/listCredentials`],
  [() => `${registry()}/generateCredentials`, () => ({ tokenId: `${registry()}/tokens/reader` })],
  [() => resource('Microsoft.App/containerApps/app/listSecrets')],
  [() => resource('Microsoft.App/jobs/job/listSecrets')],
];

/** The secrets of a `list*` answer: its texts that are named `value` or `…Key`. */
function secretsIn(told: unknown): string[] {
  if (typeof told !== 'object' || told === null) return [];
  return Object.entries(told).flatMap(([name, value]) =>
    typeof value === 'string' && /^value$|key$/i.test(name) ? [value] : secretsIn(value),
  );
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-secrets-'));
  server = await startServer(join(directory, 'home'));
  await connect();
  await accepted('PUT', group, { location: LOCATION });
  for (const [path, body] of Object.entries(everyResource(group, secret))) {
    await accepted('PUT', path, { location: LOCATION, ...body });
  }
  for (const [path, body] of LISTS) {
    const told = JSON.parse(await accepted('POST', path(), body?.() ?? {})) as unknown;
    const found = secretsIn(told);
    expect(found, path()).not.toHaveLength(0);
    for (const value of found) secrets.add(value);
  }
  const source = {
    registryUri: 'elsewhere.example',
    sourceImage: 'app:v1',
    credentials: { username: 'me', password: secret('import') },
  };
  await send('POST', `${registry()}/importImage`, { source, targetTags: ['app:v1'] });
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Of all there are, so that a new type is looked at without anyone thinking of it. */
async function readablePaths(): Promise<string[]> {
  const subscription = group.split('/resourceGroups/')[0]!;
  const text = await accepted('GET', `${subscription}/providers`);
  const { value: namespaces } = JSON.parse(text) as {
    value: { namespace: string; resourceTypes: { resourceType: string }[] }[];
  };
  const paths = [`${group}/resources`, `${group}/deployments`, `${subscription}/resources`];
  const types = namespaces.flatMap(({ namespace, resourceTypes }) =>
    resourceTypes.map(({ resourceType }) => [namespace, resourceType] as const),
  );
  for (const [namespace, type] of types.sort((a, b) => a[1].length - b[1].length)) {
    const parents = await parentsOf(namespace, type.split('/').slice(0, -1));
    for (const parent of parents) {
      const list = `${parent}/${type.split('/').at(-1)!}`;
      paths.push(list, ...(await idsIn(list)));
    }
  }
  const filter = `resourceGroupName eq '${GROUP}'`;
  paths.push(
    `${subscription}/providers/Microsoft.Insights/eventtypes/management/values?$filter=${filter}`,
  );
  return paths;
}

async function parentsOf(namespace: string, types: readonly string[]): Promise<string[]> {
  let parents = [`${group}/providers/${namespace}`];
  for (const type of types) {
    parents = (await Promise.all(parents.map((parent) => idsIn(`${parent}/${type}`)))).flat();
  }
  return parents;
}

async function idsIn(list: string): Promise<string[]> {
  const { status, text } = await send('GET', list);
  if (status !== 200) return [];
  return (JSON.parse(text) as { value: { id: string }[] }).value.map(({ id }) => id);
}

const leaksIn = (text: string): string[] => [...secrets].filter((value) => text.includes(value));

describe('secrets', () => {
  it('are answered by no GET of any type', async () => {
    const paths = await readablePaths();
    for (const [path] of Object.entries(everyResource(group, secret)))
      expect(paths.join()).toContain(path);
    const leaks: Record<string, string[]> = {};
    for (const path of paths) {
      const found = leaksIn((await send('GET', path)).text);
      if (found.length > 0) leaks[path] = found;
    }
    expect(leaks).toEqual({});
    const exported = await accepted(
      'POST',
      `${resource('Microsoft.Resources/deployments/secure')}/exportTemplate`,
    );
    expect(leaksIn(exported)).toEqual([]);
  });

  it('are in no log', async () => {
    const log = readFileSync(join(server.home, 'logs', 'lazurite.log'), 'utf8');
    expect(leaksIn(log)).toEqual([]);
  });

  it('are encrypted in the database, before and after a rotation of its key', async () => {
    const onDisk = (): string[] =>
      readdirSync(server.home)
        .filter(
          (name) => name.startsWith('metadata.db') && statSync(join(server.home, name)).isFile(),
        )
        .flatMap((name) => leaksIn(readFileSync(join(server.home, name), 'latin1')));
    expect(onDisk()).toEqual([]);
    const credentials = await accepted('POST', `${registry()}/listCredentials`);
    const busy = await lazurite(['keys', 'rotate', '--home', server.home]);
    expect([busy.code, busy.stderr]).toEqual([1, expect.stringContaining('already runs')]);
    await server.stop();
    expect(onDisk()).toEqual([]);
    const keyFile = join(server.home, 'identity', 'storage-keys.json');
    const before = readFileSync(keyFile, 'utf8');
    const rotated = await lazurite(['keys', 'rotate', '--home', server.home]);
    expect([rotated.code, rotated.stderr]).toEqual([0, '']);
    expect(readFileSync(keyFile, 'utf8')).not.toBe(before);
    const token = connected!.token;
    server = await startServer(server.home);
    connected = { gateway: server.gateway.replace('https:', 'http:'), token }; // a token of the old key is still good
    expect(await accepted('POST', `${registry()}/listCredentials`)).toBe(credentials);
  });

  it('can not be read with another key, and a start says so', async () => {
    await server.stop();
    const keyFile = join(server.home, 'identity', 'storage-keys.json');
    const good = readFileSync(keyFile);
    rmSync(keyFile);
    const refused = await lazurite(['up', '--home', server.home, '--port', '0']);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(`missing: ${keyFile}`),
    ]);
    writeFileSync(keyFile, good, { mode: 0o600 });
    server = await startServer(server.home);
  });
});
