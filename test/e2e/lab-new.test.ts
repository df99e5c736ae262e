import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';

const COMMON = fileURLToPath(new URL('../../labs/common', import.meta.url));

let folder: string;
let server: RunningServer;
let acr: string;
let loginServer: string;

async function az(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await lazurite(['az', ...args], {
    env: { LAZURITE_HOME: server.home },
  });
  expect(code, stderr).toBe(0);
  return stdout.trim();
}

async function deploy(app: string, image: string, ...more: string[]): Promise<void> {
  const access = ['--registry-server', loginServer, '--registry-username', acr];
  const password = await az(
    'acr',
    'credential',
    'show',
    '-n',
    acr,
    '--query',
    'passwords[0].value',
    '-o',
    'tsv',
  );
  await az(
    ...['containerapp', 'create', '-n', app, '-g', 'rg-shop', '--environment', 'cae'],
    ...['--image', `${loginServer}/${image}`, '--ingress', 'external', '--target-port', '8000'],
    ...['--min-replicas', '1', ...access, '--registry-password', password, ...more],
  );
}

/** Until the latest revision is in the state. */
async function settled(app: string, state: string): Promise<void> {
  await expect
    .poll(
      () =>
        az(
          'containerapp',
          'revision',
          'list',
          '-n',
          app,
          '-g',
          'rg-shop',
          '--query',
          '[-1].properties.healthState',
          '-o',
          'tsv',
        ),
      { timeout: 60_000, interval: 500 },
    )
    .toBe(state);
}

/** `lazurite lab …` in a folder of this test. */
async function lab(...args: string[]) {
  const env = { LAZURITE_HOME: server.home };
  const { code, stdout, stderr } = await lazurite(['lab', ...args], { cwd: folder, env });
  return { code, said: stdout + stderr };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lazurite-lab-new-'));
  server = await startServer(join(folder, 'home'));
  await az('group', 'create', '-n', 'rg-shop', '-l', 'koreacentral');
  await az(
    ...['deployment', 'group', 'create', '-n', 'lab', '-g', 'rg-shop', '--template-file'],
    join(COMMON, 'infra', 'main.bicep'),
    '--parameters',
    'environmentName=cae',
  );
  acr = await az('acr', 'list', '--query', '[0].name', '-o', 'tsv');
  loginServer = await az('acr', 'show', '-n', acr, '--query', 'loginServer', '-o', 'tsv');
  await az('acr', 'build', '--registry', acr, '--image', 'web:v1', join(COMMON, 'workload'));
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('lab new --from-app', () => {
  it('turns a crash into a lab that is sound: what differs from the last good revision is the cause', async () => {
    await deploy('shop', 'web:v1');
    await settled('shop', 'Healthy');
    expect((await lab('new', 'well', '--from-app', 'shop')).said).toContain('does not fail');
    await deploy('shop', 'web:v1', '--env-vars', 'EXIT_CODE=3');
    await settled('shop', 'Unhealthy');
    expect(await lab('new', 'crash', '--from-app', 'shop')).toMatchObject({ code: 0 });
    const definition = readFileSync(join(folder, 'crash', 'lab.yaml'), 'utf8');
    expect(definition).toContain('EXIT_CODE');
    expect(await lab('lint', './crash')).toMatchObject({ code: 0 });
    expect((await lab('run', './crash', '--output', 'crash-run')).said).toContain('SUPPORTED');
    const broken = await lab('run', './crash', '--output', 'broken-run', '--mutate', 'trigger');
    expect(broken.said).toContain('FALSIFIED');
  });

  it('turns a missing tag into a lab, with a stand-in for what was never there', async () => {
    await deploy('lost', 'web:v9');
    await settled('lost', 'Unhealthy');
    const { code, said } = await lab('new', 'missing', '--from-app', 'lost');
    expect(said).toContain('not captured: ');
    expect(code).toBe(0);
    expect(await lab('lint', './missing')).toMatchObject({ code: 0 });
    expect((await lab('run', './missing', '--output', 'missing-run')).said).toContain('SUPPORTED');
    expect(existsSync(join(folder, 'missing', 'captured', 'system-log.json'))).toBe(true);
  });

  it('keeps no secret', async () => {
    const query = ['--query', 'passwords[0].value', '-o', 'tsv'];
    const password = await az('acr', 'credential', 'show', '-n', acr, ...query);
    for (const name of ['lab.yaml', 'infra/good.json', 'infra/bad.json', 'publish.sh']) {
      expect(readFileSync(join(folder, 'missing', name), 'utf8')).not.toContain(password);
    }
  });

  it.each<[string, string[], string]>([
    ['an app that is not there', ['new', 'x', '--from-app', 'nobody'], 'no app is called nobody'],
    ['a folder that is there', ['new', 'missing', '--from-app', 'lost'], 'is there already'],
    ['both beginnings', ['new', 'x', '--from-app', 'a', '--template', 'b'], 'not with both'],
    ['a template that is none', ['new', 'x', '--template', 'crush'], 'there is no lab "crush"'],
  ])('refuses %s', async (_what, args, expected) => {
    const { code, said } = await lab(...args);
    expect(said).toContain(expected);
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });
});

describe('lab new --template', () => {
  it('makes a lab that runs', async () => {
    expect(await lab('new', 'my-probe', '--template', 'probe-failure')).toMatchObject({ code: 0 });
    expect(await lab('lint', './my-probe')).toMatchObject({ code: 0 });
    expect((await lab('run', './my-probe', '--output', 'probe-run')).said).toContain('SUPPORTED');
  });
});
