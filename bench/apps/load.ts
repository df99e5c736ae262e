import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { firstAnswer } from './world.js';

const run = promisify(execFile);
const HELLO = fileURLToPath(new URL('../../workload/hello/bin/hello-linux-amd64', import.meta.url));

/** A program on this machine that is to be measured. */
export interface Running {
  url: URL;
  pid: number;
  stop(): Promise<void>;
}

/** The workload as an ordinary process: what a proxy stands before. */
export function startHello(port: number): Promise<Running> {
  const env = { PORT: `${port}`, MESSAGE: 'direct' };
  return start([HELLO], env, port, 'direct');
}

/** nginx with one worker that proxies to a port, connections kept. */
export function startNginx(directory: string, port: number, upstream: number): Promise<Running> {
  const prefix = join(directory, 'nginx');
  mkdirSync(prefix);
  const file = join(prefix, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${prefix}/pid; error_log ${prefix}/error.log;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${prefix}; proxy_temp_path ${prefix};
  fastcgi_temp_path ${prefix}; uwsgi_temp_path ${prefix}; scgi_temp_path ${prefix};
  upstream hello { server 127.0.0.1:${upstream}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://hello; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`,
  );
  return start(['nginx', '-p', prefix, '-c', file], process.env, port, 'direct');
}

async function start(
  [program = '', ...argv]: readonly string[],
  env: NodeJS.ProcessEnv,
  port: number,
  message: string,
): Promise<Running> {
  const child = spawn(program, argv, { env, stdio: 'ignore' });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const url = new URL(`http://127.0.0.1:${port}/`);
  await firstAnswer(url, message);
  return {
    url,
    pid: child.pid!,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export interface LoadSample {
  requestsPerSecond: number;
  /** Milliseconds. */
  median: number;
  /** Requests for a second of the proxy's processor time. */
  perCpuSecond: number;
}

/** Asks a server as fast as it answers. */
export async function load(
  url: URL,
  options: { connections: number; seconds: number; cpu: () => number },
): Promise<LoadSample> {
  const { connections, seconds, cpu } = options;
  const before = cpu();
  const argv = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url.href];
  const { stdout } = await run('wrk', argv);
  const spent = cpu() - before;
  const number = (pattern: RegExp): string[] => pattern.exec(stdout)?.slice(1) ?? [];
  const [requests = '0'] = number(/(\d+) requests in/);
  const [rate = '0'] = number(/Requests\/sec:\s+([\d.]+)/);
  const [value = '0', unit = 'ms'] = number(/50%\s+([\d.]+)(us|ms|s)/);
  const scale = { us: 0.001, ms: 1, s: 1000 }[unit] ?? 1;
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  return {
    requestsPerSecond: Number(rate),
    median: Number(value) * scale,
    perCpuSecond: Number(requests) / spent,
  };
}
