import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Engine } from '../../src/runtime/docker/engine.js';
import type { EngineAddress } from '../../src/runtime/docker/engine-address.js';
import { findTool } from '../clients/registry-command.js';

/** A container engine of one test's own: everything it makes lies in a folder, but a bridge. */
export interface TestEngine {
  address: EngineAddress;
  /** The engine's own command line, e.g. `['docker', '--host', 'unix:///tmp/x/e.sock']`. */
  client: readonly string[];
  /** What that needs. */
  env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

export const ENGINES = ['docker', 'podman'] as const;
export type EngineName = (typeof ENGINES)[number];

const NEEDED: Record<EngineName, readonly string[]> = {
  docker: ['dockerd', 'docker-proxy', 'containerd', 'ip'],
  podman: ['podman', 'conmon', 'runc'],
};
const START_MS = 60_000;

/** What an engine needs and is not here; empty when it can be started. */
export function missingFor(name: EngineName): string[] {
  const missing = NEEDED[name].filter((program) => findTool(program) === undefined);
  return process.geteuid?.() === 0 ? missing : [...missing, 'root'];
}

/** @param directory short: a socket's path is 107 bytes at most */
export function startEngine(name: EngineName, directory: string): Promise<TestEngine> {
  mkdirSync(directory, { recursive: true });
  return name === 'docker' ? startDocker(directory) : startPodman(directory);
}

/** Networks that no other test and hardly any machine uses. */
const subnet = (second: number): string => `10.${second}.${process.pid % 250}`;

async function startDocker(directory: string): Promise<TestEngine> {
  const bridge = `lzd${process.pid}`;
  const ip = (...words: string[]): unknown => execFileSync(findTool('ip')!, words);
  ip('link', 'add', 'name', bridge, 'type', 'bridge');
  ip('addr', 'add', `${subnet(249)}.1/24`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
  const removeBridge = (): unknown => ip('link', 'del', bridge);
  const folders = [
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
    ...['--pidfile', join(directory, 'dockerd.pid'), '--storage-driver', 'overlay2'],
  ];
  // Its proxy publishes ports; the firewall of the machine stays as it is.
  const network = [
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
  ];
  const argv = [...folders, ...network, '--bridge', bridge, '--host'];
  return startDaemon('dockerd', argv, directory, {}).then(
    (engine) => ({
      ...engine,
      client: ['docker', '--config', directory, '--host', engine.address.text],
      close: () => engine.close().finally(removeBridge),
    }),
    (error: unknown) => {
      removeBridge();
      throw error;
    },
  );
}

async function startPodman(directory: string): Promise<TestEngine> {
  const networks = join(directory, 'networks');
  mkdirSync(networks);
  writeFileSync(join(networks, 'podman.json'), JSON.stringify(podmanNetwork()));
  const settings = join(directory, 'containers.conf');
  writeFileSync(settings, PODMAN_SETTINGS);
  const folders = [
    ...['--root', join(directory, 'root'), '--runroot', join(directory, 'run')],
    ...['--tmpdir', join(directory, 'tmp'), '--network-config-dir', networks],
  ];
  const flags = [...folders, '--storage-driver', 'vfs'];
  const argv = [...flags, 'system', 'service', '--time', '0'];
  const engine = await startDaemon('podman', argv, directory, { CONTAINERS_CONF: settings });
  return { ...engine, client: ['podman', ...flags] };
}

/** Limits that a machine which takes capabilities from root allows too; crun fails on mixed cgroups. */
const PODMAN_SETTINGS = `
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=8192:8192"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
`;

/** A bridge of its own name instead of the one that another Podman here may have. */
function podmanNetwork(): unknown {
  const address = subnet(248);
  return {
    name: 'podman',
    id: '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9',
    driver: 'bridge',
    network_interface: `lzp${process.pid}`,
    created: '2026-01-01T00:00:00Z',
    subnets: [{ subnet: `${address}.0/24`, gateway: `${address}.1` }],
    ipv6_enabled: false,
    internal: false,
    dns_enabled: false,
    ipam_options: { driver: 'host-local' },
  };
}

async function startDaemon(
  name: string,
  argv: readonly string[],
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<Omit<TestEngine, 'client'>> {
  const socketPath = join(directory, 'e.sock');
  const text = `unix://${socketPath}`;
  const address = { text, source: 'the test', socketPath };
  const logFile = join(directory, 'engine.log');
  const log = openSync(logFile, 'w');
  const child = spawn(findTool(name)!, [...argv, text], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  for (const deadline = Date.now() + START_MS; ; await delay(50)) {
    const engine = await Engine.connect(address).catch(() => undefined);
    engine?.close();
    if (engine) break;
    if (child.exitCode === null && Date.now() < deadline) continue;
    child.kill('SIGKILL');
    throw new Error(`${name}: ${readFileSync(logFile, 'utf8')}`);
  }
  return {
    address,
    env,
    async close() {
      child.kill('SIGTERM');
      await exited;
      for (const mount of mountsBelow(directory)) execFileSync('umount', ['--lazy', mount]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Innermost first; an engine that is ended while containers run leaves some. */
function mountsBelow(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${directory}/`))
    .reverse();
}
