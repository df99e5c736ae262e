import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeIsolation } from '../../src/runtime/embedded/embedded-runtime.js';
import { embeddedRuntime } from '../support/app-runtimes.js';
import { hasPrograms, openNetworkWorld } from '../support/network-world.js';
import type { NetworkWorld } from '../support/network-world.js';

// The ways out of a sandbox. What is outside is a sandbox of another runtime: it sees who calls.

const levels = await describeIsolation();
const possible =
  hasPrograms &&
  process.geteuid?.() === 0 &&
  levels.some(({ level, works }) => level === 'namespaces' && works);

const folders = mkdtempSync(join(tmpdir(), 'lazurite-egress-'));
const path = process.env.PATH ?? '';

function find(program: string): string | undefined {
  const candidates = [...path.split(delimiter), '/usr/sbin', '/sbin'];
  return candidates.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

/** What every machine has. */
const BASE = ['ls', 'rm', 'true'];

/** A PATH with nothing but these. */
function onlyWith(programs: readonly string[]): string {
  const folder = mkdtempSync(join(folders, 'bin-'));
  for (const program of [...BASE, ...programs])
    symlinkSync(find(program) ?? '', join(folder, program));
  return folder;
}

/** As on a machine where only these are installed, until its end. */
async function withPrograms(programs: readonly string[], body: () => Promise<void>): Promise<void> {
  process.env.PATH = onlyWith(programs);
  try {
    await body();
  } finally {
    process.env.PATH = path;
  }
}

function open(network?: string): Promise<NetworkWorld> {
  return openNetworkWorld({
    runtime: embeddedRuntime({
      isolation: 'namespaces',
      ...(network !== undefined && { network }),
    }),
  });
}

/** Links and rules of one runtime on this machine. */
function tracesOf({ runtime }: NetworkWorld): string[] {
  const key = /on bridge lzr([0-9a-f]{8})$/.exec(runtime.info.network.reason)?.[1] ?? 'none';
  const mine = (text: string): boolean =>
    text.includes(`lzr${key}`) || text.includes(`lz${key.slice(0, 6)}-`);
  const rules = ['nft list tables', 'iptables -S', 'iptables -t nat -S']
    .map((line) => spawnSync(line, { shell: true, encoding: 'utf8' }).stdout)
    .join('')
    .split('\n');
  return [...readdirSync('/sys/class/net'), ...rules].filter(mine);
}

const WAYS = [
  { way: 'nat', programs: ['nft', 'iptables'], says: /^nft 1.* on bridge lzr[0-9a-f]{8}$/ },
  { way: 'nat', programs: ['iptables'], says: /^iptables 1.* on bridge lzr[0-9a-f]{8}$/ },
  { way: 'slirp4netns', programs: ['slirp4netns'], says: /^10\.\d+\.0\.0\/20 in each sandbox$/ },
];

describe.skipIf(!possible)('the way out of a sandbox', () => {
  let outside: NetworkWorld;
  let address: string;

  beforeAll(async () => {
    outside = await open('10.99.0.0/24');
    await outside.putShell('outside');
    address = (await outside.run('outside', 'busybox ip -4 -o addr show dev eth0')).split(
      /[ /]+/,
    )[3]!;
  });

  afterAll(() => {
    rmSync(folders, { recursive: true });
  });

  it.for(WAYS)('leads by $way with $programs, and is gone after it', async (one, context) => {
    const missing = one.programs.filter((program) => find(program) === undefined);
    if (missing.length > 0) {
      const notice = `not installed: ${missing.join(', ')}`;
      if (process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') throw new Error(notice);
      context.skip(notice);
    }
    await withPrograms(one.programs, async () => {
      const world = await open();
      const { egress, reason } = world.runtime.info.network;
      expect([egress, reason]).toEqual([one.way, expect.stringMatching(one.says)]);
      await world.putShell('inside');
      // the caller's own address never leaves this machine: the other side sees one that it can answer
      const call = `curl -sS --max-time 5 --data 'echo from $REMOTE_ADDR' http://${address}:8000/cgi-bin/run`;
      expect(await world.run('inside', call)).toMatch(/^from \[?(?:::ffff:)?10\.99\.0\.1\]?$/m);
      if (egress === 'nat') expect(tracesOf(world).length).toBeGreaterThan(2);
      await world.close();
      await expect.poll(() => tracesOf(world)).toEqual([]);
    });
  });

  it('is told to be none when nothing that makes one is installed', () =>
    withPrograms([], async () => {
      const world = await open();
      expect(world.runtime.info.network).toEqual({
        gateway: '100.100.0.1',
        egress: 'none',
        reason:
          'nat: neither nft nor iptables is installed; slirp4netns: it is not installed; ' +
          "pasta: it gives up root's rights",
      });
      await world.putShell('inside');
      const call = `curl -sS --max-time 5 http://${address}:8000/ 2>&1`;
      expect(await world.run('inside', call)).toMatch(/Couldn't connect|unreachable/);
      await world.close();
    }));

  it('keeps sandboxes of one bridge apart', async () => {
    await outside.putShell('neighbour');
    const call = `curl -sS --max-time 1 http://${address}:8000/ 2>&1`;
    expect(await outside.run('neighbour', call)).toMatch(/timed out|Couldn't connect/);
  });

  it('uses the range asked for, and refuses one that is no range or taken', async () => {
    expect(address).toMatch(/^10\.99\.0\.\d+$/);
    await expect(open('10.99.0.0/16')).rejects.toThrow('in use on this machine');
    await expect(open('10.99.0.0')).rejects.toThrow('no range of addresses');
  });

  it('leaves no link and no rule', async () => {
    await outside.close();
    await expect.poll(() => tracesOf(outside)).toEqual([]);
  });
});
