import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { addressIn, defaultLinks, formatRange, type AddressRange } from './address-range.js';
import type { Connection } from './network.js';
import { runTool } from './tool.js';

/** What the slowest machine may take to start one. */
const READY_MS = 10_000;
const POLL_MS = 5;
const COMPLAINT_BYTES = 2000;

/**
 * A program that carries the packets of one sandbox as connections of its own, as any program of its user
 * makes them: no root, and nothing is changed on the machine.
 */
export interface Carrier {
  way: 'slirp4netns' | 'pasta';
  /** Its argument vector. */
  command(holderPid: number, range: AddressRange): string[];
}

export const CARRIERS: readonly Carrier[] = [
  {
    way: 'slirp4netns',
    command: (holderPid, range) => [
      ...['slirp4netns', '--configure', '--mtu=65520', `--cidr=${formatRange(range)}`],
      ...['--disable-host-loopback', '--enable-sandbox', '--enable-seccomp'],
      ...[`${holderPid}`, 'eth0'],
    ],
  },
  {
    way: 'pasta',
    command: (holderPid, range) => [
      ...['pasta', '--foreground', '--quiet', '--config-net', '--ns-ifname', 'eth0', '-4'],
      ...['-a', addressIn(range, 2), '-n', `${range.bits}`, '-g', addressIn(range, 1)],
      ...['--no-map-gw', '-t', 'none', '-u', 'none', '-T', 'none', '-U', 'none', `${holderPid}`],
    ],
  },
];

/** Carries the packets of one sandbox; `cell` ends the program should Lazurite be killed. */
export function carriedBy(carrier: Carrier, cell: string, range: AddressRange): Connection {
  let child: ChildProcess | undefined;
  return {
    cables: [],
    attach: async (holderPid) => {
      const words = ['tie', '--', ...carrier.command(holderPid, range)];
      child = spawn(cell, words, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
      await untilReady(child, holderPid);
    },
    release: async () => {
      const over = child?.pid === undefined || child.exitCode !== null || child.signalCode !== null;
      if (!child || over) return;
      const ended = once(child, 'exit');
      (child.stdio[3] as Readable).destroy();
      await ended;
    },
  };
}

/**
 * @returns why a carrier can't be used here, if that is known before it is tried
 */
export async function refusalOf({ way }: Carrier): Promise<string | undefined> {
  if (way === 'pasta' && process.geteuid?.() === 0) return "it gives up root's rights";
  try {
    await runTool(way, ['--version']);
    return undefined;
  } catch {
    return 'it is not installed';
  }
}

/** @throws Error with what the program says when it ends, or takes too long */
async function untilReady(child: ChildProcess, holderPid: number): Promise<void> {
  let complaint = '';
  const ended = new AbortController();
  child.once('error', (error) => {
    complaint = error.message;
    ended.abort();
  });
  child.once('exit', () => {
    ended.abort();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-COMPLAINT_BYTES);
  });
  const deadline = performance.now() + READY_MS;
  while (!hasWayOut(holderPid)) {
    if (ended.signal.aborted || performance.now() > deadline) {
      throw new Error(lastLine(complaint) ?? 'it does not start');
    }
    await delay(POLL_MS);
  }
}

function hasWayOut(holderPid: number): boolean {
  try {
    return defaultLinks(readFileSync(`/proc/${holderPid}/net/route`, 'utf8')).length > 0;
  } catch {
    return false; // the sandbox is gone
  }
}

function lastLine(text: string): string | undefined {
  return text
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '');
}
