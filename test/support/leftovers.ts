import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a run that was given `TMPDIR=folder` has left on the machine; empty when nothing. Linux only. */
export function leftovers(folder: string): string[] {
  return [...processesOf(folder), ...mountsBelow(folder), ...filesIn(folder)];
}

/** Processes whose command line or environment names the folder. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        if (!command.includes(folder) && !environment.includes(folder)) return [];
        return [`process ${pid}: ${command.replaceAll('\0', ' ')}`];
      } catch {
        return []; // it has ended, or is someone else's
      }
    });
}

function mountsBelow(folder: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => `mount: ${line}`);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => `file: ${folder}/${name}`);
}

const CGROUP_ROOT = '/sys/fs/cgroup';

/** Control groups of embedded runtimes, in every hierarchy; compare before and after. */
export function runtimeCgroups(): string[] {
  if (!existsSync(CGROUP_ROOT)) return [];
  const hierarchies = readdirSync(CGROUP_ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(CGROUP_ROOT, entry.name));
  return [CGROUP_ROOT, ...hierarchies].flatMap((hierarchy) =>
    readdirSync(hierarchy)
      .filter((name) => name.startsWith('lazurite-'))
      .map((name) => join(hierarchy, name)),
  );
}
