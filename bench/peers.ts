import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findProgram as findIn, foldersOf } from '../src/base/programs.js';
import { cpuSeconds, peakMiB, residentMiB } from './machine.js';

/** A registry to compare with, or the static file server. */
export interface Peer {
  key: string;
  /** As the results name it. */
  label: string;
  program: string;
  isRegistry: boolean;
  /** Why a peer cannot do a thing, by id of the case; the case is left out for it. */
  lacks?: Record<string, string>;
  command(directory: string, port: number): { argv: string[]; env?: NodeJS.ProcessEnv };
  /** On standard input at the start. */
  input?: string;
  /** What it is asked for when it has started, and answers 200 or 401. */
  readyPath: string;
  /** The header line that its requests need. */
  authorize?(origin: string): Promise<string>;
}

export interface Server {
  peer: Peer;
  port: number;
  origin: string;
  pid: number;
  /** From the spawn to the first answer. */
  startMs: number;
  /** `Authorization: …` for reading, or nothing. */
  header: string;
  /** The same for pushing. */
  pushHeader: string;
  cpuSeconds(): number;
  residentMiB(): number;
  peakMiB(): number;
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL('../bin/lazurite.cjs', import.meta.url));
const CACHE = process.env['LAZURITE_CI_CACHE'] ?? join(homedir(), '.cache', 'lazurite-ci');
const START_MS = 30_000;
export const BASIC = `Basic ${Buffer.from('bench:secret').toString('base64')}`;
const SCOPES = ['app', 'tags10', 'tags1000', 'tags10000'].map(
  (name) => `repository:bench/${name}:pull,push`,
);

const LAZURITE: Peer = {
  key: 'lazurite',
  label: 'Lazurite',
  program: process.execPath,
  isRegistry: true,
  command: (directory, port) => {
    const place = ['--port', String(port), '--data', directory];
    return { argv: [ENTRY, 'registry', 'serve', ...place, '--user', 'bench', '--password-stdin'] };
  },
  input: 'secret',
  readyPath: '/v2/',
  async authorize(origin) {
    const query = new URLSearchParams({ service: new URL(origin).host });
    for (const scope of [...SCOPES, 'registry:catalog:*']) query.append('scope', scope);
    const headers = { authorization: BASIC };
    const answer = await fetch(`${origin}/oauth2/token?${query.toString()}`, { headers });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return `Authorization: Bearer ${token}`;
  },
};

const DOCKER_REGISTRY: Peer = {
  key: 'docker-registry',
  label: 'docker-registry (Debian)',
  program: 'docker-registry',
  isRegistry: true,
  command: (directory, port) => ({ argv: ['serve', distributionConfig(directory, port)] }),
  readyPath: '/v2/',
};

const DISTRIBUTION: Peer = {
  ...DOCKER_REGISTRY,
  key: 'distribution',
  label: 'distribution v3',
  program: 'distribution',
  command: (directory, port) => ({
    argv: ['serve', distributionConfig(directory, port)],
    env: { OTEL_TRACES_EXPORTER: 'none' },
  }),
};

const OLAREG: Peer = {
  key: 'olareg',
  label: 'olareg',
  program: 'olareg',
  isRegistry: true,
  lacks: { catalog: 'it has no catalog' },
  command: (directory, port) => {
    const place = ['--addr', '127.0.0.1', '--port', String(port), '--dir', directory];
    return { argv: ['serve', ...place, '--gc-frequency', '-1s'] };
  },
  readyPath: '/v2/',
};

const NGINX: Peer = {
  key: 'nginx',
  label: 'nginx, static files',
  program: 'nginx',
  isRegistry: false,
  command: (directory, port) => ({ argv: ['-c', nginxConfig(directory, port), '-p', directory] }),
  readyPath: '/manifest.json',
};

/** Those installed; the first is what is measured, the second what it is measured against. */
export function installedPeers(wanted: readonly string[]): { peers: Peer[]; missing: string[] } {
  const all = [LAZURITE, DOCKER_REGISTRY, DISTRIBUTION, OLAREG, NGINX];
  const asked = all.filter(({ key }) => wanted.length === 0 || wanted.includes(key));
  const peers = asked.filter(({ program }) => findProgram(program) !== undefined);
  const missing = asked.filter((peer) => !peers.includes(peer)).map(({ label }) => label);
  return { peers, missing };
}

/** The program's path, from the cache of `.ci/go-tool` or the system. */
export function findProgram(name: string): string | undefined {
  if (name.startsWith('/')) return name;
  const folders = [join(CACHE, 'bin'), ...foldersOf(process.env['PATH'] ?? ''), '/usr/sbin'];
  return findIn(name, folders);
}

export function versionOf({ key, program }: Peer): string {
  if (key === 'lazurite') return `on Node ${process.version}`;
  const built = `${findProgram(program)!}.version`; // as `.ci/go-tool` notes it
  if (existsSync(built)) return readFileSync(built, 'utf8').trim();
  const flag = key === 'nginx' ? '-v' : '--version';
  const text = execFileSync('sh', ['-c', `'${findProgram(program)!}' ${flag} 2>&1`]).toString();
  return /v?\d+\.\d+\.\d+[^\s]*/.exec(text)?.[0] ?? 'unknown';
}

/** Starts a server over a folder and waits for its first answer. */
export async function startServer(peer: Peer, directory: string): Promise<Server> {
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const { argv, env } = peer.command(directory, port);
  const log = openSync(`${directory}.log`, 'w');
  const started = performance.now();
  const child = spawn(findProgram(peer.program)!, argv, {
    stdio: ['pipe', log, log],
    env: { ...process.env, ...env },
  });
  child.stdin?.end(peer.input ?? '');
  const endWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(child, `${origin}${peer.readyPath}`, `${directory}.log`);
  const startMs = performance.now() - started;
  const pid = child.pid!;
  return {
    peer,
    port,
    origin,
    pid,
    startMs,
    header: (await peer.authorize?.(origin)) ?? '',
    pushHeader: peer.authorize === undefined ? '' : `Authorization: ${BASIC}`,
    cpuSeconds: () => cpuSeconds(pid),
    residentMiB: () => residentMiB(pid),
    peakMiB: () => peakMiB(pid),
    async stop() {
      process.off('exit', endWithUs);
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function untilReady(child: ChildProcess, url: string, log: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const status = await fetch(url).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    if (status === 200 || status === 401) return;
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended; see ${log}`);
    if (Date.now() > deadline) throw new Error(`${child.spawnfile} does not answer; see ${log}`);
    await delay(2);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** As a careful administrator would set it up: descriptors cached, no access log. */
function distributionConfig(directory: string, port: number): string {
  const file = `${directory}.yml`;
  const lines = [
    'version: 0.1',
    'log: { level: error, accesslog: { disabled: true } }',
    'storage:',
    `  filesystem: { rootdirectory: ${directory}, maxthreads: 100 }`,
    '  cache: { blobdescriptor: inmemory }',
    `http: { addr: '127.0.0.1:${port}' }`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function nginxConfig(directory: string, port: number): string {
  const file = `${directory}.conf`;
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/.${name};`,
  );
  writeFileSync(
    file,
    `daemon off; ${process.getuid?.() === 0 ? 'user root; ' : ''}worker_processes 1; pid ${directory}.pid; error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=100; default_type application/json; ${paths.join(' ')}
  server { listen 127.0.0.1:${port}; root ${directory}; }
}
`,
  );
  return file;
}
