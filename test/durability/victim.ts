import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A registry in a process that can be killed. */
export interface Victim {
  url: string;
  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void>;
}

/** @throws Error with what the server printed when it does not start */
export async function startVictim(
  dataDirectory: string,
  more: readonly string[] = [],
): Promise<Victim> {
  const script = fileURLToPath(new URL('server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDirectory, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await firstLine(child);
  return {
    url,
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let printed = '';
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const end = printed.indexOf('\n');
      if (end >= 0) resolve(printed.slice(0, end));
    });
    child.once('exit', (code) => reject(new Error(`server ended with ${code}: ${complaint}`)));
  });
}
