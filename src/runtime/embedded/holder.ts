import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { CellError, errnoName } from './cell.js';

interface Dial {
  resolve: (socket: Socket) => void;
  reject: (code: string) => void;
}

/** What the helper sends: `step` once, when the sandbox stands or could not be made; then answers to dials. */
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
}

/**
 * The process that keeps a sandbox's namespaces, and opens connections in its network. A connection is
 * made there and handed over as an open socket, so that its bytes pass through no other process.
 */
export class Holder {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #dials = new Map<number, Dial>();
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

  dial(port: number): Promise<Socket> {
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) {
        reject(dialError(port, 'ECONNREFUSED'));
        return;
      }
      const id = this.#nextId++;
      this.#dials.set(id, {
        resolve,
        reject: (code) => {
          reject(dialError(port, code));
        },
      });
      this.#child.send({ dial: port, id });
    });
  }

  #settle(message: HolderMessage, handle: unknown): void {
    const dial = message.id === undefined ? undefined : this.#dials.get(message.id);
    if (message.id !== undefined) this.#dials.delete(message.id);
    if (!(handle instanceof Socket)) {
      dial?.reject(errnoName(message.error ?? 0));
    } else if (dial) {
      handle.allowHalfOpen = true;
      dial.resolve(handle);
    } else {
      handle.destroy();
    }
  }

  #refuseAll(): void {
    for (const dial of this.#dials.values()) dial.reject('ECONNREFUSED');
    this.#dials.clear();
  }

  /** The namespaces go with their last process. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

export function dialError(port: number, code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:${port} in the sandbox`), {
    code,
    port,
    syscall: 'connect',
  });
}
