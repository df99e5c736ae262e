import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAz } from '../../src/az/main.js';
import { findStockAz } from '../support/stock-az.js';
import { startStockServer, type StockServer } from '../support/stock-server.js';
import { steady } from './differential/case.js';

const executable = findStockAz();
if (executable === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

const DOCKERFILE = 'FROM scratch\nCOPY hello /hello\nENV PORT=8080\nEXPOSE 8080\nCMD ["/hello"]\n';

/** `az containerapp up`: from an image, from a folder, and once more with what has changed. */
describe.skipIf(executable === undefined)('az containerapp up', () => {
  let stock: StockServer;
  let source: string;

  beforeAll(async () => {
    stock = await startStockServer(executable!, { name: 'az-up' });
    source = join(stock.directory, 'source');
    mkdirSync(source);
    cpSync('workload/hello/bin/hello-linux-amd64', join(source, 'hello'));
    writeFileSync(join(source, 'Dockerfile'), DOCKERFILE);
  });
  afterAll(() => stock.close());

  const up = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await stock.az('containerapp', 'up', ...args);
    expect(code, stdout + stderr).toBe(0);
    return stdout + stderr;
  };
  const healthy = async (name: string): Promise<void> => {
    const revisions = ['containerapp', 'revision', 'list', '-g', 'rg', '-n', name];
    const state = (): Promise<string> =>
      stock.text(...revisions, '--query', '[0].properties.healthState');
    await expect.poll(state, { timeout: 60_000, interval: 500 }).toBe('Healthy');
  };

  it('from an image: makes the group, the environment and the app', async () => {
    const image = ['--image', 'mcr.microsoft.com/k8se/quickstart:latest'];
    const where = ['-g', 'rg', '--environment', 'cae', '--location', 'koreacentral'];
    const said = await up('-n', 'from-image', ...where, ...image);
    expect(said).toContain('Your container app from-image has been created and deployed!');
    await healthy('from-image');
    const app = await stock.json('containerapp', 'show', '-g', 'rg', '-n', 'from-image');
    expect(app).toMatchObject({
      properties: { configuration: { ingress: { external: true, targetPort: 80 } } },
    });
  });

  it('from a folder with a Dockerfile: makes a registry, builds there, runs what it built', async () => {
    const args = ['-n', 'from-source', '-g', 'rg', '--environment', 'cae', '--source', source];
    const said = await up(...args);
    expect(said).toMatch(/Run ID: ca1 was successful/);
    await healthy('from-source');
    const shown = ['containerapp', 'show', '-g', 'rg', '-n', 'from-source', '--query'];
    expect(await stock.text(...shown, 'properties.configuration.ingress.targetPort')).toBe('8080');
    const first = await stock.text(...shown, 'properties.latestRevisionName');
    const [registry] = (await stock.json('acr', 'list', '-g', 'rg', '--query', '[].name')) as [
      string,
    ];
    expect(registry).toMatch(/^ca[0-9a-f]{10}acr$/);

    writeFileSync(join(source, 'Dockerfile'), `${DOCKERFILE}LABEL version=2\n`);
    expect(await up(...args)).toMatch(/Run ID: ca2 was successful/);
    expect(await stock.text(...shown, 'properties.latestRevisionName')).not.toBe(first);
    await healthy('from-source');
  });

  const own = async (...argv: string[]): Promise<string> => {
    const environment = { LAZURITE_HOME: stock.home };
    let said = '';
    const say = (text: string): void => void (said += text);
    const io = { stdout: say, stderr: say, colour: false, environment };
    expect(await runAz(['containerapp', 'up', ...argv], io), said).toBe(0);
    return said;
  };
  const clients = { own, stk: up };

  /** The app of each client, as the other would have made it. */
  async function compare(name: string): Promise<void> {
    const [first, second] = await Promise.all(
      Object.keys(clients).map(async (client) => {
        const show = ['containerapp', 'show', '-g', 'rg', '-n', `${name}-${client}`];
        const shown = await stock.json(...show);
        // A registry that was there before goes by Azure's name in the stock client; both names are its own.
        return steady(JSON.stringify(shown, null, 2))
          .replaceAll(/\d{20}/g, '<tag>')
          .replaceAll(/<address>|ca\w{10}acr\.azurecr\.io/g, '<server>')
          .replaceAll(/localhost-\d+-|ca\w{10}acrazurecrio-/g, '<server>-');
      }),
    );
    expect(first).toBe(second);
  }

  it('our own does the same: an image, then another with variables and a port', async () => {
    const image = ['--image', 'mcr.microsoft.com/k8se/quickstart:latest', '-g', 'rg'];
    const hello = ['--image', 'mcr.microsoft.com/azuredocs/containerapps-helloworld:latest'];
    const more = ['--env-vars', 'A=1', 'B=2', '--ingress', 'internal', '--target-port', '8080'];
    for (const [client, run] of Object.entries(clients)) {
      const said = await run('-n', `app-${client}`, '--environment', 'cae', ...image);
      expect(said).toContain("Using ContainerAppEnvironment 'cae' in resource group rg");
    }
    await compare('app');
    for (const [client, run] of Object.entries(clients)) {
      // the group and the environment are those of the app
      const said = await run('-n', `app-${client}`, ...hello, ...more);
      expect(said).toContain(`Updating Containerapp app-${client} in resource group rg`);
    }
    await compare('app');
  });

  it('our own does the same: a folder, twice', async () => {
    const from = ['-g', 'rg', '--environment', 'cae', '--source', source];
    for (let time = 0; time < 2; time += 1) {
      for (const [client, run] of Object.entries(clients)) {
        expect(await run('-n', `src-${client}`, ...from)).toMatch(/was successful/);
      }
      await compare('src');
    }
    await healthy('src-own');
  });

  it('our own makes what is missing: group, environment and registry', async () => {
    const said = await own('-n', 'alone', '-g', 'fresh', '-l', 'koreacentral', '--source', source);
    expect(said).toContain("Creating resource group 'fresh'");
    expect(said).toContain("Creating ContainerAppEnvironment 'alone-env' in resource group fresh");
    const acrs = ['acr', 'list', '-g', 'fresh', '--query', '[].[location,adminUserEnabled]'];
    expect(await stock.json(...acrs)).toEqual([['koreacentral', true]]);
  });
});
