import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ENTRY = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `lazurite ARGUMENTS…` to its end. */
export async function lazurite(
  argv: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; stdin?: string } = {},
): Promise<CommandResult> {
  const child = start(argv, options);
  child.stdin?.end(options.stdin);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, stdout, stderr };
}

/** A Lazurite in the foreground of a child process. */
export interface RunningServer {
  child: ChildProcess;
  home: string;
  gateway: string;
  pid: number;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, as a crash would. */
  crash(): Promise<void>;
}

/** Starts `lazurite up` and waits until it says that it is ready. */
export async function startServer(
  home: string,
  extra: readonly string[] = [],
): Promise<RunningServer> {
  const child = start(['up', '--home', home, '--port', '0', '--json', ...extra], {});
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const ready = await new Promise<{ gateway: string; pid: number }>((done, fail) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) done(JSON.parse(text) as { gateway: string; pid: number });
    });
    void exited.then((code) => {
      fail(new Error(`lazurite up ended with ${code ?? 'a signal'}: ${stderr}`));
    });
  });
  return {
    child,
    home,
    ...ready,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
    crash: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function start(
  argv: readonly string[],
  { env, cwd, stdin }: { env?: NodeJS.ProcessEnv; cwd?: string; stdin?: string },
): ChildProcess {
  if (!existsSync(new URL('../../dist/cli/main.js', import.meta.url))) {
    throw new Error('dist/ is missing: npm run build');
  }
  return spawn(process.execPath, [ENTRY, ...argv], {
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd && { cwd }),
  });
}
