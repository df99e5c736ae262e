import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerUsage } from '../runtime.js';

/** The kernel's unit of time in `/proc/<pid>/stat`: the same on every architecture Linux runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Reads what the kernel counted in a container's cgroups, version 1 or 2.
 *
 * @returns undefined when none of them counts memory
 */
export async function cgroupUsage(folders: readonly string[]): Promise<ContainerUsage | undefined> {
  const memoryBytes = await first(folders, memoryOf);
  if (memoryBytes === undefined) return undefined;
  const cpuSeconds = (await first(folders, cpuOf)) ?? (await first(folders, cpuOfProcesses));
  return cpuSeconds === undefined ? undefined : { cpuSeconds, memoryBytes };
}

async function first(
  folders: readonly string[],
  look: (folder: string) => Promise<number | undefined>,
): Promise<number | undefined> {
  for (const folder of folders) {
    const found = await look(folder);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function memoryOf(folder: string): Promise<number | undefined> {
  const current =
    (await numberIn(folder, 'memory.current')) ?? (await numberIn(folder, 'memory.usage_in_bytes'));
  if (current === undefined) return undefined;
  const stat = await textIn(folder, 'memory.stat');
  const droppable = /^(?:total_)?inactive_file (\d+)$/m.exec(stat)?.[1];
  return Math.max(0, current - Number(droppable ?? 0));
}

async function cpuOf(folder: string): Promise<number | undefined> {
  const nanoseconds = await numberIn(folder, 'cpuacct.usage');
  if (nanoseconds !== undefined) return nanoseconds / 1e9;
  const microseconds = /^usage_usec (\d+)$/m.exec(await textIn(folder, 'cpu.stat'))?.[1];
  return microseconds === undefined ? undefined : Number(microseconds) / 1e6;
}

/** Where the hierarchy that counts is not ours: what those that run, and their children, have used. */
async function cpuOfProcesses(folder: string): Promise<number | undefined> {
  const pids = (await textIn(folder, 'cgroup.procs')).split('\n').filter(Boolean);
  if (pids.length === 0) return undefined;
  const stats = await Promise.all(pids.map((pid) => textIn('/proc', join(pid, 'stat'))));
  const ticks = stats.map((stat) => {
    // the name before the last parenthesis may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

async function numberIn(folder: string, file: string): Promise<number | undefined> {
  const text = (await textIn(folder, file)).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

async function textIn(folder: string, file: string): Promise<string> {
  return readFile(join(folder, file), 'utf8').catch(() => '');
}
