import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';

// An app that pulls as its own system-assigned identity: what the registry says to it follows from its roles.

const ACR_PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const WORKLOAD = join('labs', 'acr-pull-failure', 'workload');

let directory: string;
let server: RunningServer;
let appId: string;
let registryId: string;

async function az(...args: string[]): Promise<string> {
  const env = { LAZURITE_HOME: server.home };
  const { code, stdout, stderr } = await lazurite(['az', ...args], { env });
  if (code !== 0) throw new Error(`az ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout.trim();
}

const text = (...args: string[]): Promise<string> => az(...args, '--output', 'tsv');

async function put(id: string, apiVersion: string, body: unknown): Promise<void> {
  const url = `${id}?api-version=${apiVersion}`;
  await az('rest', '--method', 'put', '--url', url, '--body', JSON.stringify(body));
}

function appBody(environmentId: string, loginServer: string, tag: string): unknown {
  return {
    location: 'eastus',
    identity: { type: 'SystemAssigned' },
    properties: {
      environmentId,
      configuration: {
        ingress: { external: true, targetPort: 8000 },
        registries: [{ server: loginServer, identity: 'system' }],
      },
      template: { containers: [{ name: 'app', image: `${loginServer}/app:${tag}` }] },
    },
  };
}

async function healthOf(tag: string): Promise<string> {
  const loginServer = await text('acr', 'show', '--name', 'acrident', '--query', 'loginServer');
  const group = ['--resource-group', 'rg'];
  const environment = ['env', 'show', '--name', 'env', ...group, '--query', 'id'];
  const environmentId = await text('containerapp', ...environment);
  await put(appId, '2024-03-01', appBody(environmentId, loginServer, tag));
  const list = ['containerapp', 'revision', 'list', '--name', 'caident', ...group];
  const query = ['--query', 'sort_by([], &properties.createdTime)[-1].properties.healthState'];
  let health = '';
  await expect
    .poll(async () => (health = await text(...list, ...query)), { timeout: 60_000, interval: 300 })
    .toMatch(/^(Healthy|Unhealthy)$/);
  return health;
}

const systemLog = (): Promise<string> =>
  az(
    ...['containerapp', 'logs', 'show', '--name', 'caident', '--resource-group', 'rg'],
    ...['--type', 'system', '--tail', '20'],
  );

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-identity-'));
  server = await startServer(join(directory, 'home'));
  await az('group', 'create', '--name', 'rg', '--location', 'eastus');
  // the admin user stays off: builds do not need it, and no app could use it
  await az('acr', 'create', '--name', 'acrident', '--resource-group', 'rg', '--sku', 'Basic');
  registryId = await text('acr', 'show', '--name', 'acrident', '--query', 'id');
  appId = `${registryId.slice(0, registryId.indexOf('/providers/'))}/providers/Microsoft.App/containerApps/caident`;
  for (const tag of ['v1', 'v2']) {
    await az('acr', 'build', '--registry', 'acrident', '--image', `app:${tag}`, WORKLOAD);
  }
  await az('containerapp', 'env', 'create', '--name', 'env', '--resource-group', 'rg');
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('an app that pulls as its own identity', () => {
  it('is not authorised without a role, and the diagnosis names the role', async () => {
    expect(await healthOf('v1')).toBe('Unhealthy');
    expect(await systemLog()).toContain('ImagePullUnauthorized');
    const { stdout } = await lazurite(['doctor', 'caident', '--home', server.home]);
    expect(stdout).toContain('az role assignment create --role AcrPull --assignee-object-id');
    expect(stdout).toContain('az acr show --name acrident --query id');
  });

  it('pulls once it has AcrPull', async () => {
    const query = ['--query', 'identity.principalId'];
    const principalId = await text(
      ...['containerapp', 'show', '--name', 'caident', '--resource-group', 'rg', ...query],
    );
    const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${ACR_PULL}`;
    await put(
      `${registryId}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}`,
      '2022-04-01',
      { properties: { roleDefinitionId, principalId, principalType: 'ServicePrincipal' } },
    );
    expect(await healthOf('v2')).toBe('Healthy');
  });
});
