import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findStockAz } from '../support/stock-az.js';
import { startStockServer, type StockServer } from '../support/stock-server.js';

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
});
