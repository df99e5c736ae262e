import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeCgroups } from './leftovers.js';
import { descendants } from './processes.js';

/** What a Lazurite takes of this machine at one moment. Linux only. */
export interface Footprint {
  /** Resident memory of the server alone. */
  rssBytes: number;
  files: number;
  /** The server's descendants, e.g. helpers of replicas. */
  processes: number;
  /** That name the home folder, in the server's own mount namespace. */
  mounts: number;
  cgroups: number;
  /** On this machine, of the embedded runtime: its bridge and its sandboxes' cables. */
  links: number;
  /** Of all files in the home folder. */
  diskBytes: number;
}

/** @param pid of the server */
export function footprintOf(pid: number, home: string): Footprint {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    rssBytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024,
    files: readdirSync(`/proc/${pid}/fd`).length,
    processes: descendants(pid).length,
    mounts: readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
      .split('\n')
      .filter((line) => line.includes(home)).length,
    cgroups: cgroupsOf(home).length,
    links: linksOf(home).length,
    diskBytes: sizeOf(home),
  };
}

/** Control groups of this home's containers: their folders carry a hash of its own. */
export function cgroupsOf(home: string): string[] {
  const own = runtimeCgroups().filter((folder) => folder.endsWith(`lazurite-${keyOf(home, 10)}`));
  return own.flatMap((folder) => [folder, ...foldersIn(folder)]);
}

function linksOf(home: string): string[] {
  const names = [`lzr${keyOf(home, 8)}`, `lz${keyOf(home, 6)}-`];
  const links = readdirSync('/sys/class/net');
  return links.filter((link) => names.some((name) => link.startsWith(name)));
}

function keyOf(home: string, length: number): string {
  const state = realpathSync(join(home, 'runtime'));
  return createHash('sha256').update(state).digest('hex').slice(0, length);
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch {
    return []; // it is gone
  }
}

/** A file that goes away meanwhile is not counted. */
function sizeOf(path: string): number {
  try {
    const stats = lstatSync(path);
    if (!stats.isDirectory()) return stats.size;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
  } catch {
    return 0;
  }
}

/** What a straight line through these values, one a step, gains from its first to its last. */
export function growth(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [above, below] = values.reduce(
    ([a, b], value, at) => [a + (at - middle) * (value - mean), b + (at - middle) ** 2],
    [0, 0],
  );
  return below === 0 ? 0 : (above / below) * (values.length - 1);
}
