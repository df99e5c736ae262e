import { spawn, type ChildProcess } from 'node:child_process';
import { Socket as DatagramSocket } from 'node:dgram';
import { Server, Socket } from 'node:net';
import type { ListenPlace, WatchTimes } from '../runtime.js';
import { CellError, errnoName } from './cell.js';

/** What the helper opens and hands over. */
type Handle = Socket | Server | DatagramSocket;

interface Request {
  resolve: (handle: Handle) => void;
  reject: (code: string) => void;
}

/** What the helper is asked for that it hands over: a connection, or a port to wait at. */
type Verb = 'dial' | 'listen-inside' | 'listen-gateway' | 'listen-metadata' | 'bind-gateway';

/** What the helper sends: `step` once, when the sandbox stands or could not be made; then answers to requests. */
interface HolderMessage {
  step?: string;
  id?: number;
  /** errno, 0 for none */
  error?: number;
}

export interface HolderOptions {
  cell: string;
  hostname: string;
  /** Inside a user namespace, as an ordinary user must. */
  userNamespace: boolean;
  /** Cables of its network, in the helper's words, e.g. `'link=100.100.0.2/30,100.100.0.1'`. */
  cables: readonly string[];
}

/**
 * The process that keeps a sandbox's namespaces, and opens connections and ports in its networks. They are
 * made there and handed over as open sockets, so that their bytes pass through no other process.
 */
export class Holder {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #requests = new Map<number, Request>();
  readonly #ended: Promise<void>;
  #nextId = 1;

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    this.#child = child;
    this.#ended = new Promise((resolve) =>
      child.once('exit', () => {
        resolve();
      }),
    );
    child.on('message', (message: HolderMessage, handle: unknown) => {
      this.#settle(message, handle);
    });
    child.once('disconnect', () => {
      this.#refuseAll();
    });
  }

  /** @throws CellError when the kernel refuses the namespaces. */
  static async start(options: HolderOptions): Promise<Holder> {
    const words = ['hold', `hostname=${options.hostname}`];
    if (options.userNamespace) words.push('userns=1');
    words.push(...options.cables);
    const child = spawn(options.cell, words, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {},
    });
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => {
        reject(new CellError('hold sandbox', 0));
      });
      child.once('message', (message: HolderMessage) => {
        if (message.error) reject(new CellError(message.step ?? 'hold sandbox', message.error));
        else resolve();
      });
    });
    child.on('error', () => undefined); // a message to a holder that was killed: its dials are refused
    return new Holder(child, child.pid ?? 0);
  }

  /** Connects to a port inside. */
  async dial(port: number): Promise<Socket> {
    const socket = await this.#ask('dial', port, Socket);
    socket.allowHalfOpen = true;
    return socket;
  }

  /** See `Sandbox.watch`. */
  watch(port: number, { everyMs, timeoutMs }: WatchTimes, onFailed: () => void): () => void {
    if (!this.#child.connected) {
      setImmediate(onFailed);
      return () => undefined;
    }
    const id = this.#nextId++;
    this.#requests.set(id, { resolve: discard, reject: onFailed });
    this.#child.send({ watch: port, every: everyMs, within: timeoutMs, id });
    return () => {
      if (this.#requests.delete(id) && this.#child.connected) this.#child.send({ unwatch: id });
    };
  }

  /** Listens on the loopback inside, at the gateway's address, or at the metadata service's. */
  listen(at: ListenPlace, port: number): Promise<Server> {
    return this.#ask(`listen-${at}`, port, Server);
  }

  /** Takes datagrams at the gateway's address. */
  bind(port: number): Promise<DatagramSocket> {
    return this.#ask('bind-gateway', port, DatagramSocket);
  }

  async #ask<T extends Handle>(
    verb: Verb,
    port: number,
    kind: abstract new (...args: never[]) => T,
  ): Promise<T> {
    const handle = await new Promise<Handle>((resolve, reject) => {
      if (!this.#child.connected) {
        reject(portError(verb, port, 'ECONNREFUSED'));
        return;
      }
      const id = this.#nextId++;
      this.#requests.set(id, {
        resolve,
        reject: (code) => {
          reject(portError(verb, port, code));
        },
      });
      this.#child.send({ [verb]: port, id });
    });
    if (handle instanceof kind) return handle;
    discard(handle);
    throw portError(verb, port, 'EPROTO');
  }

  #settle(message: HolderMessage, handle: unknown): void {
    const request = message.id === undefined ? undefined : this.#requests.get(message.id);
    if (message.id !== undefined) this.#requests.delete(message.id);
    if (!isHandle(handle)) request?.reject(errnoName(message.error ?? 0));
    else if (request) request.resolve(handle);
    else discard(handle);
  }

  #refuseAll(): void {
    for (const request of this.#requests.values()) request.reject('ECONNREFUSED');
    this.#requests.clear();
  }

  /** The namespaces go with their last process. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

function isHandle(handle: unknown): handle is Handle {
  return handle instanceof Socket || handle instanceof Server || handle instanceof DatagramSocket;
}

function discard(handle: Handle): void {
  if (handle instanceof Socket) handle.destroy();
  else handle.close();
}

export function dialError(port: number, code: string): Error {
  return portError('dial', port, code);
}

function portError(verb: Verb, port: number, code: string): Error {
  const message =
    verb === 'dial'
      ? `connect ${code} 127.0.0.1:${port} in the sandbox`
      : `${verb} ${code}: port ${port} of the sandbox`;
  return Object.assign(new Error(message), { code, port, syscall: verb });
}
