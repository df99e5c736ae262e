import { setTimeout as delay } from 'node:timers/promises';
import type { Case, CaseContext } from './cases.js';
import { clientSeconds, machineSeconds } from './machine.js';

/** One case, one server, one round. */
export interface Sample {
  /** Requests, MiB or images a second. */
  speed: number;
  /** Processor seconds of the server for a request, a GiB or an image. */
  cpu: number;
  /** Share of the processors that neither the server nor the client used. */
  foreign: number;
}

const QUIET = 0.15;
const NOISY = 0.2;
const MAX_TRIES = 3;
const PROBE_MS = 200;
const MAX_WAIT_MS = 1000;

/** Runs a case when the machine is quiet, and again when it did not stay so; the quietest run counts. */
export async function measure(each: Case, context: CaseContext): Promise<Sample> {
  // What an upload has stored, a second one would find: only reading can be repeated.
  const tries = each.over === 'seeded' && context.mayRepeat ? MAX_TRIES : 1;
  let best = await onceQuiet(each, context);
  for (let attempt = 1; attempt < tries && isNoisy(best); attempt++) {
    const sample = await onceQuiet(each, context);
    if (sample.foreign < best.foreign) best = sample;
  }
  return best;
}

export function isNoisy(sample: Sample): boolean {
  return sample.foreign > NOISY;
}

async function onceQuiet(each: Case, context: CaseContext): Promise<Sample> {
  await each.prepare?.(context);
  await untilQuiet();
  const before = { machine: machineSeconds(), server: context.server.cpuSeconds(), own: own() };
  const { operations, bytes, seconds } = await each.run(context);
  const server = context.server.cpuSeconds() - before.server;
  const client = own() - before.own;
  const machine = machineSeconds();
  const busy = machine.busy - before.machine.busy;
  const total = machine.total - before.machine.total;
  const mebibytes = bytes / 2 ** 20;
  return {
    speed: (each.unit === 'MiB' ? mebibytes : operations) / seconds,
    cpu: server / (each.unit === 'MiB' ? mebibytes / 1024 : operations),
    foreign: Math.max(0, busy - server - client) / total,
  };
}

/** Processor seconds of the benchmark itself and its clients. */
function own(): number {
  const { user, system } = process.cpuUsage();
  return clientSeconds() + (user + system) / 1e6;
}

async function untilQuiet(): Promise<void> {
  const deadline = Date.now() + MAX_WAIT_MS;
  while (Date.now() < deadline) {
    const before = machineSeconds();
    await delay(PROBE_MS);
    const after = machineSeconds();
    if ((after.busy - before.busy) / (after.total - before.total) < QUIET) return;
  }
}
