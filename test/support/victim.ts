import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const VICTIM = fileURLToPath(new URL('../e2e/runtime-victim.ts', import.meta.url));
/** By its place: what the victim starts in another folder gets the same argument. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A process that runs containers and is there to be killed. */
export interface Victim {
  child: ChildProcess;
  /** Of the containers. */
  pids: number[];
  /** How they reach the world. */
  egress: string;
}

/** @param where an isolation level of the embedded runtime, or the address of an engine */
export async function startVictim(
  stateDirectory: string,
  where: string,
  sandboxes: number,
): Promise<Victim> {
  const port = `${20_000 + (process.pid % 5_000)}`;
  const child = spawn(
    process.execPath,
    ['--import', TSX, VICTIM, stateDirectory, where, `${sandboxes}`, port],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return { child, ...(JSON.parse(text) as Omit<Victim, 'child'>) };
}
