import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENTRY } from '../support/lazurite-command.js';
import { HOSTS, openPrivateMachine, type PrivateMachine } from '../support/private-machine.js';
import { findStockAz } from '../support/stock-az.js';
import { startPrivateDockerd } from './private-daemons.js';
import { findTool } from './registry-command.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RG = 'rg-aca-lab-acr';
const az = findStockAz();
const missing = [
  az === undefined && 'az',
  ...['dockerd', 'docker', 'docker-buildx', 'curl', 'nsenter'].map(
    (name) => findTool(name) === undefined && name,
  ),
  process.geteuid?.() !== 0 && 'root',
].filter((name): name is string => typeof name === 'string');
if (missing.length > 0 && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error(`LAZURITE_REQUIRE_CLIENTS=1, but there is no ${missing.join(', no ')}`);
}

/** Names, as the seed's scripts have them. */
interface Names {
  app: string;
  registry: string;
  environment: string;
}

// Beside stock docker and az this needs nothing from the network: what they ask Azure for is here.
describe.skipIf(missing.length > 0)(
  `with Azure's names (needs ${missing.join(', ') || 'nothing more'})`,
  () => {
    let folder = '';
    let machine: PrivateMachine;
    let env: NodeJS.ProcessEnv = process.env;
    let names: Names;
    let stopDocker = async (): Promise<void> => undefined;
    const home = (): string => join(folder, 'home');
    const hosts = (): string => readFileSync(machine.hostsFile, 'utf8');

    const succeed = async (...argv: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await machine.run(argv, env);
      if (exitCode !== 0) throw new Error(`${argv.join(' ')}\n${stderr}${stdout}`);
      return stdout.trim();
    };
    const lazurite = (...argv: string[]): Promise<string> =>
      succeed(process.execPath, ENTRY, ...argv, '--home', home());
    const docker = (...argv: string[]): Promise<string> => succeed('docker', ...argv);
    const call = (...argv: string[]): Promise<string> => succeed(az!, ...argv);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'azure-names-'));
      machine = await openPrivateMachine(folder);
      await lazurite('up', '--azure-names', '--detach', '--port', '0');
      const variables = JSON.parse(await lazurite('env', '--json')) as Record<string, string>;
      const dockerd = await startPrivateDockerd(machine, folder);
      env = {
        ...process.env,
        ...variables,
        DOCKER_HOST: dockerd.address,
        DOCKER_CONFIG: join(folder, 'docker-config'),
      };
      const plugins = join(folder, 'docker-config', 'cli-plugins');
      mkdirSync(plugins, { recursive: true });
      symlinkSync(findTool('docker-buildx')!, join(plugins, 'docker-buildx'));
      stopDocker = dockerd.close;
    });
    afterAll(async () => {
      await stopDocker();
      await lazurite('down');
      await machine.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('C1: docker manifest inspect mcr.microsoft.com/mcr/hello-world:latest', async () => {
      const text = await docker('manifest', 'inspect', 'mcr.microsoft.com/mcr/hello-world:latest');
      const { manifests } = JSON.parse(text) as { manifests: { platform: object }[] };
      expect(manifests.map(({ platform }) => platform)).toMatchObject([
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64' },
        { os: 'windows', architecture: 'amd64', 'os.version': expect.any(String) as string },
      ]);
    });

    it('B3, B4: the group and the deployment', async () => {
      expect(await call('group', 'create', '--name', RG, '--location', 'koreacentral')).toContain(
        'Succeeded',
      );
      const deployed = await call(
        ...['deployment', 'group', 'create', '--name', 'lab', '--resource-group', RG],
        ...['--template-file', join(ROOT, 'labs/acr-pull-failure/infra/main.bicep')],
        ...['--parameters', 'baseName=labacr'],
      );
      expect(deployed).toContain('"provisioningState": "Succeeded"');
    });

    it('B5–B7: the outputs', async () => {
      const output = (name: string): Promise<string> =>
        call(
          ...['deployment', 'group', 'show', '--name', 'lab', '--resource-group', RG],
          ...['--query', `properties.outputs.${name}.value`, '--output', 'tsv'],
        );
      names = {
        app: await output('containerAppName'),
        registry: await output('containerRegistryName'),
        environment: await output('environmentName'),
      };
      expect(names.app).toMatch(/^ca-labacr-/);
      expect(names.environment).toMatch(/^cae-labacr-/);
      expect(await output('containerRegistryLoginServer')).toBe(`${names.registry}.azurecr.io`);
      expect(hosts()).toContain(`127.0.0.1\t${names.registry}.azurecr.io\t`);
    });

    it('B11: az acr login', async () => {
      expect(await call('acr', 'login', '--name', names.registry)).toContain('Login Succeeded');
    });

    it('az acr check-health finds the registry by its name, and gets its tokens', async () => {
      const server = `${names.registry}.azurecr.io`;
      const health = ['acr', 'check-health', '--name', names.registry, '--yes', '--ignore-errors'];
      // it warns of what works, and this machine may have no Helm
      const { stderr: said } = await machine.run([az!, ...health], env);
      expect(said).toContain(`DNS lookup to ${server} at IP 127.0.0.1 : OK`);
      expect(said).toContain(`Challenge endpoint https://${server}/v2/ : OK`);
      expect(said).toContain(`Fetch access token for registry '${server}' : OK`);
    });

    it('B12, B13: docker build and push NAME.azurecr.io/labacr:v1', async () => {
      const image = `${names.registry}.azurecr.io/labacr:v1`;
      const context = join(ROOT, 'labs/acr-pull-failure/workload');
      await docker('build', '--tag', image, context);
      expect(await docker('push', image)).toMatch(/v1: digest: sha256:[0-9a-f]{64}/);
      const tags = await call(
        ...['acr', 'repository', 'show-tags', '--name', names.registry],
        ...['--repository', 'labacr', '--output', 'tsv'],
      );
      expect(tags).toBe('v1');
    });

    it('B14: the app is updated to it, and answers at https://FQDN', async () => {
      const state = await call(
        ...['containerapp', 'update', '--name', names.app, '--resource-group', RG],
        ...['--image', `${names.registry}.azurecr.io/labacr:v1`],
        ...['--query', 'properties.provisioningState', '--output', 'tsv'],
      );
      expect(state).toBe('Succeeded');
      const fqdn = await call(
        ...['containerapp', 'show', '--name', names.app, '--resource-group', RG],
        ...['--query', 'properties.configuration.ingress.fqdn', '--output', 'tsv'],
      );
      const retried = ['--retry', '30', '--retry-all-errors', '--retry-delay', '1'];
      const page = await succeed('curl', '--silent', '--fail', ...retried, `https://${fqdn}`);
      expect(JSON.parse(page)).toMatchObject({ message: 'Hello from the acr-pull-failure lab' });
    });

    it('C3: az acr import, and one row a manifest', async () => {
      const registry = names.registry;
      await call(
        ...['acr', 'import', '--name', registry, '--image', 'hello-world:latest'],
        ...['--source', 'docker.io/library/hello-world:latest'],
      );
      const rows = JSON.parse(
        await call(
          ...['acr', 'manifest', 'list-metadata', '--name', 'hello-world'],
          ...['--registry', registry, '--only-show-errors', '--output', 'json'],
        ),
      ) as { os?: string; architecture?: string; tags?: string[] }[];
      const platforms = rows
        .filter(({ os }) => os)
        .map(({ os, architecture }) => `${os}/${architecture}`);
      expect(platforms.sort()).toEqual([
        'linux/amd64',
        'linux/arm',
        'linux/arm64',
        'windows/amd64',
      ]);
      expect(rows.filter(({ tags }) => tags?.includes('latest'))).toHaveLength(1);
    });

    it('a crash leaves names behind only until the next start or down', async () => {
      const { pid } = JSON.parse(readFileSync(join(home(), 'run', 'owner.json'), 'utf8')) as {
        pid: number;
      };
      process.kill(pid, 'SIGKILL');
      expect(hosts()).toContain('.azurecr.io');
      await lazurite('down');
      expect(hosts()).toBe(HOSTS);

      await lazurite('up', '--azure-names', '--detach', '--port', '0');
      expect(hosts()).toContain(`${names.registry}.azurecr.io`);
      await lazurite('down');
      expect(hosts()).toBe(HOSTS);
    });

    it('a port that is taken is refused with the name of who has it', async () => {
      const listen = "require('net').createServer().listen(443,'127.0.0.1',()=>console.log('on'))";
      const holder = machine.start([process.execPath, '-e', listen]);
      await once(holder.stdout!, 'data');
      await expect(lazurite('up', '--azure-names', '--port', '0')).rejects.toThrow(
        /port 443 on 127\.0\.0\.1 is in use\n {2}why: {2}node \(process \d+\) listens there/,
      );
      holder.kill();
      await once(holder, 'exit');
    });
  },
);
