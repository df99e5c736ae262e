import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, type Server } from './peers.js';

/** What a load client did. */
export interface Load {
  operations: number;
  bytes: number;
  seconds: number;
}

let loadProgram = '';

/** @throws Error when there is no C compiler */
export function buildLoadClient(directory: string): void {
  loadProgram = join(directory, 'load');
  const source = fileURLToPath(new URL('load.c', import.meta.url));
  execFileSync('cc', ['-O2', '-pthread', '-o', loadProgram, source], { stdio: 'inherit' });
}

/** Runs `load.c`; see there. */
export async function load(mode: 'requests' | 'get' | 'jobs', argv: string[]): Promise<Load> {
  const parsed = JSON.parse(await run(loadProgram, [mode, ...argv])) as Load & { errors: number };
  if (parsed.errors > 0) throw new Error(`${parsed.errors} connections failed: ${argv.join(' ')}`);
  return parsed;
}

/** GETs of one path over many connections. */
export async function wrk(
  server: Server,
  path: string,
  connections: number,
  seconds: number,
): Promise<Load> {
  const headers = ['--header', 'Accept: application/vnd.oci.image.manifest.v1+json'];
  if (server.header !== '') headers.push('--header', server.header);
  const amount = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s'];
  const text = await run(findProgram('wrk')!, [...amount, ...headers, `${server.origin}${path}`]);
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(text);
  if (bad) throw new Error(`${server.peer.label} ${path}: ${bad[0]}`);
  const counted = /(\d+) requests in ([\d.]+)(ms|s|m),/.exec(text);
  if (counted === null) throw new Error(`wrk said: ${text}`);
  const scale = { ms: 0.001, s: 1, m: 60 }[counted[3]!]!;
  return { operations: Number(counted[1]), bytes: 0, seconds: Number(counted[2]) * scale };
}

function run(file: string, argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, argv, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${file} ${argv.join(' ')}: ${stderr}${stdout}`));
    });
  });
}
