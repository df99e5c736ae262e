import type { Content } from './content.js';
import type { Clients, Work } from './load.js';
import type { Unit } from './measure.js';
import type { Server } from './peers.js';

export interface Case {
  id: string;
  label: string;
  unit: Unit;
  /** Writing cases start with an empty folder. */
  writes: boolean;
  /** What Lazurite is to reach against docker-registry. */
  target?: { rate: number; cpu?: number };
  /** Left out in a quick run. */
  long?: boolean;
  /** Where the static file server has the same bytes; it is left out elsewhere. */
  staticPath?: string;
  run(lab: Lab): Promise<Work>;
}

/** What a case works with. */
export interface Lab {
  server: Server;
  clients: Clients;
  content: Content;
  /** How long a reading case lasts. */
  seconds: number;
}

const MANIFEST = { rate: 10, cpu: 1 / 15 };
const MANY = 32;

export const CASES: readonly Case[] = [
  small('manifest-tag', 'manifest by tag', '/v2/bench/app/manifests/latest', MANIFEST),
  manifestByDigest(),
  manifestHead(),
  small('tags-1000', 'tags list, 1,000', '/v2/bench/tags1000/tags/list', { rate: 15 }),
  small('tags-10000', 'tags list, 10,000', '/v2/bench/tags10000/tags/list', { rate: 50 }),
  small('tags-page', 'tags list, 100 of 10,000', '/v2/bench/tags10000/tags/list?n=100', {
    rate: 50,
  }),
  small('catalog', 'catalog of 1,000', '/v2/_catalog?n=1000', { rate: 50 }),
  download('1 MiB', 1, { rate: 4 }),
  download('1 MiB', 8, { rate: 4 }),
  download('64 MiB', 1, { rate: 1.8, cpu: 0.7 }),
  download('64 MiB', 8, { rate: 1.25, cpu: 0.7 }),
  { ...download('512 MiB', 1, { rate: 1.8, cpu: 0.7 }), long: true },
  { ...download('512 MiB', 8, { rate: 1.25, cpu: 0.7 }), long: true },
  upload('put-1-c8', 'blob PUT 1 MiB, 8 at a time', 'small', { connections: 8 }),
  upload('put-64-c1', 'blob PUT 64 MiB, 1 connection', 'single', { connections: 1 }, 1.15),
  upload('put-64-c4', 'blob PUT 64 MiB, 4 at a time', 'parallel', { connections: 4 }, 0.9),
  {
    ...upload('put-512-c1', 'blob PUT 512 MiB, 1 connection', 'large', { connections: 1 }, 1.15),
    long: true,
  },
  upload('patch-64', 'blob 64 MiB in PATCHes of 8 MiB', 'chunked', {
    connections: 1,
    chunked: true,
  }),
  {
    id: 'images',
    label: '50 small images, 10 at a time',
    unit: 'requests',
    writes: true,
    target: { rate: 3 },
    run: ({ server, clients, content }) => clients.images(server, content.images, 10),
  },
];

function small(id: string, label: string, path: string, target: Case['target']): Case {
  const staticPath = '/manifest.json';
  return {
    id,
    label: `${label}, ${MANY} connections`,
    unit: 'requests',
    writes: false,
    ...(target && { target }),
    ...(id.startsWith('manifest') && { staticPath }),
    run: ({ server, clients, seconds }) =>
      clients.requests(server, { path: pathFor(server, path, staticPath), ...many(seconds) }),
  };
}

function manifestByDigest(): Case {
  return {
    ...small('manifest-digest', 'manifest by digest', '', MANIFEST),
    run: ({ server, clients, content, seconds }) => {
      const path = `/v2/bench/app/manifests/${content.image.manifest.digest}`;
      const options = { path: pathFor(server, path, '/manifest.json'), ...many(seconds) };
      return clients.requests(server, options);
    },
  };
}

function manifestHead(): Case {
  return {
    ...small('manifest-head', 'HEAD manifest', '', MANIFEST),
    label: 'HEAD manifest by tag, 16 connections',
    run: ({ server, clients, seconds }) => {
      const path = pathFor(server, '/v2/bench/app/manifests/latest', '/manifest.json');
      return clients.heads(server, { path, connections: 16, seconds });
    },
  };
}

function many(seconds: number): { connections: number; seconds: number } {
  return { connections: MANY, seconds };
}

function download(size: '1 MiB' | '64 MiB' | '512 MiB', connections: number, target: Case['target']): Case {
  const staticPath = `/${size.replace(' ', '-')}`;
  return {
    id: `get-${parseInt(size)}-c${connections}`,
    label: `blob GET ${size}, ${connections} connection${connections === 1 ? '' : 's'}`,
    unit: 'bytes',
    writes: false,
    ...(target && { target }),
    staticPath,
    run: ({ server, clients, content, seconds }) => {
      const path = `/v2/bench/app/blobs/${content.blobs[size]!.digest}`;
      const options = { path: pathFor(server, path, staticPath), connections, seconds };
      return clients.downloads(server, options);
    },
  };
}

function upload(
  id: string,
  label: string,
  blobs: keyof Content['uploads'],
  options: { connections: number; chunked?: boolean },
  rate?: number,
): Case {
  return {
    id,
    label,
    unit: 'bytes',
    writes: true,
    ...(rate !== undefined && { target: { rate } }),
    run: ({ server, clients, content }) =>
      clients.uploads(server, content.uploads[blobs], options),
  };
}

function pathFor({ peer }: Server, path: string, staticPath: string): string {
  return peer.isRegistry ? path : staticPath;
}

/** Whether a peer can do what the case asks. */
export function suits({ id, staticPath }: Case, { isRegistry, lacks }: Server['peer']): boolean {
  return isRegistry ? lacks?.[id] === undefined : staticPath !== undefined;
}

export const PEAK_TARGET_MIB = 150;
