import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';
import { findStockAz } from '../support/stock-az.js';

// Programs in containers ask for tokens of their app's identities, in a network of their own and on this machine's,
// and get at registries with them as far as their roles go.

const BUSYBOX = '/bin/busybox';
const DOCKERFILE = `FROM scratch
COPY busybox /bin/sh
COPY busybox /bin/wget
ENTRYPOINT ["/bin/sh", "-c"]
`;
const ARM = 'https://management.azure.com/';
const REGISTRY = 'https://containerregistry.azure.net';
const DELAY_SECONDS = 4;

/** One Lazurite with a registry, a program to run and an environment. */
class World {
  readonly #server: RunningServer;
  readonly #directory: string;
  loginServer = '';
  registryId = '';

  private constructor(server: RunningServer, directory: string) {
    this.#server = server;
    this.#directory = directory;
  }

  static async start(options: readonly string[]): Promise<World> {
    const directory = mkdtempSync(join(tmpdir(), 'lazurite-msi-'));
    const world = new World(await startServer(join(directory, 'home'), options), directory);
    const context = join(directory, 'context');
    mkdirSync(context);
    copyFileSync(BUSYBOX, join(context, 'busybox'));
    writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
    await world.az('group', 'create', '--name', 'rg', '--location', 'eastus');
    const registry = ['--name', 'acrmsi', '--resource-group', 'rg'];
    await world.az('acr', 'create', ...registry, '--sku', 'Basic', '--admin-enabled', 'true');
    await world.az('acr', 'build', '--registry', 'acrmsi', '--image', 'probe:v1', context);
    await world.az('containerapp', 'env', 'create', '--name', 'env', '--resource-group', 'rg');
    world.loginServer = await world.text(
      'acr',
      'show',
      '--name',
      'acrmsi',
      '--query',
      'loginServer',
    );
    world.registryId = await world.text('acr', 'show', '--name', 'acrmsi', '--query', 'id');
    return world;
  }

  get home(): string {
    return this.#server.home;
  }

  path(name: string): string {
    return join(this.#directory, name);
  }

  async az(...args: string[]): Promise<string> {
    const env = { LAZURITE_HOME: this.home };
    const { code, stdout, stderr } = await lazurite(['az', ...args], { env });
    if (code !== 0) throw new Error(`az ${args.join(' ')}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  text(...args: string[]): Promise<string> {
    return this.az(...args, '--output', 'tsv');
  }

  /** Makes an app with a system-assigned identity that runs a script, and waits for a line of its output. */
  async run(
    name: string,
    script: string,
    last: RegExp,
    more: readonly string[] = [],
  ): Promise<string> {
    const password = await this.text(
      ...['acr', 'credential', 'show', '--name', 'acrmsi', '--query', 'passwords[0].value'],
    );
    await this.az(
      ...[
        'containerapp',
        'create',
        '--name',
        name,
        '--resource-group',
        'rg',
        '--environment',
        'env',
      ],
      ...['--image', `${this.loginServer}/probe:v1`, '--registry-server', this.loginServer],
      ...['--registry-username', 'acrmsi', '--registry-password', password],
      ...['--system-assigned', '--min-replicas', '1', '--args', `${script}\nsleep 600`],
      ...more,
    );
    let output = '';
    const read = async (): Promise<string> => (output = await this.#output(name));
    await expect.poll(read, { timeout: 90_000, interval: 300 }).toMatch(last);
    return output;
  }

  async #output(name: string): Promise<string> {
    const logs = await this.az(
      ...[
        'containerapp',
        'logs',
        'show',
        '--name',
        name,
        '--resource-group',
        'rg',
        '--tail',
        '100',
      ],
    );
    const lines = logs.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => (JSON.parse(line) as { Log: string }).Log.slice(2)).join('\n');
  }

  async assign(role: string, principalId: string): Promise<void> {
    await this.az(
      ...['role', 'assignment', 'create', '--role', role, '--scope', this.registryId],
      ...['--assignee-object-id', principalId, '--assignee-principal-type', 'ServicePrincipal'],
    );
  }

  principalOf(app: string): Promise<string> {
    const query = ['--query', 'identity.principalId'];
    return this.text('containerapp', 'show', '--name', app, '--resource-group', 'rg', ...query);
  }

  async close(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

describe.skipIf(!existsSync(BUSYBOX))('in a network of its own', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start([]);
  });
  afterAll(() => world.close());

  const ask = (query: string): string =>
    `wget -qO- --header "X-IDENTITY-HEADER: $IDENTITY_HEADER" "$IDENTITY_ENDPOINT?api-version=2019-08-01&${query}"; echo`;
  const metadata = (query: string): string =>
    `wget -qO- --header "Metadata: true" "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&${query}"; echo`;

  it('a program gets tokens where Azure gives them', async () => {
    const user = ['--name', 'reader', '--resource-group', 'rg'];
    const id = await world.text('identity', 'create', ...user, '--query', 'id');
    const clientId = await world.text('identity', 'show', ...user, '--query', 'clientId');
    const script = [
      'echo "$IDENTITY_ENDPOINT"',
      ask(`resource=${ARM}`),
      ask(`resource=${ARM}&client_id=${clientId}`),
      metadata(`resource=${ARM}`),
      'wget -O- "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01" 2>&1',
      'wget -O- "$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=x" 2>&1',
      'echo done',
    ];
    const output = await world.run('inside', script.join('\n'), /^done$/m, ['--user-assigned', id]);
    expect(output).toContain('http://localhost:42356/msi/token');
    const answers = output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, string>);
    const principalId = await world.principalOf('inside');
    const [system, byClient, virtual] = answers;
    expect([system, byClient, virtual].map((answer) => answer?.['client_id'])).toEqual([
      principalId,
      clientId,
      principalId,
    ]);
    expect(virtual).toMatchObject({ token_type: 'Bearer', resource: ARM, expires_in: '3599' });
    expect(output.match(/400 Bad Request/g)).toHaveLength(2);
  });
});

const stockAz = findStockAz();
if (stockAz === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}
describe.skipIf(!existsSync(BUSYBOX) || stockAz === undefined)("on this machine's network", () => {
  let world: World;
  /** Of a shell that asks for tokens as the app `outside` does. */
  let atTerminal: Record<string, string>;
  beforeAll(async () => {
    world = await World.start([
      '--isolation',
      'process',
      '--role-propagation',
      String(DELAY_SECONDS),
    ]);
  });
  afterAll(() => world.close());

  /** The environment of a program that finds this Lazurite, signed in as nobody. */
  function environment(): Record<string, string> {
    const file = join(world.home, 'run', 'env.json');
    const given = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    return { ...given, AZURE_CONFIG_DIR: world.path('azure'), HOME: world.path('') };
  }

  function variables(): string {
    return Object.entries(environment())
      .map(([name, value]) => `export ${name}='${value}'`)
      .join('\n');
  }

  it('az login --identity signs in, and its roles say what of a registry it sees', async () => {
    const gateway = await world.text('cloud', 'show', '--query', 'endpoints.resourceManager');
    const az = stockAz!;
    const script = [
      variables(),
      `${az} cloud register --name local --endpoint-resource-manager ${gateway} --endpoint-management ${gateway} --endpoint-active-directory ${gateway}/adfs --endpoint-active-directory-resource-id ${ARM}`,
      `${az} cloud set --name local`,
      `${az} login --identity --query '[0].user' --output json`,
      `${az} account get-access-token --resource ${REGISTRY} --query accessToken --output tsv`,
      'echo "$IDENTITY_ENDPOINT $IDENTITY_HEADER"',
      'echo signed-in',
    ];
    const output = await world.run('outside', script.join('\n'), /^signed-in$/m);
    atTerminal = { ...environment(), ...identityIn(output) };
    expect(output).toMatch(/"assignedIdentityInfo": "MSI"/);
    const token = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/m.exec(output)?.[0] ?? '';
    const principalId = await world.principalOf('outside');

    expect(await accessWith(token)).toEqual({ pull: false, push: false, remove: false });
    await world.assign('AcrPull', principalId);
    // The assignment is there, and has no effect yet.
    expect(await accessWith(token)).toEqual({ pull: false, push: false, remove: false });
    const pulls = async (): Promise<boolean> => (await accessWith(token)).pull;
    await expect.poll(pulls, { timeout: DELAY_SECONDS * 4_000, interval: 250 }).toBe(true);
    expect(await accessWith(token)).toEqual({ pull: true, push: false, remove: false });
    await world.assign('AcrPush', principalId);
    await world.assign('AcrDelete', principalId);
    const removes = async (): Promise<boolean> => (await accessWith(token)).remove;
    await expect.poll(removes, { timeout: DELAY_SECONDS * 4_000, interval: 250 }).toBe(true);
    expect(await accessWith(token)).toEqual({ pull: true, push: true, remove: true });
  });

  it('az acr login works for the identity that signed in, with its roles', async () => {
    const az = (...args: string[]): Promise<string> => typed(atTerminal, args);
    const registry = ['--name', 'acrmsi'];
    const given = ['--expose-token', '--query', 'refreshToken', '--output', 'tsv'];
    expect(await az('acr', 'login', ...registry, ...given)).toMatch(
      /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/,
    );
    const tags = ['acr', 'repository', 'show-tags', ...registry, '--repository', 'probe'];
    expect(await az(...tags, '--output', 'tsv')).toBe('v1\n');
  });

  it('ManagedIdentityCredential of the SDK gets a token', async () => {
    const output = await world.run(
      'sdk',
      'echo "$IDENTITY_ENDPOINT $IDENTITY_HEADER"',
      /msi\/token/,
    );
    Object.assign(process.env, identityIn(output));
    try {
      const { token } = await new ManagedIdentityCredential().getToken(`${ARM}.default`);
      const [, payload = ''] = token.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { oid: string };
      expect(claims.oid).toBe(await world.principalOf('sdk'));
      const other = new ManagedIdentityCredential({ clientId: crypto.randomUUID() });
      await expect(other.getToken(`${ARM}.default`)).rejects.toThrow(/managed identity/i);
    } finally {
      delete process.env['IDENTITY_ENDPOINT'];
      delete process.env['IDENTITY_HEADER'];
    }
  });

  function identityIn(output: string): Record<string, string> {
    const [, endpoint = '', header = ''] = /^(http\S+) (\S+)$/m.exec(output) ?? [];
    return { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header };
  }

  /** The standard output of the stock az. */
  async function typed(own: Record<string, string>, args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(stockAz!, args, {
      env: { ...process.env, ...own },
    });
    return stdout;
  }

  /** What the registry lets the bearer of an identity's token do with a repository. */
  async function accessWith(token: string): Promise<Record<'pull' | 'push' | 'remove', boolean>> {
    const base = `http://${world.loginServer}`;
    const form = (fields: Record<string, string>): RequestInit => ({
      method: 'POST',
      body: new URLSearchParams({ service: world.loginServer, ...fields }),
    });
    const exchanged = await fetch(
      `${base}/oauth2/exchange`,
      form({ grant_type: 'access_token', access_token: token }),
    );
    const { refresh_token: refresh } = (await exchanged.json()) as { refresh_token?: string };
    if (refresh === undefined) return { pull: false, push: false, remove: false };
    const issued = await fetch(
      `${base}/oauth2/token`,
      form({
        grant_type: 'refresh_token',
        refresh_token: refresh,
        scope: 'repository:probe:pull,push,delete',
      }),
    );
    const { access_token: access } = (await issued.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${access}` };
    const status = async (method: string, path: string): Promise<boolean> =>
      (await fetch(`${base}/v2/probe/${path}`, { method, headers })).status !== 401;
    return {
      pull: await status('GET', 'manifests/v1'),
      push: await status('POST', 'blobs/uploads/'),
      remove: await status('DELETE', `manifests/sha256:${'0'.repeat(64)}`),
    };
  }
});
