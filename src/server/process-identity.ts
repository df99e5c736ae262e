import { readFileSync } from 'node:fs';

/** Tells one process from a later one that got the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to the process's start; undefined where there is no /proc. */
  startTicks?: number;
}

export function identityOf(pid: number): ProcessIdentity {
  const startTicks = startTicksOf(pid);
  return startTicks === undefined ? { pid } : { pid, startTicks };
}

/** Whether that very process is still there. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startTicks === undefined || startTicksOf(pid) === startTicks;
}

/** Field 22 of /proc/PID/stat; the command name before it may hold spaces and parentheses. */
function startTicksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const ticks = Number(fields[19]);
    return Number.isFinite(ticks) ? ticks : undefined;
  } catch {
    return undefined;
  }
}
