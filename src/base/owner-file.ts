import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { codeOf, Failure } from './failure.js';

/** Who holds a data folder: a process, told apart from a later one with the same number by its start. */
export interface Owner {
  pid: number;
  /** Kernel start time of the process, or empty where the system does not say. */
  started: string;
}

/** A held owner file. Call `release` exactly once. */
export interface Ownership {
  /** Whether a dead process had left its claim behind. */
  readonly recovered: boolean;
  release(): void;
}

/**
 * Claims `path` for this process.
 *
 * @param path e.g. `'/home/me/.lazurite/registry/metadata.db.owner'`
 * @throws Failure when a living process holds it
 */
export function claimOwnership(path: string): Ownership {
  const claim = `${path}.${randomUUID()}`;
  writeFileSync(claim, JSON.stringify(describeSelf()));
  try {
    let recovered = false;
    while (!tryLink(claim, path)) {
      const holder = readOwner(path);
      if (holder !== undefined && isAlive(holder)) throw inUse(path, holder);
      discardStale(path);
      recovered = true;
    }
    return {
      recovered,
      release: () => {
        rmSync(path, { force: true });
      },
    };
  } finally {
    unlinkSync(claim);
  }
}

/** A hard link appears whole or not at all, so no one ever reads a half-written owner. */
function tryLink(claim: string, path: string): boolean {
  try {
    linkSync(claim, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the file aside before it looks again, so that of two claimers none removes the other's claim. */
function discardStale(path: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return; // another process recovered it first
    throw error;
  }
  const moved = readOwner(aside);
  if (moved !== undefined && isAlive(moved)) tryLink(aside, path);
  unlinkSync(aside);
}

/** @returns undefined when nobody can be proven to hold it */
export function readOwner(path: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, started } = value as Partial<Owner>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined; // absent, or torn by a crash
  }
}

function describeSelf(): Owner {
  return { pid: process.pid, started: startTime(process.pid) };
}

/** A living process with that number counts only if it started when the owner did. */
export function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const started = startTime(owner.pid);
  if (started === ENDED) return false;
  return started === '' || owner.started === '' || started === owner.started;
}

/** Stands for the start time of a process that ended and whose parent (PID 1 of many containers) never asks. */
const ENDED = 'ended';

/** Field 22 of Linux's /proc/PID/stat, with the boot it belongs to. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (afterName[0] === 'Z' || afterName[0] === 'X') return ENDED;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${afterName[19] ?? ''}`;
  } catch {
    return '';
  }
}

function inUse(path: string, holder: Owner): Failure {
  return new Failure(`the data folder is in use by process ${holder.pid}`, {
    why: `${path} names a process that is running; two servers on one folder would destroy its data`,
    help: `stop process ${holder.pid} first, or use another folder`,
  });
}
