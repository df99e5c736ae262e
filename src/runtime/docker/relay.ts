import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import type { Clock } from '../../base/clock.js';
import { Failure } from '../../base/failure.js';
import { digestOf } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { dialError } from '../embedded/holder.js';
import { errnoName } from '../embedded/cell.js';
import { parseListening } from '../embedded/listening-ports.js';
import type { ImageSource, ListenPlace } from '../runtime.js';

const SILENT = 'the relay of the sandbox is silent';
/** Where the relay listens in a sandbox; no program is likely to want it. */
export const RELAY_PORT = 65_535;
const ANSWER_BYTES = 4;
/** The directory is the same whether this file runs as source or compiled to `dist/`. */
const BINARIES = new URL('../../../src/runtime/docker/native/bin/', import.meta.url);

/** One sandbox's relay, as it is reached from here. */
export interface RelayAddress {
  host: string;
  port: number;
  token: string;
}

export function newRelayToken(): string {
  return randomBytes(16).toString('hex');
}

/**
 * The image of the relay (native/relay.c): a static program of a few kilobytes.
 *
 * @param architecture of the engine, e.g. `'amd64'`
 * @throws Failure when there is none for it
 */
export async function relayImage(architecture: string): Promise<ImageSource> {
  const file = fileURLToPath(new URL(`relay-linux-${architecture}`, BINARIES));
  if (!/^\w+$/.test(architecture) || !existsSync(file)) {
    throw new Failure(`the docker runtime does not run on ${architecture || 'this machine'}`, {
      why: 'the engine must run linux/amd64, linux/arm64 or linux/arm containers',
      help: 'on Windows, switch Docker Desktop to Linux containers',
    });
  }
  const tar = pack();
  tar.entry({ name: 'relay', mode: 0o755, mtime: new Date(0) }, readFileSync(file));
  tar.finalize();
  const layer = await buffer(tar);
  const digest = digestOf(layer);
  return {
    manifestDigest: digestOf(createHash('sha256').update(`relay ${digest}`).digest()),
    config: { os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [digest] } },
    layers: [{ mediaType: MEDIA_TYPE.ociLayer, digest, size: layer.length }],
    openLayer: () => Promise.resolve(Readable.from([layer])),
  };
}

/** A program is started before it listens. */
const START_MS = 15_000;
/** An engine's proxy can lose a connection without closing it: then another is made. */
const SILENCE_MS = 3000;
const POLL_MS = 20;

/** Waits until a relay that was started answers. @throws Error when it does not */
export async function untilRelayAnswers(relay: RelayAddress, clock: Clock): Promise<void> {
  const deadline = clock.now().getTime() + START_MS;
  for (;;) {
    try {
      await portsBehindRelay(relay);
      return;
    } catch (error) {
      if (clock.now().getTime() >= deadline) throw error;
      await clock.sleep(POLL_MS);
    }
  }
}

/** @throws Error with a code, e.g. ECONNREFUSED when nothing listens on the port in the sandbox. */
export async function dialThroughRelay(relay: RelayAddress, port: number): Promise<Socket> {
  const { socket, errno } = await askRelay(relay, 'dial', 'inside', port);
  if (errno === 0) return socket;
  socket.destroy();
  throw dialError(port, errnoName(errno));
}

/** TCP ports that are listened on in the sandbox, ascending. */
export async function portsBehindRelay(relay: RelayAddress): Promise<number[]> {
  const { socket } = await askRelay(relay, 'ports', 'inside', 0);
  socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error(SILENT)));
  socket.end();
  const sockets = parseListening((await buffer(socket)).toString('latin1'));
  const ports = new Set(sockets.map(({ port }) => port));
  ports.delete(RELAY_PORT);
  return [...ports].sort((left, right) => left - right);
}

/** What is asked of a relay, and where; the first letters are what native/relay.c reads. */
type RelayVerb = 'bind' | 'dial' | 'listen' | 'ports' | 'take';

/** @returns the connection after the relay's answer, and the errno in that, 0 for none */
export async function askRelay(
  relay: RelayAddress,
  verb: RelayVerb,
  at: ListenPlace,
  port: number,
): Promise<{ socket: Socket; errno: number }> {
  const { host, port: relayPort, token } = relay;
  const socket = connect({ host, port: relayPort, allowHalfOpen: true, noDelay: true });
  socket.write(token + verb.charAt(0) + at.charAt(0) + String(port).padStart(5, '0'));
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      const answer = socket.read(ANSWER_BYTES) as Buffer | null;
      if (answer === null) return;
      socket.off('readable', settle).off('error', fail).off('end', end).off('close', end);
      socket.setTimeout(0).off('timeout', late);
      resolve({ socket, errno: answer.readUInt32BE(0) });
    };
    const fail = (error: Error): void => {
      socket.destroy();
      reject(Object.assign(dialError(port, 'ECONNREFUSED'), { cause: error }));
    };
    const end = (): void => {
      fail(new Error('the relay of the sandbox closed the connection'));
    };
    const late = (): void => {
      fail(new Error(SILENT));
    };
    socket.setTimeout(SILENCE_MS).once('timeout', late);
    socket.on('readable', settle).once('error', fail).once('end', end).once('close', end);
  });
}

/** Between two signs of life on a connection that waits, so that no firewall on the way forgets it. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Has the relay open a port.
 *
 * @returns the connection that keeps it open
 * @throws Error with a code, e.g. EADDRINUSE, or ENETUNREACH where the sandbox has no gateway
 */
export async function openPort(
  relay: RelayAddress,
  verb: 'bind' | 'listen',
  at: ListenPlace,
  port: number,
): Promise<Socket> {
  const { socket, errno } = await askRelay(relay, verb, at, port);
  if (errno === 0) return socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.destroy();
  const code = errnoName(errno);
  const message = `${verb} ${code}: port ${port} of the sandbox`;
  throw Object.assign(new Error(message), { code, port, syscall: verb });
}
