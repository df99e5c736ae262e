import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';
import { findStockAz } from '../support/stock-az.js';

const STOCK_AZ = findStockAz();
const CAN_TAKE_PORTS = process.getuid?.() === 0;

/**
 * A subscription that costs nothing: the stock Azure CLI with a cloud of its own, which is a Lazurite under
 * Azure's names. The lab knows nothing of it but what `az` answers.
 */
describe.skipIf(
  !CAN_TAKE_PORTS || (STOCK_AZ === undefined && !process.env['LAZURITE_REQUIRE_CLIENTS']),
)('lab run --target azure', () => {
  let folder: string;
  let server: RunningServer;
  let environment: Record<string, string | undefined>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lazurite-lab-azure-'));
    server = await startServer(join(folder, 'home'), ['--azure-names', '--image-admission', 'api']);
    const text = readFileSync(join(server.home, 'run', 'env.json'), 'utf8');
    const own = JSON.parse(text) as Record<string, string>;
    const path = `${dirname(STOCK_AZ ?? '')}${delimiter}${process.env['PATH'] ?? ''}`;
    const user = Object.entries(own).filter(([name]) => !name.startsWith('LAZURITE_'));
    environment = { ...Object.fromEntries(user), LAZURITE_HOME: undefined, PATH: path };
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function lab(...args: string[]) {
    const run = await lazurite(['lab', 'run', 'crash-loop', '--target', 'azure', ...args], {
      env: environment,
      cwd: folder,
    });
    return { code: run.code, said: run.stdout + run.stderr };
  }

  async function groupExists(name: string): Promise<string> {
    const args = ['az', 'group', 'exists', '-n', name];
    return (await lazurite(args, { env: { LAZURITE_HOME: server.home } })).stdout.trim();
  }

  it.each<[string, string[], string]>([
    ['without a resource group', [], '--target azure needs --resource-group'],
    ['when nobody agrees to the costs', ['--resource-group', 'rg-a'], 'nobody is there to agree'],
    [
      'with an isolation',
      ['--resource-group', 'rg-a', '--isolation', 'oci'],
      "can't be combined with --isolation",
    ],
    [
      'with a Lazurite that runs',
      ['--resource-group', 'rg-a', '--use-running'],
      "can't be combined with --use-running",
    ],
  ])('refuses %s, and makes nothing', async (_how, args, expected) => {
    const { code, said } = await lab(...args);
    expect(said).toContain(expected);
    expect(code).toBe(2);
    expect(await groupExists('rg-a')).toBe('false');
  });

  it('supports the hypothesis there, and deletes the group', async () => {
    const { code, said } = await lab('--resource-group', 'rg-a', '--yes', '--output', 'run');
    expect(said).toContain('use the subscription');
    expect(said).toContain('SUPPORTED');
    expect(code).toBe(0);
    expect(said).not.toContain('Ask Lazurite for the cause');
    expect(said).not.toContain('start a Lazurite of its own');
    await expect.poll(() => groupExists('rg-a'), { timeout: 30_000 }).toBe('false');
    const again = await lazurite(['lab', 'report', join(folder, 'run')]);
    expect(again.code, again.stderr).toBe(0);
  });

  it('leaves a group alone that was there before', async () => {
    const args = ['az', 'group', 'create', '-n', 'rg-mine', '-l', 'koreacentral'];
    await lazurite(args, { env: { LAZURITE_HOME: server.home } });
    const { code, said } = await lab('--resource-group', 'rg-mine', '--yes', '--output', 'mine');
    expect(said).toContain('INVALID');
    expect(code).toBe(1);
    expect(await groupExists('rg-mine')).toBe('true');
  });
});
