import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Work } from './load.js';
import { clientSeconds, machineSeconds } from './machine.js';
import type { Server } from './peers.js';

/** One case, one server, one round. */
export interface Sample {
  /** Operations a second; for blobs MiB a second. */
  rate: number;
  /** Processor seconds of the server for an operation; for blobs for a GiB. */
  cpu: number;
  /** Share of the machine that neither server nor client used, 0 to 1. */
  foreign: number;
}

export type Unit = 'requests' | 'bytes';

const MIB = 1024 * 1024;
/** The machine counts as quiet below this share, and is waited for this long. */
const QUIET = 0.15;
const MAX_WAITS = 5;
const WAIT_MS = 200;

export async function measure(
  server: Server,
  unit: Unit,
  work: () => Promise<Work>,
): Promise<Sample> {
  await untilQuiet();
  const machine = machineSeconds();
  const ours = usedBy(server);
  const before = server.cpuSeconds();
  const { operations, bytes, seconds } = await work();
  const cpu = server.cpuSeconds() - before;
  const spent = usedBy(server) - ours;
  const busy = machineSeconds().busy - machine.busy;
  const foreign = Math.max(0, busy - spent) / (seconds * cpus().length);
  if (unit === 'requests') return { rate: operations / seconds, cpu: cpu / operations, foreign };
  return { rate: bytes / MIB / seconds, cpu: cpu / (bytes / MIB / 1024), foreign };
}

function usedBy(server: Server): number {
  const { user, system } = process.cpuUsage();
  return server.cpuSeconds() + clientSeconds() + (user + system) / 1e6;
}

async function untilQuiet(): Promise<void> {
  for (let wait = 0; wait < MAX_WAITS; wait++) {
    const before = machineSeconds();
    await delay(WAIT_MS);
    const after = machineSeconds();
    if (after.busy - before.busy < QUIET * (after.total - before.total)) return;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
