import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AzForkServer, type Outcome } from '../support/az-fork-server.js';
import { startStockServer, type StockServer } from '../support/stock-server.js';

// Debian 12 has the Azure CLI 2.45, of 2023: other api-versions, other libraries, no Container Apps. `.ci/debian-az`
// unpacks it where nothing else finds it.
const named = process.env['LAZURITE_DEBIAN_AZ'] ?? '/opt/lazurite-ci/debian-az/bin/az';
const executable = existsSync(named) ? named : undefined;
if (executable === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az of Debian: .ci/debian-az');
}

const LAB = fileURLToPath(new URL('../../labs/acr-pull-failure/', import.meta.url));

describe.skipIf(executable === undefined)(`az 2.45 (needs ${named})`, () => {
  let stock: StockServer;
  let registry: string;

  beforeAll(async () => {
    stock = await startStockServer(executable!, { name: 'az-debian' });
  });
  afterAll(() => stock.close());

  it('is the one of Debian', async () => {
    expect(await stock.json('version')).toMatchObject({ 'azure-cli': '2.45.0' });
  });

  it('account show, extension add, group create', async () => {
    expect(await stock.json('account', 'show')).toMatchObject({ name: 'Lazurite' });
    const add = ['extension', 'add', '--name', 'containerapp', '--upgrade'];
    expect((await stock.az(...add)).code).toBe(0);
    const group = await stock.json('group', 'create', '--name', 'rg', '--location', 'koreacentral');
    expect(group).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
  });

  it('deploys the lab from its Bicep file, and shows its outputs', async () => {
    const lab = ['--resource-group', 'rg', '--name', 'main'];
    const from = ['--template-file', join(LAB, 'infra/main.bicep'), '--parameters', 'baseName=lab'];
    const validate = ['deployment', 'group', 'validate', ...lab, ...from];
    expect(await stock.json(...validate)).toMatchObject({ error: null });
    const { stdout } = await stock.az('deployment', 'group', 'what-if', ...lab, ...from);
    expect(stdout).toMatch(/Resource changes: \d+ to create/);
    const created = await stock.json('deployment', 'group', 'create', ...lab, ...from);
    expect(created).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
    const output = 'properties.outputs.containerRegistryName.value';
    registry = await stock.text('deployment', 'group', 'show', ...lab, '--query', output);
    const operations = ['deployment', 'operation', 'group', 'list', ...lab, '--query', '[].id'];
    expect(await stock.json(...operations)).not.toEqual([]);
  });

  // This release takes the upload URL and the log's URL apart into account, suffix, container and blob.
  it('acr build of a folder, also one that fails, and acr run', async () => {
    const folder = join(stock.directory, 'context');
    mkdirSync(folder);
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY file /\n');
    writeFileSync(join(folder, 'file'), 'x');
    await stock.json('acr', 'create', '-g', 'rg', '-n', 'builder', '--sku', 'Basic');
    const build = ['acr', 'build', '--registry', 'builder', '--image', 'app:v1', folder];
    const built = await stock.az(...build);
    expect(built.stdout).toMatch(/Run ID: ca1 was successful after/);
    expect(built.code).toBe(0);
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY missing /\n');
    const failed = await stock.az(...build);
    expect(failed.stdout).toMatch(/Run ID: ca2 failed after/);
    expect(failed.code).toBe(1);
    const list = ['--cmd', 'acr tag list --registry builder --repository app', '/dev/null'];
    const { stdout } = await stock.az('acr', 'run', '--registry', 'builder', ...list);
    expect(stdout).toMatch(/app:v1\r?\n/);
    await stock.json('acr', 'delete', '-n', 'builder', '--yes');
  });

  it('acr import, repository show-tags, manifest list-metadata, task create and list', async () => {
    const source = ['--source', 'mcr.microsoft.com/mcr/hello-world:latest'];
    await stock.json('acr', 'import', '--name', registry, ...source, '--image', 'hello-world:v1');
    const tags = ['acr', 'repository', 'show-tags', '--name', registry, '--repository'];
    expect(await stock.json(...tags, 'hello-world')).toEqual(['v1']);
    const list = ['acr', 'manifest', 'list-metadata', '--registry', registry, '--name'];
    const architectures = ['--query', '[].architecture'];
    expect(await stock.json(...list, 'hello-world', ...architectures)).toEqual(
      expect.arrayContaining(['amd64', 'arm64']),
    );
    const task = ['acr', 'task', 'create', '-r', registry, '-n', 'nightly', '-c', '/dev/null'];
    await stock.json(...task, '--cmd', 'acr tag list --repository hello-world');
    const names = ['acr', 'task', 'list', '-r', registry, '--query', '[].name'];
    expect(await stock.json(...names)).toEqual(['nightly']);
    await stock.json('acr', 'task', 'run', '-r', registry, '-n', 'nightly', '--no-wait');
    const runs = ['acr', 'task', 'list-runs', '-r', registry, '--query', '[].runId'];
    expect(await stock.json(...runs)).toEqual(['ca1']);
  });

  it('acr show, credential show, token create, login --expose-token, check-name, delete', async () => {
    await stock.json('acr', 'create', '-g', 'rg', '-n', 'oldacr', '--sku', 'Basic');
    await stock.json('acr', 'update', '-n', 'oldacr', '--admin-enabled', 'true');
    expect(await stock.json('acr', 'show', '-n', 'oldacr')).toMatchObject({ name: 'oldacr' });
    expect(await stock.json('acr', 'credential', 'show', '-n', 'oldacr')).toMatchObject({
      username: 'oldacr',
    });
    const exposed = [
      'acr',
      'login',
      '--name',
      'oldacr',
      '--expose-token',
      '--query',
      'loginServer',
    ];
    expect(await stock.text(...exposed)).toMatch(/^localhost:\d+$/);
    const check = ['acr', 'check-name', '-n', 'oldacr', '--query', 'nameAvailable'];
    expect(await stock.text(...check)).toBe('false');
    await stock.json('acr', 'delete', '-n', 'oldacr', '--yes');
    const gone = await stock.az('acr', 'show', '-n', 'oldacr');
    expect(gone.stderr).toContain('could not be found in subscription');
  });

  it('identity, tag, lock, workspace, activity log', async () => {
    await stock.json('identity', 'create', '-g', 'rg', '-n', 'puller');
    const id = await stock.text('acr', 'show', '-n', registry, '--query', 'id');
    await stock.json('tag', 'create', '--resource-id', id, '--tags', 'a=b');
    await stock.json('lock', 'create', '-n', 'keep', '-t', 'CanNotDelete', '-g', 'rg');
    const refused = await stock.az('acr', 'delete', '-n', registry, '--yes');
    expect(refused.stderr).toContain('(ScopeLocked)');
    await stock.json('lock', 'delete', '-n', 'keep', '-g', 'rg');
    const workspace = ['monitor', 'log-analytics', 'workspace'];
    await stock.json(...workspace, 'create', '-g', 'rg', '-n', 'work-space');
    const keys = await stock.json(...workspace, 'get-shared-keys', '-g', 'rg', '-n', 'work-space');
    expect(keys).toHaveProperty('primarySharedKey');
    const log = [
      'monitor',
      'activity-log',
      'list',
      '-g',
      'rg',
      '--query',
      '[].operationName.value',
    ];
    expect(await stock.json(...log)).toContain('Microsoft.ContainerRegistry/registries/write');
  });

  it('cloud register asks for the endpoints; login takes the secret, and no other', async () => {
    const { gateway, clientId, clientSecret, tenantId } = stock.connection;
    const profile = join(stock.directory, 'own-profile');
    const own = new AzForkServer(executable!, { ...stock.environment, AZURE_CONFIG_DIR: profile });
    const az = (...argv: string[]): Promise<Outcome> => own.run(argv, stock.directory);
    const login = ['login', '--service-principal', '-u', clientId, '--tenant', tenantId, '-p'];
    try {
      const cloud = ['cloud', 'register', '-n', 'Local', '--endpoint-resource-manager', gateway];
      expect((await az(...cloud)).stderr).toBe('');
      await az('cloud', 'set', '-n', 'Local');
      expect((await az(...login, 'wrong')).stderr).toContain('AADSTS7000215');
      expect((await az(...login, clientSecret)).stdout).toContain('"cloudName": "Local"');
      expect((await az('group', 'list', '--query', '[].name', '-o', 'tsv')).stdout).toBe('rg\n');
    } finally {
      await own.close();
    }
  });

  it('group delete --no-wait', async () => {
    const { code, stderr } = await stock.az('group', 'delete', '-n', 'rg', '--yes', '--no-wait');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const exists = (): Promise<string> => stock.text('group', 'exists', '-n', 'rg');
    await expect.poll(exists, { timeout: 30_000 }).toBe('false');
  });
});
