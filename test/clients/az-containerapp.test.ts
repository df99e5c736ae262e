import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findBusybox } from '../conformance/container-runtime-images.js';
import {
  consoleLog,
  LAZURITE_AZ,
  openTerminal,
  putApp,
  registryConfiguration,
  runJson,
  startAppServer,
  type AppServer,
} from '../support/app-server.js';
import { findStockAz } from '../support/stock-az.js';
import { findTool } from './registry-command.js';

const stock = findStockAz();
const busybox = findBusybox();
const missing = [
  stock === undefined && 'az',
  busybox === undefined && 'busybox',
  findTool('script') === undefined && 'script',
].filter((name): name is string => typeof name === 'string');
if (missing.length > 0 && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error(`LAZURITE_REQUIRE_CLIENTS=1, but there is no ${missing.join(', no ')}`);
}

const CONNECTED = String.raw`INFO: Successfully connected to container: 'web'. \[ Revision: 'web--\w+', Replica: 'web--`;
const HINT = String.raw`Use ctrl \+ D to exit`;
/**
 * The hint is shown by the server and by the client, in any order. The stock az drops what is typed before its own:
 * it changes the terminal's mode only then.
 */
const IS_READY = new RegExp(`^(?=[^]*${CONNECTED})(?=[^]*${HINT}[^]*${HINT})`);

// Programs that really run, driven by the stock az and by our own.
describe.skipIf(missing.length > 0)(
  `az containerapp (needs ${missing.join(', ') || 'nothing more'})`,
  () => {
    let server: AppServer;
    beforeAll(async () => {
      server = await startAppServer(busybox!);
    });
    afterAll(() => server.close());

    describe('exec', () => {
      beforeAll(async () => {
        await server.json(
          ...['containerapp', 'create', '-g', 'rg', '-n', 'web', '--environment', 'cae'],
          ...['--image', `${server.registry}/shell:v1`, ...server.registryFlags],
          ...['--ingress', 'external', '--target-port', '8000', '--min-replicas', '1'],
          ...['--env-vars', 'GREETING=hello you'],
        );
      });

      it.each([
        ['stock', [stock ?? '']],
        ['built-in', LAZURITE_AZ],
      ])('%s az: types into a shell of the container', async (_which, az) => {
        const command = [...az, 'containerapp', 'exec', '-g', 'rg', '-n', 'web'];
        const terminal = openTerminal(command, server.env);
        await terminal.shows(IS_READY);
        terminal.type('echo $GREETING $((40+2)); tty; hostname\r');
        await terminal.shows('hello you 42');
        await terminal.shows('/dev/pts/0');
        await terminal.shows('web--');
        terminal.type(`sh -c 'echo asleep $((40+3)); exec sleep 1000'\r`);
        await terminal.shows('asleep 43');
        terminal.type('\u0003');
        await terminal.shows('/ #');
        terminal.type('exit 3\r');
        await terminal.shows('command terminated with non-zero exit code: exit status 3');
        await terminal.shows('Disconnecting...');
        await terminal.ended;
      });

      it.each([
        ['stock', [stock ?? '']],
        ['built-in', LAZURITE_AZ],
      ])('%s az: --command with arguments, and one that there is not', async (_which, az) => {
        const command = [...az, 'containerapp', 'exec', '-g', 'rg', '-n', 'web', '--command'];
        const list = openTerminal([...command, 'sh -c "ls -d /hello; stty size"'], server.env);
        await list.shows('/hello');
        await list.shows('24 80');
        expect(await list.ended).toBe(0);
        const wrong = openTerminal([...command, 'bash'], server.env);
        await wrong.shows('"Code":"ClusterExecFailure"');
        await wrong.shows('executable file not found in $PATH');
        await wrong.ended;
      });

      it.each([
        ['--container', 'nope', /Could not find container|No such container/],
        ['--replica', 'nope', /Could not find replica|was not found/],
        ['--revision', 'web--nope', /not found|Could not find/i],
      ])('both refuse %s %s', async (option, value, words) => {
        const args = ['containerapp', 'exec', '-g', 'rg', '-n', 'web', option, value];
        for (const az of [[stock ?? ''], LAZURITE_AZ]) {
          const terminal = openTerminal([...az, ...args], server.env);
          expect(await terminal.ended).not.toBe(0);
          expect(terminal.text).toMatch(words);
        }
      });
    });

    describe('logs show --follow', () => {
      beforeAll(async () => {
        const count = 'i=0; while true; do i=$((i+1)); echo tick $i; sleep 0.3; done';
        await putApp(server, 'clock', {
          configuration: {
            ...registryConfiguration(server),
            secrets: [{ name: 'password', value: server.registryFlags.at(-1) }],
          },
          template: {
            containers: [
              {
                ...{ name: 'clock', image: `${server.registry}/shell:v1` },
                ...{ resources: { cpu: 0.25, memory: '0.5Gi' }, command: ['sh', '-c', count] },
              },
            ],
          },
        });
        await vi.waitFor(
          async () => {
            expect(await consoleLog(server, 'clock', 'clock')).toContain('tick 3');
          },
          { timeout: 60_000, interval: 300 },
        );
      });
      afterAll(() => server.json('containerapp', 'delete', '-g', 'rg', '-n', 'clock', '--yes'));

      it.each([
        ['stock', [stock ?? '']],
        ['built-in', LAZURITE_AZ],
      ])('%s az: shows what the program writes meanwhile, until it is stopped', async (_w, az) => {
        const show = ['containerapp', 'logs', 'show', '-g', 'rg', '-n', 'clock', '--follow'];
        const terminal = openTerminal([...az, ...show, '--format', 'text'], server.env);
        await terminal.shows(/F tick \d+/);
        const first = Number(/F tick (\d+)/.exec(terminal.text)?.[1]);
        // more than the tail that it starts with
        for (let tick = first + 1; tick <= first + 25; tick++)
          await terminal.shows(`F tick ${tick}`);
        terminal.type('\u0003');
        await terminal.ended;
      });

      it.each([
        ['stock', [stock ?? '']],
        ['built-in', LAZURITE_AZ],
      ])('%s az: shows rows of the system log as they come', async (which, az) => {
        const app = ['-g', 'rg', '-n', 'clock'];
        const show = ['containerapp', 'logs', 'show', ...app, '--follow', '--type', 'system'];
        const terminal = openTerminal([...az, ...show], server.env);
        await terminal.shows('ConnectedToEventsServer');
        const suffix = which.replace('-', '');
        await server.json('containerapp', 'update', ...app, '--revision-suffix', suffix);
        await terminal.shows(`Creating a new revision: clock--${suffix}`);
        terminal.type('\u0003');
        await terminal.ended;
      });
    });

    it('env logs show: the rows of all apps, the same from both', async () => {
      const args = ['containerapp', 'env', 'logs', 'show', '-g', 'rg', '-n', 'cae', '--tail', '10'];
      const byStock = await promisify(execFile)(stock!, args, { env: server.env });
      const rows = (text: string): string[] => text.trim().split('\n').slice(2);
      expect(rows(byStock.stdout)).toHaveLength(10);
      expect(rows((await server.az(...args)).stdout)).toEqual(rows(byStock.stdout));
    });

    it('volumes: shared, secret, read-only, by subPath, kept while containers restart, gone after', async () => {
      const image = `${server.registry}/shell:v1`;
      const resources = { cpu: 0.25, memory: '0.5Gi' };
      const scratch = { volumeName: 'scratch', mountPath: '/shared' };
      const writer = [
        'echo from the writer > /shared/note',
        'until test -e /logs/again; do sleep 0.1; done; cat /logs/again',
        'exec /hello',
      ].join('\n');
      const reader = [
        'until test -e /shared/note; do sleep 0.1; done; cat /shared/note',
        'cat /secrets/first /secrets/second /one/of/them /single; ls -l /one/of/them',
        'touch /secrets/mine 2>/dev/null || echo read-only',
        'test -e /shared/logs/again && exec sleep 1000',
        'echo restarted > /shared/logs/again; exit 3',
      ].join('\n');
      await putApp(server, 'vols', {
        configuration: {
          ...registryConfiguration(server),
          secrets: [
            { name: 'password', value: server.registryFlags.at(-1) },
            { name: 'first', value: 'one;' },
            { name: 'second', value: 'two;' },
          ],
        },
        template: {
          volumes: [
            { name: 'scratch', storageType: 'EmptyDir' },
            { name: 'all', storageType: 'Secret' },
            {
              name: 'one',
              storageType: 'Secret',
              secrets: [{ secretRef: 'second', path: 'of/them' }],
            },
          ],
          containers: [
            {
              ...{ name: 'writer', image, resources, command: ['sh', '-c', writer] },
              volumeMounts: [
                scratch,
                { volumeName: 'scratch', mountPath: '/logs', subPath: 'logs' },
              ],
            },
            {
              ...{ name: 'reader', image, resources, command: ['sh', '-c', reader] },
              volumeMounts: [
                scratch,
                { volumeName: 'all', mountPath: '/secrets' },
                { volumeName: 'one', mountPath: '/one' },
                { volumeName: 'one', mountPath: '/single', subPath: 'of/them' },
              ],
            },
          ],
        },
      });
      const log = (container: string): Promise<string> => consoleLog(server, 'vols', container);
      await expect.poll(() => log('writer'), { timeout: 60_000 }).toContain('F restarted');
      await expect
        .poll(() => log('reader'), { timeout: 60_000 })
        .toMatch(
          /F from the writer\n.*F one;two;two;two;-rw-r--r-- .*of\/them\n.*F read-only\n[^]*F from the writer/,
        );
      const folders = readdirSync(join(server.home, 'apps', 'volumes'));
      expect(folders).toEqual([expect.stringMatching(/^vols--/)]);
      await server.json('containerapp', 'delete', '-g', 'rg', '-n', 'vols', '--yes');
      expect(readdirSync(join(server.home, 'apps', 'volumes'))).toEqual([]);
    });

    it('jobs: the stock az makes, starts, stops, changes, shows and deletes them', async () => {
      const job = (...args: string[]): Promise<unknown> =>
        runJson(stock!, ['containerapp', 'job', ...args, '-g', 'rg'], server.env);
      const status = async (execution: string): Promise<unknown> => {
        const which = ['-n', 'greet', '--job-execution-name', execution];
        const shown = await job('execution', 'show', ...which);
        return (shown as { properties: { status: string } }).properties.status;
      };
      const create = await job(
        ...['create', '-n', 'greet', '--environment', 'cae', '--trigger-type', 'Manual'],
        ...['--replica-timeout', '60', '--replica-retry-limit', '0', '--rcc', '2'],
        ...['--parallelism', '2', '--image', `${server.registry}/shell:v1`],
        ...[...server.registryFlags, '--cpu', '0.25', '--memory', '0.5Gi'],
        ...['--command', 'sh', '--args=-c', '--env-vars', 'GREETING=hello'],
      );
      expect(create).toMatchObject({
        properties: { configuration: { manualTriggerConfig: { parallelism: 2 } } },
      });
      // what starts with a dash is no word of a list for the stock client
      const script = 'echo $GREETING from $CONTAINER_APP_JOB_NAME';
      const body = JSON.stringify({
        properties: {
          template: {
            containers: [
              {
                name: 'greet',
                image: `${server.registry}/shell:v1`,
                command: ['sh', '-c', script],
                env: [{ name: 'GREETING', value: 'hello' }],
                resources: { cpu: 0.25, memory: '0.5Gi' },
              },
            ],
          },
        },
      });
      const url = `/subscriptions/{subscriptionId}/resourceGroups/rg/providers/Microsoft.App/jobs/greet?api-version=2025-01-01`;
      await server.json('rest', '--method', 'patch', '--url', url, '--body', body);
      const started = (await job('start', '-n', 'greet')) as { name: string };
      await expect.poll(() => status(started.name), { timeout: 60_000 }).toBe('Succeeded');
      const logs = await server.az(
        ...['containerapp', 'job', 'logs', 'show', '-g', 'rg', '-n', 'greet'],
        ...['--format', 'text'],
      );
      expect(logs.stdout).toContain('F hello from greet');
      const other = (await job('start', '-n', 'greet', '--command', 'sleep', '--args', '1000')) as {
        name: string;
      };
      await expect.poll(() => status(other.name), { timeout: 60_000 }).toBe('Running');
      expect(await job('stop', '-n', 'greet', '--job-execution-name', other.name)).toBe(
        `Job Execution: ${other.name}, stopped successfully.`,
      );
      expect(await status(other.name)).toBe('Stopped');
      expect(await job('execution', 'list', '-n', 'greet')).toHaveLength(2);
      await job('update', '-n', 'greet', '--replica-timeout', '90');
      expect(await job('show', '-n', 'greet')).toMatchObject({
        properties: { configuration: { replicaTimeout: 90, secrets: [{}] } },
      });
      expect(await job('list')).toHaveLength(1);
      await job('delete', '-n', 'greet', '--yes');
      expect(await job('list')).toEqual([]);
    });

    it('a CPU rule, as the stock az makes it, adds a replica to a busy program', async () => {
      const create = [
        ...['containerapp', 'create', '-g', 'rg', '-n', 'busy', '--environment', 'cae'],
        ...['--image', `${server.registry}/shell:v1`, ...server.registryFlags],
        ...['--cpu', '0.25', '--memory', '0.5Gi', '--min-replicas', '1', '--max-replicas', '2'],
        ...['--scale-rule-name', 'by-cpu', '--scale-rule-type', 'cpu'],
        ...['--scale-rule-metadata', 'type=Utilization', 'value=50'],
        ...['--command', '/bin/busybox', '--args', 'sha256sum', '/dev/zero'],
      ];
      await runJson(stock!, create, server.env);
      const shorter = { properties: { template: { scale: { pollingInterval: 2 } } } };
      const url = `/subscriptions/{subscriptionId}/resourceGroups/rg/providers/Microsoft.App/containerApps/busy?api-version=2025-01-01`;
      const patch = ['rest', '--method', 'patch', '--url', url, '--body', JSON.stringify(shorter)];
      expect(await server.json(...patch)).toMatchObject({
        properties: { template: { scale: { rules: [{ custom: { type: 'cpu' } }] } } },
      });
      const list = ['containerapp', 'replica', 'list', '-g', 'rg', '-n', 'busy'];
      await expect.poll(() => server.json(...list), { timeout: 60_000 }).toHaveLength(2);
      await server.json('containerapp', 'delete', '-g', 'rg', '-n', 'busy', '--yes');
    });
  },
);
