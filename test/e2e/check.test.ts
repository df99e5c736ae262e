import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../src/check/report/check-report.js';
import { pushImage, pushIndex } from '../../src/check/testing/push-images.js';
import { parsePlatform } from '../../src/oci/platform.js';
import { parseReference } from '../../src/oci/reference.js';
import { createRegistryClient } from '../../src/remote/client.js';
import type { RepositoryClient } from '../../src/remote/registry-client.js';
import { startStandalone, type RegistryServer } from '../clients/registry-server.js';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';

const AMD64 = parsePlatform('linux/amd64')!;
const ARM64 = parsePlatform('linux/arm64')!;

let server: RegistryServer;
let folder: string;
beforeAll(async () => {
  server = await startStandalone({ tls: false });
  folder = join(server.directory, 'targets');
  mkdirSync(folder);
  const app = repositoryOf('team/app');
  await pushImage(app, 'arm64', ARM64);
  await pushIndex(app, 'multiarch', [AMD64, ARM64]);
  await pushIndex(app, 'overwritten', [AMD64, ARM64, parsePlatform('linux/arm/v7')!]);
  await pushImage(app, 'overwritten', AMD64);
});
afterAll(() => server.close());

function repositoryOf(name: string): RepositoryClient {
  const client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: server.url }) });
  return client.repository(server.address, parseReference(`${server.address}/${name}`)!.repository);
}

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A container app of a registry that Azure calls acrlab.azurecr.io. */
const templateOf = (repository: string): string => `param tag string
resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = { name: 'acrlab' }
resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'ca-arch-lab'
  location: resourceGroup().location
  properties: { template: { containers: [
    { name: 'app', image: '\${registry.properties.loginServer}/${repository}:\${tag}' }
  ] } }
}
`;

const check = (...argv: string[]) => lazurite(['check', ...argv], { cwd: folder });

async function checkJson(...argv: string[]): Promise<{ code: number | null; report: CheckReport }> {
  const { code, stdout } = await check(...argv, '--format', 'json');
  return { code, report: JSON.parse(stdout) as CheckReport };
}

const codes = ({ findings }: CheckReport): string[] =>
  findings.map(({ code }) => code).filter((code) => code !== 'LZ1301');

describe('lazurite check, against a registry that runs', () => {
  it('finds the fault of the multi-architecture lab in a template, before it is deployed', async () => {
    put('main.bicep', templateOf('team/app'));
    const resolve = ['--resolve', `acrlab.azurecr.io=${server.address}`];
    const bad = await check('main.bicep', '--parameters', 'tag=arm64', ...resolve);
    expect(bad.stdout).toContain(
      'error LZ1102 acrlab.azurecr.io/team/app:arm64 is made for linux/arm64',
    );
    expect(bad.stdout).toContain('image OS/Arc must be linux/amd64 but found linux/arm64');
    expect(bad.stdout).toContain('  at main.bicep:7:27');
    expect(bad.code).toBe(1);
    const good = await check('main.bicep', '--parameters', 'tag=multiarch', ...resolve);
    expect(good.stdout).toContain('0 errors');
    expect(good.code).toBe(0);
  });

  it('tells which child each node platform gets, from standard input', async () => {
    const pod = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: c, image: "${server.address}/team/app:multiarch" }] }
`;
    const argv = ['check', '-', '--platform', 'linux/amd64,linux/arm64', '--format', 'json'];
    const { code, stdout } = await lazurite(argv, { cwd: folder, stdin: pod });
    const report = JSON.parse(stdout) as CheckReport;
    expect(code).toBe(0);
    const platforms = report.images[0]!.uses[0]!.platforms;
    expect(platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(new Set(platforms.map(({ digest }) => digest)).size).toBe(2);
  });

  it.each([
    ['a tag that is not there', 'team/app:multiarhc', 'LZ1001', /use .*team\/app:multiarch/],
    ['a repository that is not there', 'team/none:v1', 'LZ1002', /docker push/],
    ['an index that was pushed over', 'team/app:overwritten', 'LZ1303', /lazurite image copy/],
  ])('%s', async (_name, image, code, fix) => {
    const { report } = await checkJson(`${server.address}/${image}`);
    expect(codes(report)).toEqual([code]);
    expect(report.findings.find((one) => one.code === code)?.fix).toMatch(fix);
  });

  it('--deep reads what is in the images', async () => {
    const { code, report } = await checkJson(`${server.address}/team/app:multiarch`, '--deep');
    expect(codes(report)).toEqual(['LZ1208']);
    expect(report.images[0]!.uses[0]!.platforms[0]).toMatchObject({ verified: true });
    expect(code).toBe(0);
  });

  it('a registry that does not answer is said so', async () => {
    const { code, report } = await checkJson('localhost:1/team/app:v1');
    expect(codes(report)).toEqual(['LZ1005']);
    expect(code).toBe(1);
  });

  it('allows what the configuration allows', async () => {
    const config =
      'allow:\n  - { code: LZ1102, image: "**/team/app:arm64", reason: "runs on arm only" }\n';
    put('allowed.yaml', config);
    const image = `${server.address}/team/app:arm64`;
    const { code, report } = await checkJson(image, '--config', 'allowed.yaml');
    expect(report.findings.find((one) => one.code === 'LZ1102')?.allowed).toBe('runs on arm only');
    expect(code).toBe(0);
  });

  it('pulls with the credentials of docker, and says when they do not do', async () => {
    const credentials = { username: 'me', password: 'secret' };
    const guarded = await startStandalone({ tls: false, credentials });
    try {
      const client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: guarded.url }) });
      const { repository } = parseReference(`${guarded.address}/a/app`)!;
      await pushImage(client.repository(guarded.address, repository, credentials), 'v1', AMD64);
      const argv = ['check', `${guarded.address}/a/app:v1`];
      const asUser = (pair: string) => {
        const auths = { [guarded.address]: { auth: btoa(pair) } };
        writeFileSync(join(guarded.directory, 'config.json'), JSON.stringify({ auths }));
        return lazurite(argv, { env: { DOCKER_CONFIG: guarded.directory } });
      };
      const wrong = await asUser('me:wrong');
      expect(wrong.stdout).toContain('error LZ1003');
      expect(wrong.stdout).toContain(`fix: docker login ${guarded.address}`);
      expect(wrong.code).toBe(1);
      const right = await asUser('me:secret');
      expect(right.stdout).toContain('1 image checked: 0 errors');
      expect(right.code).toBe(0);
    } finally {
      await guarded.close();
    }
  }, 20_000); // less than registries keep a connection whose answer nobody read

  it.each([
    ['sarif', /"version": "2\.1\.0"/],
    ['junit', /<testsuites name="lazurite check" tests="1" failures="1"/],
  ])('writes %s', async (format, text) => {
    const { code, stdout } = await check(`${server.address}/team/app:arm64`, '--format', format);
    expect(stdout).toMatch(text);
    expect(code).toBe(1);
  });

  it.each([
    [['--format', 'yaml', 'x'], /choices/],
    [['--platform', 'linux', 'nginx', '--concurrency', '0'], /above 0/],
    [['./missing.yaml'], /neither a file nor an image reference/],
    [['nginx', '--config', 'missing.yaml'], /can't be read/],
    [[], /missing required argument/],
  ])('wrong usage %j ends with 2', async (argv, message) => {
    const { code, stderr } = await check(...argv);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('lazurite check, beside a Lazurite that runs', () => {
  let running: RunningServer;
  let home: string;
  beforeAll(async () => {
    home = join(server.directory, 'home');
    running = await startServer(home);
    const az = (...argv: string[]) => lazurite(['az', ...argv], { env: { LAZURITE_HOME: home } });
    await az('group', 'create', '--name', 'rg', '--location', 'eastus');
    await az('acr', 'create', '--name', 'acrlab', '--resource-group', 'rg', '--sku', 'Basic');
    const login = await az('acr', 'login', '--name', 'acrlab', '--expose-token');
    const { loginServer, refreshToken } = JSON.parse(login.stdout) as Record<string, string>;
    const { registries } = JSON.parse(
      (await lazurite(['status', '--home', home, '--json'])).stdout,
    ) as { registries: { url: string }[] };
    const client = createRegistryClient({
      resolveEndpoint: () => ({ baseUrl: registries[0]!.url }),
    });
    const { registry, repository } = parseReference(`${loginServer!}/app`)!;
    const credentials = {
      username: '00000000-0000-0000-0000-000000000000',
      password: refreshToken!,
    };
    await pushImage(client.repository(registry, repository, credentials), 'v1', ARM64);
  });
  afterAll(() => running.stop());

  it.each([
    ['named with --home', () => ({ argv: ['--home', home], env: {} })],
    ['of the environment', () => ({ argv: [], env: { LAZURITE_HOME: home } })],
  ])('asks its registries for NAME.azurecr.io: %s', async (_name, options) => {
    const { argv, env } = options();
    put('local.bicep', templateOf('app'));
    const all = ['check', 'local.bicep', '--parameters', 'tag=v1', ...argv];
    const { code, stdout, stderr } = await lazurite(all, { cwd: folder, env });
    expect(stderr).toContain('acrlab.azurecr.io is asked at the Lazurite that runs here');
    expect(stdout).toContain('error LZ1102 acrlab.azurecr.io/app:v1 is made for linux/arm64');
    expect(code).toBe(1);
  });

  it('says what is wrong when nothing runs in the home that is named', async () => {
    const { code, stderr } = await check('nginx', '--home', join(server.directory, 'nowhere'));
    expect(stderr).toContain('no Lazurite runs in');
    expect(code).toBe(1);
  });
});
