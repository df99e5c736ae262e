import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100;

/**
 * Processor seconds that a process and its children have used, user and system.
 *
 * @param without names of children that do not count, with theirs, e.g. `['hello']`
 */
export function cpuSeconds(pid: number, without: readonly string[] = []): number {
  return treeOf(pid, without).reduce((sum, each) => sum + ownSeconds(each), 0);
}

/** Largest resident set that the processes had, in MiB, added up. */
export function peakMiB(pid: number): number {
  return memory(pid, 'VmHWM');
}

/** Resident set now, in MiB. */
export function residentMiB(pid: number, without: readonly string[] = []): number {
  return memory(pid, 'VmRSS', without);
}

/** Processor seconds of the children of this process that have ended: the clients. */
export function clientSeconds(): number {
  const fields = statFields('self');
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}

/** Seconds that all processors were busy and idle since the machine started. */
export function machineSeconds(): { busy: number; total: number } {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const values = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = values.reduce((sum, value) => sum + value, 0);
  const idle = (values[3] ?? 0) + (values[4] ?? 0);
  return { busy: (total - idle) / TICKS, total: total / TICKS };
}

function treeOf(pid: number, without: readonly string[] = []): number[] {
  if (without.includes(read(`/proc/${pid}/comm`).trim())) return [];
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const text = read(`/proc/${pid}/task/${task}/children`);
    return text.split(' ').filter(Boolean).map(Number);
  });
  return [pid, ...children.flatMap((child) => treeOf(child, without))];
}

function ownSeconds(pid: number): number {
  const fields = statFields(String(pid));
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

/** Fields of /proc/PID/stat from the third on: the second is a name that may hold spaces. */
function statFields(pid: string): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function memory(pid: number, field: string, without: readonly string[] = []): number {
  const sizes = treeOf(pid, without).map((each) => {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${each}/status`));
    return Number(match?.[1] ?? 0);
  });
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** Empty when the process or thread has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
