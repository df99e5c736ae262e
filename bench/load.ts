import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MANIFEST_TYPE, type Blob, type Image } from './content.js';
import { BASIC, findProgram, type Server } from './peers.js';

const run = promisify(execFile);
const MANIFEST_TYPES = `${MANIFEST_TYPE}, application/vnd.oci.image.index.v1+json`;

/** What a client did while the clock ran. */
export interface Work {
  operations: number;
  bytes: number;
  seconds: number;
}

export interface Clients {
  /** GETs of one small thing over many connections. */
  requests(server: Server, options: RequestOptions): Promise<Work>;
  /** The same with HEAD. */
  heads(server: Server, options: RequestOptions): Promise<Work>;
  /** Downloads whose bytes are thrown away inside the kernel. */
  downloads(server: Server, options: RequestOptions): Promise<Work>;
  /** Uploads of blobs, each a POST and a PUT, or with PATCHes between. */
  uploads(server: Server, blobs: readonly Blob[], options: UploadOptions): Promise<Work>;
  /** Whole images, each to a repository of its own, `connections` at a time. */
  images(server: Server, images: readonly Image[], connections: number): Promise<Work>;
}

export interface RequestOptions {
  path: string;
  connections: number;
  seconds: number;
}

interface UploadOptions {
  connections: number;
  chunked?: boolean;
}

/** @returns undefined when there is no compiler for the load client */
export function openClients(directory: string): Clients | undefined {
  const compiler = findProgram('gcc') ?? findProgram('cc');
  if (compiler === undefined) return undefined;
  const program = join(directory, 'load');
  const source = fileURLToPath(new URL('load.c', import.meta.url));
  execFileSync(compiler, ['-O2', '-pthread', '-o', program, source]);
  const wrk = findProgram('wrk');
  const load = async (argv: string[]): Promise<Work> => parseWork(await output(program, argv));
  const timed = (method: string) => (server: Server, options: RequestOptions) => {
    const { path, connections, seconds } = options;
    const place = ['127.0.0.1', String(server.port), path];
    return load(['requests', method, ...place, String(connections), String(seconds), server.header]);
  };
  const jobs = async (server: Server, connections: number, lines: string[]): Promise<Work> => {
    const file = join(directory, 'jobs');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const header = server.peer.authorize ? `Authorization: ${BASIC}` : '';
    return load(['jobs', '127.0.0.1', String(server.port), String(connections), header, file]);
  };
  return {
    requests: wrk === undefined ? timed('GET') : (server, options) => runWrk(wrk, server, options),
    heads: timed('HEAD'),
    downloads: timed('GET'),
    uploads: (server, blobs, { connections, chunked = false }) =>
      jobs(server, connections, blobs.map((blob) => uploadLine(blob, chunked ? 'chunks' : 'blob'))),
    images: (server, images, connections) => jobs(server, connections, images.map(imageLines)),
  };
}

/** An empty line ends a job. */
function uploadLine({ digest, file }: Blob, kind: 'blob' | 'chunks'): string {
  return `${kind} bench/app ${digest} ${file}\n`;
}

function imageLines({ config, layers, manifest }: Image, at: number): string {
  const repository = `bench/image${at}`;
  const blobs = [...layers, config].map(({ digest, file }) => `blob ${repository} ${digest} ${file}`);
  return [...blobs, `manifest ${repository} latest ${manifest.file}`, ''].join('\n');
}

async function runWrk(wrk: string, server: Server, options: RequestOptions): Promise<Work> {
  const { path, connections, seconds } = options;
  const script = server.header === '' ? [] : ['-H', server.header];
  const argv = ['-t1', `-c${connections}`, `-d${seconds}s`, '-H', `Accept: ${MANIFEST_TYPES}`];
  const text = await output(wrk, [...argv, ...script, `${server.origin}${path}`]);
  const [, requests, took] = /(\d+) requests in ([\d.]+)s/.exec(text) ?? [];
  if (requests === undefined || /Non-2xx|Socket errors: connect/.test(text)) {
    throw new Error(`${server.peer.label} answers ${path} with errors:\n${text}`);
  }
  return { operations: Number(requests), bytes: 0, seconds: Number(took) };
}

async function output(program: string, argv: readonly string[]): Promise<string> {
  const { stdout } = await run(program, argv, { maxBuffer: 1024 * 1024 });
  return stdout;
}

function parseWork(text: string): Work {
  const work = JSON.parse(text) as Work & { errors: number };
  if (work.errors > 0 || work.operations === 0) throw new Error(`the load client failed: ${text}`);
  return work;
}
