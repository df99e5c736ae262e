import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { ENTRY, lazurite, startServer } from './lazurite-command.js';
import type { CommandResult } from './lazurite-command.js';

const HELLO = 'workload/hello/bin/hello-linux-amd64';

/** A program at a terminal of its own. */
export interface Terminal {
  /** What it has shown so far. */
  readonly text: string;
  type(keys: string): void;
  /** Resolves once these words have been shown after those of the last call. */
  shows(words: string | RegExp): Promise<void>;
  ended: Promise<number | null>;
}

/** A Lazurite with a registry `acrapps` that has `shell:v1`: the sample workload beside busybox. */
export interface AppServer {
  /** Of the server. */
  pid: number;
  /** e.g. `'https://localhost:34567'` */
  gateway: string;
  home: string;
  folder: string;
  /** Of the registry, e.g. `'localhost:34567'`. */
  registry: string;
  /** Registry flags for `az containerapp create` and `az containerapp job create`. */
  registryFlags: string[];
  env: NodeJS.ProcessEnv;
  /** The built-in az. */
  az(...args: string[]): Promise<CommandResult>;
  /** The built-in az, which must succeed; its JSON. */
  json(...args: string[]): Promise<unknown>;
  /** SIGKILL, as a crash would. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** @param extra arguments of `lazurite up` */
export async function startAppServer(
  busybox: string,
  extra: readonly string[] = [],
): Promise<AppServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lazurite-app-server-'));
  const home = join(folder, 'home');
  const server = await startServer(home, extra);
  const { stdout } = await lazurite(['env', '--json', '--home', home]);
  const env = {
    ...process.env,
    ...(JSON.parse(stdout) as Record<string, string>),
    LAZURITE_HOME: home,
  };
  const az = (...args: string[]): Promise<CommandResult> => lazurite(['az', ...args], { env });
  const json = async (...args: string[]): Promise<unknown> => {
    const result = await az(...args, '--output', 'json');
    if (result.code !== 0) throw new Error(`az ${args.join(' ')}\n${result.stderr}`);
    return JSON.parse(result.stdout === '' ? 'null' : result.stdout) as unknown;
  };
  await json('group', 'create', '-n', 'rg', '-l', 'koreacentral');
  const admin = ['--sku', 'Basic', '--admin-enabled', 'true'];
  const made = await json('acr', 'create', '-g', 'rg', '-n', 'acrapps', ...admin);
  const { loginServer: registry } = made as { loginServer: string };
  const shown = await json('acr', 'credential', 'show', '-n', 'acrapps');
  const { username, passwords } = shown as { username: string; passwords: { value: string }[] };
  const build = await az(
    'acr',
    'build',
    '-r',
    'acrapps',
    '-t',
    'shell:v1',
    buildContext(folder, busybox),
  );
  if (build.code !== 0) throw new Error(build.stdout + build.stderr);
  await json(
    'containerapp',
    'env',
    'create',
    '-g',
    'rg',
    '-n',
    'cae',
    '--logs-destination',
    'none',
  );
  return {
    pid: server.pid,
    gateway: server.gateway,
    home,
    folder,
    registry,
    registryFlags: [
      ...['--registry-server', registry, '--registry-username', username],
      ...['--registry-password', passwords[0]?.value ?? ''],
    ],
    env,
    az,
    json,
    crash: () => server.crash(),
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs an az that must succeed; its JSON. */
export async function runJson(
  az: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<unknown> {
  const result = await promisify(execFile)(az, [...args, '--output', 'json'], { env });
  return JSON.parse(result.stdout === '' ? 'null' : result.stdout) as unknown;
}

/** PUTs an app without an ingress, with one replica. */
export async function putApp(server: AppServer, name: string, properties: object): Promise<void> {
  const { template, ...rest } = properties as { template: object };
  const group = '/subscriptions/{subscriptionId}/resourceGroups/rg/providers/Microsoft.App';
  const scale = { minReplicas: 1, maxReplicas: 1 };
  const environmentId = `${await groupId(server)}/providers/Microsoft.App/managedEnvironments/cae`;
  const body = {
    location: 'koreacentral',
    properties: { environmentId, ...rest, template: { scale, ...template } },
  };
  await server.json(
    ...[
      'rest',
      '--method',
      'put',
      '--url',
      `${group}/containerApps/${name}?api-version=2025-01-01`,
    ],
    ...['--body', JSON.stringify(body)],
  );
}

async function groupId(server: AppServer): Promise<string> {
  return ((await server.json('group', 'show', '-n', 'rg')) as { id: string }).id;
}

/** Credentials for `server.registry`, whose password is in the secret `password`. */
export function registryConfiguration({ registry }: AppServer): object {
  return {
    registries: [{ server: registry, username: 'acrapps', passwordSecretRef: 'password' }],
  };
}

/** What a container of the app's latest replica has written, a line each. */
export async function consoleLog(
  server: AppServer,
  app: string,
  container: string,
): Promise<string> {
  const which = ['-g', 'rg', '-n', app, '--container', container];
  const lines = ['--tail', '300', '--format', 'text'];
  return (await server.az('containerapp', 'logs', 'show', ...which, ...lines)).stdout;
}

function buildContext(folder: string, busybox: string): string {
  const context = join(folder, 'context');
  mkdirSync(context);
  copyFileSync(busybox, join(context, 'busybox'));
  copyFileSync(HELLO, join(context, 'hello'));
  const copies = ['busybox /bin/busybox', 'busybox /bin/sh', 'hello /hello'];
  const lines = copies.map((copy) => `COPY --chmod=755 ${copy}`);
  writeFileSync(
    join(context, 'Dockerfile'),
    [
      'FROM scratch',
      ...lines,
      'RUN /bin/busybox --install -s /bin',
      'ENTRYPOINT ["/hello"]',
      '',
    ].join('\n'),
  );
  return context;
}

const PATIENCE_MS = 60_000;

/** Starts a command line of the shell at a terminal, by util-linux' `script`. */
export function openTerminal(command: readonly string[], env: NodeJS.ProcessEnv): Terminal {
  const line = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    env: { ...env, SHELL: '/bin/sh' },
  });
  let text = '';
  let seen = 0;
  let changed = (): void => undefined;
  const hear = (chunk: Buffer): void => {
    text += chunk.toString();
    changed();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const find = (words: string | RegExp): number => {
    const rest = text.slice(seen);
    const found = typeof words === 'string' ? rest.indexOf(words) : (words.exec(rest)?.index ?? -1);
    return found < 0 ? -1 : seen + found + (typeof words === 'string' ? words.length : 1);
  };
  return {
    get text() {
      return text;
    },
    type: (keys) => void child.stdin.write(keys),
    ended,
    shows: async (words) => {
      const found = new Promise<void>((resolve, reject) => {
        const fail = (what: string): void => {
          reject(new Error(`${what} without ${String(words)}:\n${text}`));
        };
        const late = setTimeout(fail, PATIENCE_MS, `a minute`);
        changed = () => {
          if (find(words) < 0) return;
          clearTimeout(late);
          resolve();
        };
        changed();
        void ended.then(() => {
          clearTimeout(late);
          fail('it ended');
        });
      });
      await found;
      seen = find(words);
    },
  };
}

export const LAZURITE_AZ = [process.execPath, ENTRY, 'az'];
