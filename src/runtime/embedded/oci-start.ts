import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ContainerStartError } from '../runtime.js';
import type { Launch } from './launch.js';
import type { Monitor } from './monitor.js';

const POLL_MS = 2;

/** What OCI runtimes write when the program, and not the container, is at fault. */
const REASONS: [RegExp, ContainerStartError['reason']][] = [
  [/exec format error/i, 'ENOEXEC'],
  [/no such file or directory|executable file .*not found/i, 'ENOENT'],
  [/permission denied|is a directory/i, 'EACCES'],
  [/unable to find (user|group)|setuid|setgid/i, 'EUSER'],
];

/**
 * Waits until the runtime has started the container's own program, and finds that program's process.
 *
 * @returns Its pid on the host.
 * @throws ContainerStartError when the runtime ended with a complaint instead.
 */
export async function waitForOciStart(monitor: Monitor, launch: Launch): Promise<number> {
  const ended = new AbortController();
  void monitor.exited.then(() => {
    ended.abort();
  });
  for (;;) {
    const pid = await programPid(monitor.pid, launch);
    if (pid !== undefined) return pid;
    if (ended.signal.aborted) {
      const complaint = await lastComplaint(launch);
      if (complaint !== undefined) throw ociStartFailure(complaint);
      return monitor.pid; // it ran, and was quicker than this look at it
    }
    await delay(POLL_MS);
  }
}

/** The runtime's child, once it is no longer the runtime's own program. */
async function programPid(runtimePid: number, { engine }: Launch): Promise<number | undefined> {
  for (const pid of await childrenOf(runtimePid)) {
    const program = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
    if (program === undefined || program === engine?.path) continue;
    if (!/^\/memfd:|\/runc|\/crun|^\/proc\//.test(program)) return pid;
  }
  return undefined;
}

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = tasks.map((task) =>
    readFile(`/proc/${pid}/task/${task}/children`, 'latin1').catch(() => ''),
  );
  return (await Promise.all(lists))
    .join(' ')
    .split(' ')
    .map(Number)
    .filter((each) => each > 0);
}

async function lastComplaint({ directory }: Launch): Promise<string | undefined> {
  const text = await readFile(join(directory, 'oci.log'), 'utf8').catch(() => '');
  const messages = text.split('\n').flatMap((line) => {
    try {
      const entry: unknown = line === '' ? undefined : JSON.parse(line);
      if (typeof entry !== 'object' || entry === null) return [];
      const { level, msg } = entry as { level?: unknown; msg?: unknown };
      return level === 'error' && typeof msg === 'string' ? [msg] : [];
    } catch {
      return [];
    }
  });
  return messages.at(-1);
}

function ociStartFailure(complaint: string): ContainerStartError {
  const reason = REASONS.find(([pattern]) => pattern.test(complaint))?.[1] ?? 'OTHER';
  return new ContainerStartError(reason, complaint);
}
