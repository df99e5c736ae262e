import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTEN = '0A';

export interface ListeningSocket {
  port: number;
  inode: string;
}

/**
 * The listening sockets in the text of `/proc/<pid>/net/tcp` or `tcp6`.
 *
 * @see https://www.kernel.org/doc/html/v6.1/networking/proc_net_tcp.html
 */
export function parseListening(text: string): ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const port = /^[0-9A-F]+:([0-9A-F]{4})$/.exec(fields[1] ?? '')?.[1];
    const inode = fields[9];
    return fields[3] === LISTEN && port && inode
      ? [{ port: Number.parseInt(port, 16), inode }]
      : [];
  });
}

/** Every TCP port that is listened on in the network of a process, ascending. */
export async function portsInNetworkOf(pid: number): Promise<number[]> {
  return ascending((await listeningSockets(pid)).map(({ port }) => port));
}

/** The TCP ports that these processes and their descendants listen on, ascending. */
export async function portsOfProcesses(pids: readonly number[]): Promise<number[]> {
  const [first] = pids;
  if (first === undefined) return [];
  const inodes = new Set<string>();
  for (const pid of await withDescendants(pids)) {
    for (const inode of await socketInodes(pid)) inodes.add(inode);
  }
  const sockets = await listeningSockets(first);
  return ascending(sockets.filter(({ inode }) => inodes.has(inode)).map(({ port }) => port));
}

async function listeningSockets(pid: number | 'self'): Promise<ListeningSocket[]> {
  const tables = ['tcp', 'tcp6'].map((name) =>
    readFile(`/proc/${pid}/net/${name}`, 'latin1').catch(() => ''),
  );
  return (await Promise.all(tables)).flatMap(parseListening);
}

async function socketInodes(pid: number): Promise<string[]> {
  const directory = `/proc/${pid}/fd`;
  const names = await readdir(directory).catch(() => []);
  const targets = names.map((name) => readlink(`${directory}/${name}`).catch(() => ''));
  return (await Promise.all(targets)).flatMap((target) => {
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    return inode ? [inode] : [];
  });
}

/** Processes by parent, from `/proc/<pid>/stat`; one that ends meanwhile is left out. */
async function withDescendants(roots: readonly number[]): Promise<number[]> {
  const children = new Map<number, number[]>();
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
      const parent = Number(
        stat
          .slice(stat.lastIndexOf(')') + 1)
          .trim()
          .split(' ')[1],
      );
      if (parent > 0) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    }),
  );
  const found = [...roots];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function ascending(ports: number[]): number[] {
  return [...new Set(ports)].sort((left, right) => left - right);
}

/** The process that listens on a TCP port of this machine; undefined when that can't be seen. */
export async function holderOfPort(
  port: number,
): Promise<{ pid: number; program: string } | undefined> {
  const inodes = (await listeningSockets('self'))
    .filter((socket) => socket.port === port)
    .map(({ inode }) => inode);
  if (inodes.length === 0) return undefined;
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const held = await socketInodes(pid);
    if (!held.some((inode) => inodes.includes(inode))) continue;
    const program = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    return { pid, program: program.trim() };
  }
  return undefined;
}
