import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, wrk, type Load } from './clients.js';
import type { Blob, Content, Image } from './content.js';
import type { Server } from './peers.js';

export type Unit = 'requests' | 'MiB' | 'images';

export interface Case {
  id: string;
  label: string;
  unit: Unit;
  /** What it needs: a folder with things to read, or an empty one. */
  over: 'seeded' | 'empty';
  /** Against docker-registry: at least so many times the speed, at most so much of its processor time. */
  target?: { speed: number; cpu?: number };
  /** Path of the same thing as a static file, if nginx can serve it. */
  file?: string;
  /** What happens before the clock starts. */
  prepare?(context: CaseContext): Promise<unknown>;
  run(context: CaseContext): Promise<Load>;
}

export interface CaseContext {
  server: Server;
  content: Content;
  quick: boolean;
  /** Whether there is time to run a case again that others disturbed. */
  mayRepeat: boolean;
  /** For files of the clients. */
  directory: string;
}

const MANIFEST = { speed: 10, cpu: 1 / 15 };
const BIG_CPU = 0.7;
const APP_MANIFESTS = '/v2/bench/app/manifests';

const manifestByDigest = ({ image }: Content): string =>
  `${APP_MANIFESTS}/${image.manifest.digest}`;

export const CASES: readonly Case[] = [
  manifests('manifest-tag', 'manifest GET by tag', () => `${APP_MANIFESTS}/latest`),
  manifests('manifest-digest', 'manifest GET by digest', manifestByDigest),
  manifests('manifest-digest-c64', 'manifest GET by digest, 64 connections', manifestByDigest, 64),
  manifestHead(),
  list('tags-10', 'tags list of 10', '/v2/bench/tags10/tags/list'),
  list('tags-1000', 'tags list of 1,000', '/v2/bench/tags1000/tags/list', 15),
  list('tags-10000', 'tags list of 10,000', '/v2/bench/tags10000/tags/list', 50),
  list('tags-page', 'tags list of 10,000, `?n=100`', '/v2/bench/tags10000/tags/list?n=100', 50),
  list('catalog', 'catalog of 1,000', '/v2/_catalog?n=1000', 50),
  // Seconds, as the others: half a second measures how the server's code is compiled.
  download('1 MiB', 1, 2400, { speed: 4 }),
  download('1 MiB', 8, 4800, { speed: 4 }),
  download('64 MiB', 1, 36, { speed: 1.8, cpu: BIG_CPU }),
  download('64 MiB', 8, 48, { speed: 1.25, cpu: BIG_CPU }),
  download('512 MiB', 1, 4, { speed: 1.8, cpu: BIG_CPU }),
  download('512 MiB', 8, 8, { speed: 1.25, cpu: BIG_CPU }),
  upload('put-1mib-c8', 'blob PUT 1 MiB, 8 connections', 8, 'small'),
  upload('put-64mib-c1', 'blob PUT 64 MiB, 1 connection', 1, 'single', 1.15),
  upload('put-64mib-c4', 'blob PUT 64 MiB, 4 connections', 4, 'parallel', 0.9),
  upload('put-512mib-c1', 'blob PUT 512 MiB, 1 connection', 1, 'large', 1.15),
  upload('patch-64mib', 'blob PATCH 64 MiB in 8 MiB chunks', 1, 'chunked'),
  firstDownload(),
  images(),
];

function manifests(
  id: string,
  label: string,
  pathOf: (content: Content) => string,
  connections = 32,
): Case {
  const file = 'manifest.json';
  return {
    ...{ id, label, unit: 'requests', over: 'seeded', target: MANIFEST, file },
    run: ({ server, content, quick }) => {
      const path = server.peer.isRegistry ? pathOf(content) : `/${file}`;
      return wrk(server, path, connections, quick ? 1 : 2);
    },
  };
}

/** `wrk` cannot do HEAD: it waits for the body. */
function manifestHead(): Case {
  const file = 'manifest.json';
  return {
    ...{ id: 'manifest-head', label: 'manifest HEAD by tag, 16 connections' },
    ...{ unit: 'requests', over: 'seeded', target: MANIFEST, file },
    run({ server, quick }) {
      const path = server.peer.isRegistry ? `${APP_MANIFESTS}/latest` : `/${file}`;
      const argv = ['HEAD', '127.0.0.1', String(server.port), path, '16', quick ? '1' : '2'];
      return load('requests', [...argv, server.header]);
    },
  };
}

function list(id: string, label: string, path: string, speed?: number): Case {
  return {
    ...{ id, label, unit: 'requests', over: 'seeded' },
    ...(speed !== undefined && { target: { speed } }),
    run: ({ server, quick }) => wrk(server, path, 32, quick ? 1 : 2),
  };
}

function download(
  size: string,
  connections: number,
  count: number,
  target: { speed: number; cpu?: number },
): Case {
  const file = size.replace(' ', '-');
  const times = `${connections} connection${connections === 1 ? '' : 's'}`;
  return {
    id: `get-${file.toLowerCase()}-c${connections}`,
    label: `blob GET ${size}, ${times}`,
    ...{ unit: 'MiB', over: 'seeded', target, file },
    run({ server, content, quick }) {
      const digest = content.blobs[size]?.digest ?? '';
      const path = server.peer.isRegistry ? `/v2/bench/app/blobs/${digest}` : `/${file}`;
      const repeats = Math.max(connections, quick ? Math.ceil(count / 3) : count);
      const place = ['127.0.0.1', String(server.port), path];
      return load('get', [...place, String(connections), String(repeats), server.header]);
    },
  };
}

function upload(
  id: string,
  label: string,
  connections: number,
  blobs: keyof Content['uploads'],
  speed?: number,
): Case {
  const kind = blobs === 'chunked' ? 'chunks' : 'blob';
  return {
    ...{ id, label, unit: 'MiB', over: 'empty' },
    ...(speed !== undefined && { target: { speed } }),
    run: (context) => {
      const list = context.content.uploads[blobs].map((blob) => [line(kind, 'bench/app', blob)]);
      return push(context, id, connections, list);
    },
  };
}

/** Whoever pulls right after a push: what the server left out of the page cache comes from the disk. */
function firstDownload(): Case {
  const id = 'get-after-push';
  const connections = 1;
  return {
    ...{ id, label: 'first blob GET 512 MiB right after its push', unit: 'MiB', over: 'empty' },
    prepare(context) {
      const lists = context.content.uploads.large.map((blob) => [line('blob', 'bench/app', blob)]);
      return push(context, id, connections, lists);
    },
    run({ server, content }) {
      const path = `/v2/bench/app/blobs/${content.uploads.large[0]!.digest}`;
      const place = ['127.0.0.1', String(server.port), path, String(connections), '1'];
      return load('get', [...place, server.header]);
    },
  };
}

function images(): Case {
  return {
    ...{ id: 'images-c10', label: '50 small images, 10 at a time' },
    ...{ unit: 'images', over: 'empty', target: { speed: 3 } },
    run: (context) => push(context, 'images-c10', 10, context.content.images.map(imageLines)),
  };
}

function imageLines({ config, layers, manifest }: Image, at: number): string[] {
  const repository = `bench/image${at}`;
  const blobs = [...layers, config].map((blob) => line('blob', repository, blob));
  return [...blobs, `manifest ${repository} latest ${manifest.file}`];
}

/** As `load.c` reads it. */
function line(kind: 'blob' | 'chunks', repository: string, { digest, file }: Blob): string {
  return `${kind} ${repository} ${digest} ${file}`;
}

/** Pushes are many repositories', for which no one token is given: they bring the password. */
function push(
  { server, directory }: CaseContext,
  id: string,
  connections: number,
  jobs: readonly string[][],
): Promise<Load> {
  const file = join(directory, `${id}.jobs`);
  writeFileSync(file, jobs.map((lines) => `${lines.join('\n')}\n\n`).join(''));
  const place = ['127.0.0.1', String(server.port), String(connections)];
  return load('jobs', [...place, server.pushHeader, file]);
}
