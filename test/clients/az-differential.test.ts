import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allCommands } from '../../src/az/catalogue.js';
import { runAz } from '../../src/az/main.js';
import { AZ_DIFFERENCES } from '../support/az-differences.js';
import { AzForkServer, type Outcome } from '../support/az-fork-server.js';
import { startServer, type RunningServer } from '../support/lazurite-command.js';
import { findStockAz } from '../support/stock-az.js';
import { APP_CASES, JOB_CASES } from './differential/apps.js';
import { FORMATS, steady, wordsOf, type Case } from './differential/case.js';
import { REGISTRY_CASES, TASK_CASES } from './differential/registries.js';
import { RESOURCE_CASES } from './differential/resources.js';

const LAB = fileURLToPath(new URL('../../labs/acr-pull-failure', import.meta.url));
const stock = findStockAz();
if (stock === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

const LAW = (name: string, retention: number): string =>
  JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: { name: { type: 'string', defaultValue: name } },
    resources: [
      {
        type: 'Microsoft.OperationalInsights/workspaces',
        apiVersion: '2023-09-01',
        name: "[parameters('name')]",
        location: '[resourceGroup().location]',
        properties: { retentionInDays: retention },
      },
    ],
  });

const LAW_BICEP = `param name string
resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: resourceGroup().location
  properties: { retentionInDays: 30 }
}
output id string = workspace.id
`;

const SUITES: Readonly<Record<string, readonly Case[]>> = {
  resources: RESOURCE_CASES,
  registries: REGISTRY_CASES,
  tasks: TASK_CASES,
  apps: APP_CASES,
  jobs: JOB_CASES,
};

it('every command is compared, or its difference has a reason', async () => {
  const lines = Object.values(SUITES)
    .flat()
    .map(({ line }) => line);
  const commands = (await allCommands()).map(({ path }) => path);
  const isCompared = (path: string): boolean =>
    lines.some((line) => line.startsWith(`${path} `) || line === path);
  expect(commands.filter((path) => !isCompared(path) && !(path in AZ_DIFFERENCES))).toEqual([]);
  expect(Object.keys(AZ_DIFFERENCES).filter((path) => !commands.includes(path))).toEqual([]);
});

describe.skipIf(stock === undefined)('our own az beside the stock one', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-differential-'));
  const home = join(directory, 'home');
  const files = join(directory, 'files');
  const names: Record<string, string> = { FILES: files };
  let server: RunningServer;
  let links: Server;
  let stockAz: AzForkServer;

  const own = async (argv: readonly string[]): Promise<Outcome> => {
    const outcome: Outcome = { code: 0, stdout: '', stderr: '' };
    outcome.code = await runAz(argv, {
      stdout: (text) => void (outcome.stdout += text),
      stderr: (text) => void (outcome.stderr += text),
      colour: false,
      environment: { LAZURITE_HOME: home },
    });
    return outcome;
  };
  const done = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await own(argv);
    expect(code, `az ${argv.join(' ')}\n${stderr}`).toBe(0);
    return stdout.trim();
  };
  const text = async (query: string, ...argv: string[]): Promise<string> =>
    await done(...argv, '--query', query, '-o', 'tsv');

  beforeAll(async () => {
    mkdirSync(files);
    writeFileSync(join(files, 'law.json'), LAW('law', 30));
    writeFileSync(join(files, 'bad.json'), LAW('law', -5));
    writeFileSync(join(files, 'law.bicep'), LAW_BICEP);
    writeFileSync(join(files, 'long.json'), LAW('law', 90));
    writeFileSync(join(files, 'values.json'), '{"parameters":{"name":{"value":"law-deployed"}}}');
    copyFileSync(join(LAB, 'infra/main.bicep'), join(files, 'lab.bicep'));
    for (const [name, using, value] of [
      ['law', "'law.bicep'", "'law-param'"],
      ['none', 'none', "'law-param'"],
      ['bad', "'law.bicep'", '1 +'],
    ]) {
      writeFileSync(join(files, `${name}.bicepparam`), `using ${using}\nparam name = ${value}\n`);
    }
    links = createServer((request, response) => {
      const path = join(files, basename(request.url ?? ''));
      if (existsSync(path)) response.end(readFileSync(path));
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => links.listen(0, '127.0.0.1', listening));
    names['LINKS'] = `http://127.0.0.1:${(links.address() as AddressInfo).port}`;
    server = await startServer(home);
    const environment = readFileSync(join(home, 'run', 'env.json'), 'utf8');
    stockAz = new AzForkServer(stock!, {
      ...(JSON.parse(environment) as Record<string, string>),
      LAZURITE_HOME: home,
    });
    names['SINCE'] = new Date().toISOString();
    await done('group', 'create', '-n', 'rg', '-l', 'koreacentral');
    const deploy = ['deployment', 'group', 'create', '-g', 'rg', '-n', 'lab'];
    await done(...deploy, '-f', join(LAB, 'infra/main.bicep'), '-p', 'baseName=labacr');
    for (const [name, output] of [
      ['ACR', 'containerRegistryName'],
      ['SERVER', 'containerRegistryLoginServer'],
      ['APP', 'containerAppName'],
      ['ENVIRONMENT', 'environmentName'],
    ] as const) {
      const show = ['deployment', 'group', 'show', '-g', 'rg', '-n', 'lab'];
      names[name] = await text(`properties.outputs.${output}.value`, ...show);
    }
    const { ACR = '', APP = '', SERVER = '' } = names;
    await done('acr', 'build', '-r', ACR, '-t', 'labacr:v1', join(LAB, 'workload'));
    await done('acr', 'create', '-n', 'premium1', '-g', 'rg', '--sku', 'Premium');
    const PULLER = await text('id', 'identity', 'create', '-n', 'puller', '-g', 'rg');
    const CLIENT = await text('clientId', 'identity', 'show', '-n', 'puller', '-g', 'rg');
    await done('containerapp', 'update', '-n', APP, '-g', 'rg', '--image', `${SERVER}/labacr:v1`);
    const health = ['revision', 'show', '-g', 'rg', '--revision', `${APP}--0000001`];
    await vi.waitFor(
      async () => {
        expect(await text('properties.healthState', 'containerapp', ...health)).toBe('Healthy');
      },
      { timeout: 30_000, interval: 200 },
    );
    const ACRID = await text('id', 'acr', 'show', '-n', ACR);
    // The role that a first case gives again: both clients are then told that it is there.
    const given = ['--role', 'AcrPull', '--scope', ACRID, '--assignee', CLIENT];
    await done('role', 'assignment', 'create', ...given);
    Object.assign(names, {
      PRE: 'premium1',
      ACRID,
      CLIENT,
      PULLER,
      own: await text('principalId', 'identity', 'create', '-n', 'one', '-g', 'rg'),
      stk: await text('principalId', 'identity', 'create', '-n', 'two', '-g', 'rg'),
      REPLICA: await text('[0].name', 'containerapp', 'replica', 'list', '-n', APP, '-g', 'rg'),
      UNTIL: new Date().toISOString(),
    });
  });

  afterAll(async () => {
    await stockAz.close();
    await server.stop();
    links.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const compare = async (line: string, format: string): Promise<void> => {
    const words = (who: string): string[] => {
      const argv = wordsOf(line, { ...names, X: who, EACH: names[who] ?? '' });
      return argv.includes('-o') ? argv : [...argv, '-o', format];
    };
    const ours = await own(words('own'));
    const theirs = await stockAz.run(words('stk'), LAB);
    const shown = ({ stdout, code, stderr }: Outcome): object => ({
      code,
      stdout: steady(stdout),
      errors: steady(stderr).match(/^ERROR: .*/gm) ?? [],
    });
    expect(shown(ours), `${format}: ${theirs.stderr}`).toEqual(shown(theirs));
  };

  describe.each(Object.entries(SUITES))('%s', (_suite, cases) => {
    it.each(cases)('az $line', async ({ line, kind }) => {
      for (const format of kind === 'once' ? ['json'] : FORMATS) await compare(line, format);
    });
  });
});
