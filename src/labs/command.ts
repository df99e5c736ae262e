import { spawn } from 'node:child_process';

/** What one run of a shell command left behind. */
export interface CommandOutcome {
  /** e.g. `'2026-11-21T07:00:00.000Z'` */
  startedAt: string;
  milliseconds: number;
  /** Null when a signal or the time limit ended it. */
  exitCode: number | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
}

const KILL_AFTER_MS = 2_000;
/** A log may be long; a report of gigabytes helps nobody. */
const LONGEST_OUTPUT = 8 * 1024 * 1024;

/**
 * Runs a shell command in a process group of its own and ends the whole group when time is up or the signal
 * is aborted.
 *
 * @throws the signal's reason when aborted
 */
export async function runCommand(options: {
  command: string;
  directory: string;
  environment: Readonly<Record<string, string>>;
  /** Seconds. */
  timeout: number;
  signal: AbortSignal;
}): Promise<CommandOutcome> {
  options.signal.throwIfAborted();
  const started = Date.now();
  const child = spawn('sh', ['-c', options.command], {
    cwd: options.directory,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // its own group, which can be ended as a whole
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  let timedOut = false;
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    killer ??= setTimeout(() => {
      signalGroup(child.pid, 'SIGKILL');
    }, KILL_AFTER_MS);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, options.timeout * 1000);
  options.signal.addEventListener('abort', end, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    options.signal.throwIfAborted();
    return {
      startedAt: new Date(started).toISOString(),
      milliseconds: Date.now() - started,
      exitCode,
      timedOut,
      stdout: stdout(),
      stderr: stderr(),
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    options.signal.removeEventListener('abort', end);
    signalGroup(child.pid, 'SIGKILL'); // whatever the command left running
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < LONGEST_OUTPUT) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // the group is gone already
  }
}
