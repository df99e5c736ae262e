import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ContainerStartError } from '../runtime.js';
import type { Launch } from './launch-spec.js';
import { LOG_FILE, PID_FILE } from './oci-engine.js';
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
 * @param output What has been written to stdout and stderr so far.
 * @returns Its pid on the host.
 * @throws ContainerStartError when the runtime ended with a complaint instead.
 */
export async function waitForOciStart(
  monitor: Monitor,
  launch: Launch,
  output: () => string,
): Promise<number> {
  const ended = new AbortController();
  void monitor.exited.then(() => {
    ended.abort();
  });
  for (;;) {
    const pid = await programPid(monitor.pid, launch);
    if (pid !== undefined) return pid;
    if (ended.signal.aborted) {
      const complaint = (await lastComplaint(launch)) ?? lastWords(output());
      if (complaint !== undefined) throw ociStartFailure(complaint);
      return monitor.pid; // it ran, and was quicker than this look at it
    }
    await delay(POLL_MS);
  }
}

/**
 * The runtime's child, once it runs another program than the runtime's. Until then it shows the engine's
 * file, a copy of it in memory (`/memfd:…`), or one that was bound to no place (`/`).
 */
async function programPid(runtimePid: number, launch: Launch): Promise<number | undefined> {
  if (!existsSync(join(launch.directory, PID_FILE))) return undefined;
  for (const pid of await childrenOf(runtimePid)) {
    const program = await readlink(`/proc/${pid}/exe`).catch(() => '/');
    if (program === '/' || program === launch.engine?.path) continue;
    if (!program.startsWith('/memfd:')) return pid;
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
  const text = await readFile(join(directory, LOG_FILE), 'utf8').catch(() => '');
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

/** runc's last step, the exec itself, can only complain where the program would have written. */
function lastWords(output: string): string | undefined {
  return /^exec \S+: (?:exec format error|no such file or directory|permission denied)$/.exec(
    output.trim(),
  )?.[0];
}

function ociStartFailure(complaint: string): ContainerStartError {
  const reason = REASONS.find(([pattern]) => pattern.test(complaint))?.[1] ?? 'OTHER';
  return new ContainerStartError(reason, complaint);
}
