import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, isIP, isIPv6 } from 'node:net';

/** What one name server gets before the next is asked. */
const TIMEOUT_MS = 3000;
const DNS_PORT = 53;

/** Asks the name servers of this machine. */
export interface Upstream {
  /** @throws when none answers in time */
  ask(query: Buffer, over: 'datagram' | 'stream'): Promise<Buffer>;
}

/** The addresses in `/etc/resolv.conf`, in its order. */
export function nameServersOf(resolvConf: string): string[] {
  return resolvConf.split('\n').flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    return address !== undefined && isIP(address.replace(/%.*$/, '')) !== 0 ? [address] : [];
  });
}

/** Passes queries on as they are; the file is read anew each time, because a machine changes networks. */
export function hostUpstream(resolvConf = '/etc/resolv.conf', port = DNS_PORT): Upstream {
  return {
    async ask(query, over) {
      const servers = nameServersOf(readFileSync(resolvConf, 'utf8'));
      let failure: unknown = new Error(`no name server in ${resolvConf}`);
      for (const server of servers) {
        try {
          return await (over === 'datagram' ? askByDatagram : askByStream)(query, server, port);
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    },
  };
}

function askByDatagram(query: Buffer, server: string, port: number): Promise<Buffer> {
  const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4');
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise<Buffer>((resolve, reject) => {
    const late = (): void => {
      reject(new Error(`${server} did not answer`));
    };
    timeout.addEventListener('abort', late);
    socket.once('error', reject);
    socket.on('message', (reply) => {
      if (reply.length >= 2 && reply.readUInt16BE(0) === query.readUInt16BE(0)) resolve(reply);
    });
    socket.connect(port, server, () => {
      socket.send(query);
    });
  }).finally(() => socket.close());
}

function askByStream(query: Buffer, server: string, port: number): Promise<Buffer> {
  const socket = connect({ host: server, port });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`${server} did not answer`)));
  return new Promise<Buffer>((resolve, reject) => {
    socket.once('error', reject).once('close', () => {
      reject(new Error(`${server} hung up`));
    });
    onMessages(socket, resolve);
    socket.write(framed(query));
  }).finally(() => socket.destroy());
}

/** Over a stream each message follows its length. @see https://www.rfc-editor.org/rfc/rfc1035#section-4.2.2 */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Calls back with each message of a stream. */
export function onMessages(
  stream: NodeJS.ReadableStream,
  receive: (message: Buffer) => void,
): void {
  let held = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const end = 2 + held.readUInt16BE(0);
      receive(held.subarray(2, end));
      held = held.subarray(end);
    }
  });
}
