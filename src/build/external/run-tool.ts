import { spawn } from 'node:child_process';
import { codeOf } from '../../base/failure.js';
import { BuildError } from '../image-builder.js';
import { LineSplitter } from './line-splitter.js';

export interface ToolRun {
  /** Takes what the tool prints, line by line. */
  log?: (line: string) => void;
  environment?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}

const LAST_LINES = 15;

/**
 * Runs a program and waits for its end; an abort ends it with SIGTERM, so that it can clean up.
 *
 * @returns what it wrote to standard output
 * @throws BuildError with its last lines when it fails
 */
export async function runTool(argv: readonly string[], options: ToolRun = {}): Promise<string> {
  const { log, environment = process.env, signal } = options;
  signal?.throwIfAborted();
  const [program = '', ...rest] = argv;
  const last: string[] = [];
  const output: Buffer[] = [];
  const lines = new LineSplitter((line) => {
    log?.(line);
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
  });
  const child = spawn(program, rest, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  child.stdout.on('data', (chunk: Buffer) => {
    output.push(chunk);
    lines.add(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    lines.add(chunk);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    lines.end();
    signal?.throwIfAborted();
    if (code === 0) return Buffer.concat(output).toString('utf8');
    const how = code === null ? 'was ended by a signal' : `ended with code ${code}`;
    throw new BuildError(`${program} ${how}:\n${last.join('\n')}`);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new BuildError(`${program} is not installed`);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Whether a program runs here at all. */
export async function hasTool(...argv: string[]): Promise<boolean> {
  try {
    await runTool(argv);
    return true;
  } catch {
    return false;
  }
}
