import { spawn } from 'node:child_process';
import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazurite } from '../support/lazurite-command.js';
import { startStockServer } from '../support/stock-server.js';
import { findStockAz, startStockAz, type StockAz } from '../support/stock-az.js';

const executable = findStockAz();
if (executable === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

/** Opens the page as a browser would; in the background, as a program with a window does. */
const BROWSER = `${fileURLToPath(new URL('../support/browser.mjs', import.meta.url))} %s &`;

describe.skipIf(executable === undefined)('az login', () => {
  let stock: StockAz;
  let environment: NodeJS.ProcessEnv;
  beforeAll(async () => {
    stock = await startStockAz(executable!);
    const profile = join(stock.directory, 'signed-out');
    cpSync(stock.environment['AZURE_CONFIG_DIR']!, profile, { recursive: true });
    environment = { ...stock.environment, AZURE_CONFIG_DIR: profile, BROWSER };
    await az(['logout']);
  });
  afterAll(() => stock.close());

  async function az(
    args: string[],
    onError: (text: string) => void = () => undefined,
  ): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
    const child = spawn(executable!, args, { env: environment });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => onError((stderr += chunk.toString())));
    const exitCode = await new Promise<number | null>((done) => child.once('close', done));
    return { exitCode, stdout, stderr };
  }

  const account = async (): Promise<unknown> => {
    const { stdout } = await az(['account', 'show', '--output', 'json']);
    return stdout === '' ? undefined : (JSON.parse(stdout) as unknown);
  };

  it('knows nobody before', async () => {
    expect(await account()).toBeUndefined();
  });

  it('with a browser', async () => {
    const { exitCode, stderr } = await az(['login']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const user = { name: 'owner@lazurite.localhost', type: 'user' };
    expect(await account()).toMatchObject({ name: 'Lazurite', user });
    const group = await az(['group', 'create', '--name', 'rg', '--location', 'eastus']);
    expect(group.exitCode).toBe(0);
    await az(['logout']);
    expect(await account()).toBeUndefined();
  });

  it('with a device code', async () => {
    let entered: Promise<unknown> | undefined;
    const { exitCode, stderr } = await az(['login', '--use-device-code'], (text) => {
      const code = /enter the code (\w+) to/.exec(text)?.[1];
      if (code !== undefined) entered ??= enter(code);
    });
    await entered;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await account()).toMatchObject({ user: { type: 'user' } });
  });

  it('as a service principal, and not with a wrong secret', async () => {
    const { clientId, clientSecret, tenantId } = stock.world.principal;
    const login = (secret: string) =>
      az(['login', '--service-principal', '-u', clientId, '-p', secret, '--tenant', tenantId]);
    const refused = await login('wrong');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('AADSTS7000215');
    expect((await login(clientSecret)).exitCode).toBe(0);
    expect(await account()).toMatchObject({ user: { name: clientId, type: 'servicePrincipal' } });
  });

  it('as a service principal with a certificate, once there is one', async () => {
    const server = await startStockServer(executable!, { name: 'az-login-certificate' });
    try {
      const { clientId, tenantId } = server.connection;
      const made = async (): Promise<string> =>
        (await lazurite(['keys', 'certificate', '--home', server.home])).stdout.trim();
      const file = await made();
      const copy = join(server.directory, 'old.pem');
      copyFileSync(file, copy);
      await server.az('logout');
      const login = ['login', '--service-principal', '-u', clientId, '--tenant', tenantId];
      expect(await server.json(...login, '--certificate', file)).toMatchObject([
        { user: { name: clientId, type: 'servicePrincipal' } },
      ]);
      expect(await server.json('group', 'list')).toEqual([]);
      await made();
      await server.az('logout');
      const { code, stderr } = await server.az(...login, '--certificate', copy);
      expect([code, stderr]).toEqual([1, expect.stringContaining('AADSTS700027') as string]);
    } finally {
      await server.close();
    }
  });

  /** What a person does on the page, by the client that trusts the same authority. */
  function enter(code: string): Promise<unknown> {
    const page = `${stock.origin}/adfs/oauth2/deviceauth`;
    const script = `fetch(${JSON.stringify(page)}, { method: 'POST', body: new URLSearchParams({ user_code: ${JSON.stringify(code)} }) })`;
    const child = spawn(process.execPath, ['-e', script], { env: environment });
    return new Promise((done) => child.once('close', done));
  }
});
