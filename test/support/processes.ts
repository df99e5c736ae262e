import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Whether it runs; one that has ended and was not waited for does not. Linux, as all here. */
export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(statusOf(pid));
}

/** Program and arguments; empty when it is gone. */
export function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Its children, theirs, and so on. */
export function descendants(root: number): number[] {
  const found = [root];
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(/^PPid:\s+(\d+)/m.exec(statusOf(Number(name)))?.[1])]);
  for (const pid of found) {
    for (const [child = 0, parent] of parents) if (parent === pid) found.push(child);
  }
  return found.slice(1);
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 'State:\tZ';
  }
}
