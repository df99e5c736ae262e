import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helloProgram } from '../conformance/container-runtime-images.js';
import { leftovers } from '../support/leftovers.js';
import { lazurite, startServer, type RunningServer } from '../support/lazurite-command.js';
import { findStockAz } from '../support/stock-az.js';
import { findTool, run } from './registry-command.js';

const az = findStockAz();
if (az === undefined && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error('LAZURITE_REQUIRE_CLIENTS=1, but there is no az: set LAZURITE_STOCK_AZ');
}

const BASELINES = new URL('../../src/tasks/yaml/baselines/', import.meta.url);
const guide = (name: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`guide-${name}.yaml`, BASELINES)), 'utf8');

const MINUTES = 60_000;

describe.skipIf(az === undefined)('ACR Tasks with the stock az', () => {
  let server: RunningServer;
  let directory: string;
  let source: string;
  let environment: NodeJS.ProcessEnv;
  let loginServer: string;
  let credentials: string;
  /** @returns what it printed; rejects with all of it when it fails */
  const azure = async (...args: string[]): Promise<string> => {
    const options = { env: environment, cwd: source, maxBuffer: 64 * 1024 * 1024 };
    return promisify(execFile)(az!, args, options).then(
      ({ stdout }) => stdout,
      (error: unknown) => {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        throw new Error(`az ${args.join(' ')}: ${stdout}${stderr}`);
      },
    );
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lazurite-acr-run-'));
    server = await startServer(join(directory, 'home'));
    const printed = await lazurite(['env', '--home', server.home, '--json']);
    environment = { ...process.env, ...(JSON.parse(printed.stdout) as NodeJS.ProcessEnv) };
    source = await mkdtemp(join(directory, 'source-'));
    await writeFile(join(source, 'hello'), helloProgram(), { mode: 0o755 });
    const dockerfile = 'FROM scratch\nCOPY hello /\nENTRYPOINT ["/hello"]\n';
    await writeFile(join(source, 'Dockerfile'), dockerfile);
    await writeFile(join(source, 'Dockerfile.amd64'), dockerfile);
    const arm = dockerfile.replace('FROM', 'FROM --platform=linux/arm64');
    await writeFile(join(source, 'Dockerfile.arm64'), arm);
    await writeFile(join(source, 'acr-task.yaml'), await guide('multi-step'));
    await writeFile(join(source, 'buildx.yaml'), await guide('buildx'));
    await azure('group', 'create', '-n', 'rg', '-l', 'koreacentral');
    await azure('acr', 'create', '-g', 'rg', '-n', 'taskacr', '--sku', 'Basic', '--admin-enabled');
    const show = ['acr', 'show', '-n', 'taskacr', '--query', 'loginServer', '-o', 'tsv'];
    loginServer = (await azure(...show)).trim();
    const secret = ['acr', 'credential', 'show', '-n', 'taskacr', '--query', 'passwords[0].value'];
    credentials = `taskacr:${(await azure(...secret, '-o', 'tsv')).trim()}`;
  }, 3 * MINUTES);

  afterAll(async () => {
    await server.stop();
    const left = leftovers(directory).filter((line) => !line.startsWith('file: '));
    await rm(directory, { recursive: true, force: true });
    expect(left).toEqual([]);
  });

  /** Each platform is pulled by stock clients, as what it says it is. */
  async function pullEach(reference: string): Promise<void> {
    for (const architecture of ['amd64', 'arm64']) {
      if (findTool('skopeo') === undefined) break;
      const target = `dir:${join(directory, `skopeo-${architecture}`)}`;
      const options = ['--src-tls-verify=false', '--src-creds', credentials];
      const wanted = ['--override-arch', architecture, '--override-os', 'linux', 'copy'];
      await run('skopeo', [...wanted, ...options, `docker://${reference}`, target]);
    }
    if (findTool('crane') === undefined) return;
    const [user = '', password = ''] = credentials.split(':');
    const config = { ...process.env, DOCKER_CONFIG: join(directory, 'crane') };
    await run('crane', ['auth', 'login', loginServer, '-u', user, '-p', password], { env: config });
    for (const architecture of ['amd64', 'arm64']) {
      const platform = ['--platform', `linux/${architecture}`, '--insecure'];
      const shown = await run('crane', ['config', ...platform, reference], { env: config });
      expect(JSON.parse(shown)).toMatchObject({ architecture });
    }
  }

  it(
    'runs the multi-step task of the guide as written',
    async () => {
      const task = ['acr', 'run', '--registry', 'taskacr', '--file', 'acr-task.yaml', '.'];
      const stdout = await azure(...task);
      expect(stdout).toMatch(/Run ID: ca\d+ was successful after \d+s/);
      await pullEach(`${loginServer}/myimage:latest`);
    },
    MINUTES,
  );

  it(
    'runs the buildx task of the guide as written',
    async () => {
      const stdout = await azure('acr', 'run', '-r', 'taskacr', '-f', 'buildx.yaml', '.');
      const id = /Run ID: (ca\d+) was successful/.exec(stdout)?.[1];
      await pullEach(`${loginServer}/myimage:${id!}`);
    },
    MINUTES,
  );

  it(
    'runs an image that it built, a shell, and a command',
    async () => {
      const text = `version: v1.1.0
steps:
  - build: -t $Registry/hello:1 .
  - cmd: $Registry/hello:1
    env: [EXIT_CODE=0, MESSAGE=from-the-image]
  - cmd: bash -c 'ls /workspace; cat /acb/home/.docker/config.json | grep -c auth; test ! -e /root/.ssh'
  - cmd: acr tag list -r $RegistryName --repository myimage
`;
      await writeFile(join(source, 'more.yaml'), text);
      const stdout = await azure('acr', 'run', '-r', 'taskacr', '-f', 'more.yaml', '.');
      expect(stdout).toContain('Dockerfile.arm64');
      expect(stdout).toContain(`${loginServer}/myimage:latest`);
      const command = ['acr', 'run', '-r', 'taskacr', '--cmd', 'docker buildx ls', '/dev/null'];
      expect(await azure(...command)).toMatch(/Run ID: ca\d+ was successful/);
    },
    MINUTES,
  );

  it(
    'a run that fails exits with 1, its log whole',
    async () => {
      const failing = [
        'acr',
        'run',
        '-r',
        'taskacr',
        '--cmd',
        "bash -c 'echo so sad; exit 7'",
        '/dev/null',
      ];
      const error: unknown = await azure(...failing).catch((reason: unknown) => reason);
      expect(String(error)).toMatch(/so sad[^]*exit status 7[^]*Run failed/);
    },
    MINUTES,
  );

  it(
    'takes values from a file and from the command line, and builds without a push',
    async () => {
      const words = '{{.Values.word}} {{.Values.other}} {{.Values.third}}';
      const text = `steps:\n  - cmd: bash -c 'echo ${words}'\n`;
      await writeFile(join(source, 'valued.yaml'), text);
      await writeFile(join(source, 'values.yaml'), 'word: from-file\nother: kept\n');
      const given = ['--values', 'values.yaml', '--set', 'word=changed', '--set', 'third=3'];
      const stdout = await azure('acr', 'run', '-r', 'taskacr', '-f', 'valued.yaml', ...given, '.');
      expect(stdout).toMatch(/^changed kept 3\r?$/m);
      const build = ['acr', 'build', '-r', 'taskacr', '-t', 'never:1', '-f', 'Dockerfile.arm64'];
      const built = await azure(...build, '--platform', 'linux/arm64', '--no-push', '.');
      expect(built).toMatch(/Run ID: ca\d+ was successful/);
      expect(await azure('acr', 'repository', 'list', '-n', 'taskacr')).not.toContain('never');
    },
    MINUTES,
  );

  it(
    'cancels a run at work, which is Canceled from then on',
    async () => {
      const task = ['acr', 'task', 'create', '-r', 'taskacr', '-n', 'slowly', '-c', '/dev/null'];
      await azure(...task, '--cmd', "bash -c 'echo begun; sleep 600'");
      await azure('acr', 'task', 'run', '-r', 'taskacr', '-n', 'slowly', '--no-wait');
      const list = ['acr', 'task', 'list-runs', '-r', 'taskacr', '-n', 'slowly'];
      const runId = (await azure(...list, '--query', '[0].runId', '-o', 'tsv')).trim();
      await azure('acr', 'task', 'cancel-run', '-r', 'taskacr', '--run-id', runId);
      const show = ['acr', 'task', 'show-run', '-r', 'taskacr', '--run-id', runId];
      expect(await azure(...show, '--query', 'status', '-o', 'tsv')).toBe('Canceled\n');
      await azure('acr', 'task', 'delete', '-r', 'taskacr', '-n', 'slowly', '--yes');
    },
    MINUTES,
  );

  it(
    'keeps, shows, runs, updates and deletes a task',
    async () => {
      const create = [
        'acr',
        'task',
        'create',
        '-r',
        'taskacr',
        '-n',
        'nightly',
        '--schedule',
        '0 21 * * *',
      ];
      const cmd = ['--cmd', 'docker buildx ls', '-c', '/dev/null', '--set-secret', 'key=s3cret'];
      expect(JSON.parse(await azure(...create, ...cmd, '-o', 'json'))).toMatchObject({
        name: 'nightly',
        provisioningState: 'Succeeded',
      });
      const shown = await azure('acr', 'task', 'show', '-r', 'taskacr', '-n', 'nightly');
      expect(JSON.parse(shown)).toMatchObject({
        status: 'Enabled',
        trigger: { timerTriggers: [{ schedule: '0 21 * * *', status: 'Enabled' }] },
      });
      expect(shown).not.toContain('s3cret');
      const ran = await azure('acr', 'task', 'run', '-r', 'taskacr', '-n', 'nightly');
      expect(ran).toMatch(/Run ID: ca\d+ was successful/);
      const logs = await azure('acr', 'task', 'logs', '-r', 'taskacr', '-n', 'nightly');
      expect(logs).toMatch(/was successful/);
      const list = ['acr', 'task', 'list-runs', '-r', 'taskacr', '-n', 'nightly', '-o', 'table'];
      expect(await azure(...list)).toMatch(/nightly\s+linux\s+Succeeded\s+Manual/);
      await azure(
        'acr',
        'task',
        'update',
        '-r',
        'taskacr',
        '-n',
        'nightly',
        '--status',
        'Disabled',
      );
      const status = ['acr', 'task', 'list', '-r', 'taskacr', '--query', '[].status', '-o', 'tsv'];
      expect(await azure(...status)).toBe('Disabled\n');
      await azure('acr', 'task', 'delete', '-r', 'taskacr', '-n', 'nightly', '--yes');
      expect(await azure(...status)).toBe('');
    },
    2 * MINUTES,
  );
});
