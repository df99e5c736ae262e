import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ENTRY, startServer, type RunningServer } from '../support/lazurite-command.js';
import { findStockAz } from '../support/stock-az.js';

const LAB = fileURLToPath(new URL('../../labs/acr-pull-failure', import.meta.url));
const stock = findStockAz();
if (stock === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** `$APP` and the like stand for the names that the deployment put out. */
const COMMANDS = [
  'group create -n rg2 -l koreacentral --tags a=1 b',
  'group show -n rg',
  'group show -n nope',
  'group list',
  'group list -o table',
  'group list -o tsv',
  'group list -o yaml',
  'group exists -n rg',
  'group exists -n nope -o tsv',
  'deployment group show -g rg -n lab',
  'deployment group show -g rg -n lab -o table',
  'deployment group show -g rg -n lab -o yaml',
  'deployment group show -g rg -n lab --query properties.outputs',
  'deployment group show -g rg -n nope',
  'deployment group list -g rg -o table',
  'deployment operation group list -g rg -n lab',
  'acr show -n $ACR',
  'acr show -n $ACR -o table',
  'acr show -n nonexist1',
  'acr list -g rg',
  'acr check-name -n $ACR',
  'acr check-name -n freename12',
  'acr credential show -n $ACR -o table',
  'acr repository list -n $ACR -o table',
  'acr repository show-tags -n $ACR --repository labacr',
  'acr repository show-tags -n $ACR --repository labacr --detail',
  'acr repository show-tags -n $ACR --repository nope',
  'acr repository show -n $ACR --repository labacr',
  'acr repository show -n $ACR --image labacr:v1',
  'acr repository show -n $ACR --image labacr:v2',
  'acr manifest list-metadata -r $ACR -n labacr',
  'acr manifest show -r $ACR -n labacr:v1',
  'containerapp show -n $APP -g rg',
  'containerapp show -n $APP -g rg -o table',
  'containerapp show -n nope -g rg',
  'containerapp list -o table',
  'containerapp revision list -n $APP -g rg',
  'containerapp revision list -n $APP -g rg --all -o table',
  'containerapp revision list -n $APP -g rg --all --query [].{n:name,h:properties.healthState} -o table',
  'containerapp revision list -n $APP -g rg --query [0].properties.[active,healthState] -o tsv',
  'containerapp revision show --revision $APP--0000001 -g rg',
  'containerapp replica list -n $APP -g rg',
  'containerapp ingress show -n $APP -g rg',
  'containerapp logs show -n $APP -g rg --type system --tail 20',
  'containerapp logs show -n $APP -g rg --tail 5 --format text',
  'containerapp env show -n $ENVIRONMENT -g rg',
  'account show',
  'account list -o table',
  'rest --method get --url /subscriptions?api-version=2022-12-01',
  'rest --method get --url /subscriptions/x?api-version=2022-12-01',
  'extension list',
  'group create -n x',
  'group list --query [',
];

/** Times of the request itself, and ids made for it, differ from one call to the next. */
function steady(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?/g, '<time>')
    .replace(/Correlation ID: [0-9a-f-]+/g, 'Correlation ID: <id>')
    .replace(/PT[\d.]+S/g, '<duration>');
}

describe.skipIf(stock === undefined)('our own az beside the stock one', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-differential-'));
  const home = join(directory, 'home');
  const names: Record<string, string> = {};
  let server: RunningServer;

  const call = async (file: string, argv: string[], environment: object): Promise<Outcome> =>
    await new Promise((resolve) => {
      const env = { ...process.env, ...environment, LAZURITE_HOME: home };
      execFile(file, argv, { env, cwd: LAB }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  const own = async (...argv: string[]): Promise<Outcome> =>
    await call(process.execPath, [ENTRY, 'az', ...argv], {});
  const done = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await own(...argv);
    expect(code, `az ${argv.join(' ')}\n${stderr}`).toBe(0);
    return stdout.trim();
  };

  beforeAll(async () => {
    server = await startServer(home);
    await done('group', 'create', '-n', 'rg', '-l', 'koreacentral');
    const deploy = ['deployment', 'group', 'create', '-g', 'rg', '-n', 'lab'];
    await done(...deploy, '-f', 'infra/main.bicep', '-p', 'baseName=labacr');
    for (const [name, output] of [
      ['ACR', 'containerRegistryName'],
      ['SERVER', 'containerRegistryLoginServer'],
      ['APP', 'containerAppName'],
      ['ENVIRONMENT', 'environmentName'],
    ] as const) {
      const query = `properties.outputs.${output}.value`;
      const show = ['deployment', 'group', 'show', '-g', 'rg', '-n', 'lab'];
      names[name] = await done(...show, '--query', query, '-o', 'tsv');
    }
    const { ACR = '', APP = '', SERVER = '' } = names;
    await done('acr', 'build', '-r', ACR, '-t', 'labacr:v1', 'workload');
    await done('containerapp', 'update', '-n', APP, '-g', 'rg', '--image', `${SERVER}/labacr:v1`);
    const health = ['revision', 'show', '-g', 'rg', '--revision', `${APP}--0000001`];
    const query = ['--query', 'properties.healthState', '-o', 'tsv'];
    await vi.waitFor(
      async () => {
        expect(await done('containerapp', ...health, ...query)).toBe('Healthy');
      },
      { timeout: 30_000, interval: 200 },
    );
  });

  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(COMMANDS)('az %s', async (line) => {
    const argv = line
      .split(' ')
      .map((word) => word.replace(/\$([A-Z]+)/, (all, name: string) => names[name] ?? all));
    const file = join(home, 'run', 'env.json');
    const environment = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const ours = await own(...argv);
    const theirs = await call(stock!, argv, environment);
    expect(steady(ours.stdout)).toBe(steady(theirs.stdout));
    expect(ours.code).toBe(theirs.code);
    const errors = (text: string): string[] => steady(text).match(/^ERROR: .*/gm) ?? [];
    expect(errors(ours.stderr)).toEqual(errors(theirs.stderr));
  });
});
