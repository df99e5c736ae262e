import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram, foldersOf } from '../../base/programs.js';

/** In the container's folder; the runtime writes it when it has started the program. */
export const PID_FILE = 'oci.pid';
export const LOG_FILE = 'oci.log';

/** An OCI runtime found on PATH; whether it works is another question. */
export interface OciEngine {
  /** e.g. `'/usr/sbin/runc'` */
  path: string;
  name: 'crun' | 'runc';
  /** e.g. `'runc 1.1.5'` */
  version: string;
  /**
   * Whether `run --keep` is there: without it the runtime removes the container's cgroup, and with it the
   * count of what ran out of memory, before anyone can look.
   */
  keeps: boolean;
}

const run = promisify(execFile);
/** Where distributions put them, even when PATH of an ordinary user leaves it out. */
const EXTRA_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The OCI runtimes on PATH, the quicker one first. */
export async function findOciEngines(path = process.env.PATH ?? ''): Promise<OciEngine[]> {
  const folders = [...foldersOf(path), ...EXTRA_FOLDERS];
  const engines: OciEngine[] = [];
  for (const name of ['crun', 'runc'] as const) {
    const file = findProgram(name, folders);
    if (file === undefined) continue;
    const version = await versionOf(file, name);
    if (version === undefined) continue;
    const help = await run(file, ['run', '--help'], { timeout: 5000 }).catch(() => undefined);
    engines.push({ path: file, name, version, keeps: help?.stdout.includes('--keep') === true });
  }
  return engines;
}

async function versionOf(path: string, name: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 5000 });
    const number = /version v?([0-9][^\s]*)/.exec(stdout)?.[1];
    return number === undefined ? name : `${name} ${number}`;
  } catch {
    return undefined;
  }
}
