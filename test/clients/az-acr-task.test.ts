import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findStockAz } from '../support/stock-az.js';
import { startStockServer, type StockServer } from '../support/stock-server.js';

const executable = findStockAz();
if (executable === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

const TASK = ['-n', 'crossing', '-r', 'fromacr'];

/** A task of one registry that uses an image of another, as the stock az lets it. */
describe.skipIf(executable === undefined)('a task across registries', () => {
  let stock: StockServer;
  let other: string;
  let otherId: string;

  beforeAll(async () => {
    stock = await startStockServer(executable!, { name: 'az-acr-task' });
    await stock.json('group', 'create', '-n', 'rg', '-l', 'koreacentral');
    for (const name of ['fromacr', 'otheracr']) {
      const admin = ['--sku', 'Basic', '--admin-enabled', 'true'];
      await stock.json('acr', 'create', '-g', 'rg', '-n', name, ...admin);
    }
    other = await stock.text('acr', 'show', '-n', 'otheracr', '--query', 'loginServer');
    otherId = await stock.text('acr', 'show', '-n', 'otheracr', '--query', 'id');
    writeFileSync(join(stock.directory, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    writeFileSync(join(stock.directory, '.dockerignore'), 'home\n');
    await stock.json('acr', 'build', '-r', 'otheracr', '-t', 'base:v1', '--no-logs', '.');
    const cmd = ['--cmd', `docker pull ${other}/base:v1`, '-c', '/dev/null'];
    await stock.json('acr', 'task', 'create', ...TASK, ...cmd);
  });
  afterAll(() => stock.close());

  const run = async (): Promise<string> => {
    const { stdout, stderr } = await stock.az('acr', 'task', 'run', ...TASK);
    return stdout + stderr;
  };
  const credential = (verb: string, ...more: string[]): Promise<unknown> =>
    stock.json('acr', 'task', 'credential', verb, ...TASK, '--login-server', other, ...more);

  it('fails without a login', async () => {
    expect(await run()).toMatch(/unauthorized|authentication required/i);
  });

  it('works with a password, which nobody is shown, until it is taken away', async () => {
    const password = await stock.text(
      ...['acr', 'credential', 'show', '-n', 'otheracr', '--query', 'passwords[0].value'],
    );
    const added = await credential('add', '-u', 'otheracr', '-p', password);
    expect(added).toMatchObject({ [other]: { identity: null } });
    expect(JSON.stringify(added)).not.toContain(password);
    expect(await stock.text('acr', 'task', 'show', ...TASK)).not.toContain(password);
    const ran = await run();
    expect(ran).toContain('was successful');
    expect(ran).not.toContain(password);
    await credential('update', '-u', 'otheracr', '-p', 'wrong');
    expect(await run()).toMatch(/unauthorized|authentication required/i);
    expect(await credential('remove')).toEqual({});
    expect(await stock.json('acr', 'task', 'credential', 'list', ...TASK)).toEqual({});
  });

  it.each(['system', 'user'])('works as a %s-assigned identity that has a role', async (kind) => {
    const user = ['identity', 'create', '-g', 'rg', '-n', 'puller'];
    const id = kind === 'user' ? await stock.text(...user, '--query', 'id') : '[system]';
    const assign = ['acr', 'task', 'identity', 'assign', ...TASK, '--identities', id];
    await stock.json(...assign);
    const shown = (await stock.json('acr', 'task', 'identity', 'show', ...TASK)) as {
      principalId: string | null;
      userAssignedIdentities: Record<string, { principalId: string; clientId: string }> | null;
    };
    const assigned = shown.userAssignedIdentities?.[id];
    const use = ['--use-identity', assigned?.clientId ?? id];
    await credential('add', ...use);
    expect(await run()).toMatch(/failed to login, err: the identity/);
    const principal = assigned?.principalId ?? shown.principalId ?? '';
    await stock.json(
      ...['role', 'assignment', 'create', '--role', 'AcrPull', '--scope', otherId],
      ...['--assignee', principal],
    );
    expect(await run()).toContain('was successful');
    await credential('remove');
    await stock.json('acr', 'task', 'identity', 'remove', ...TASK, '--identities', '[all]');
    expect(await stock.json('acr', 'task', 'identity', 'show', ...TASK)).toMatchObject({
      type: 'None',
    });
  });
});
