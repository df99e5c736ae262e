import { PassThrough, type Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.js';
import { isJsonObject, textOf, type JsonObject } from '../../base/json.js';
import { ContainerStartError } from '../runtime.js';
import type { ExecSpec, Execution, ExitStatus, TerminalSize } from '../runtime.js';
import { EngineError, type Engine } from './engine.js';
import { exitStatus } from './exit-status.js';
import { startFailure } from './start-failure.js';

const POLL_MS = 10;
/** Bytes of output in which the engine's own complaint is looked for. */
const COMPLAINT_BYTES = 4096;
const COMPLAINT = /OCI runtime exec failed|exec failed|unable to start container process/;
const KILLED = 137;

/**
 * Starts a further process in a container at a terminal.
 *
 * @param kill ends a process by the number that the engine's machine gives it
 * @throws ContainerStartError when there is no such program, or the container has ended
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Exec
 */
export async function startExec(options: {
  engine: Engine;
  /** Of the container. */
  id: string;
  spec: ExecSpec;
  clock: Clock;
  kill: (pid: number) => Promise<void>;
}): Promise<Execution> {
  const { engine, id, spec, clock, kill } = options;
  try {
    const body = { ...ATTACHED, Tty: true, Cmd: spec.argv };
    const created = await engine.call('POST', `/containers/${id}/exec`, { body });
    const execId = isJsonObject(created) ? textOf(created['Id']) : '';
    const size = sizeOf(spec.terminal);
    const stream = await engine.upgrade(`/exec/${execId}/start`, {
      ...{ Detach: false, Tty: true, ConsoleSize: [size.h, size.w] },
      ...size, // Podman's way
    });
    const process = new EngineProcess(engine, execId, stream, clock);
    process.resize(spec.terminal); // for engines that know neither
    await process.started();
    return process.execution(kill);
  } catch (error) {
    throw startFailure(error, spec.argv);
  }
}

const ATTACHED = { AttachStdin: true, AttachStdout: true, AttachStderr: true };

function sizeOf({ rows, columns }: TerminalSize): { h: number; w: number } {
  return { h: rows, w: columns };
}

class EngineProcess {
  readonly #engine: Engine;
  readonly #path: string;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #output = new PassThrough();
  readonly #ended: Promise<void>;
  #isOver = false;
  #head = '';
  #resized: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, id: string, stream: Duplex, clock: Clock) {
    this.#engine = engine;
    this.#path = `/exec/${id}`;
    this.#stream = stream;
    this.#clock = clock;
    stream.on('data', (chunk: Buffer) => {
      if (this.#head.length < COMPLAINT_BYTES) this.#head += chunk.toString('latin1');
    });
    stream.pipe(this.#output);
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isOver = true;
        this.#output.end();
        stream.destroy();
        resolve();
      };
      stream.once('end', end).once('error', end).once('close', end);
    });
  }

  /** Waits until it runs or has run. @throws EngineError with the engine's complaint */
  async started(): Promise<void> {
    for (;;) {
      const isOver = this.#isOver;
      const state = await this.#state();
      // Docker says that it runs from the moment that it was asked to.
      if (state?.['Running'] === true && Number(state['Pid']) > 0) return;
      if (isOver) break;
      await Promise.race([this.#ended, this.#clock.sleep(POLL_MS)]);
    }
    if (COMPLAINT.test(this.#head)) throw new EngineError(500, this.#head.trim());
  }

  #state(): Promise<JsonObject | undefined> {
    return this.#engine.find(`${this.#path}/json`);
  }

  execution(kill: (pid: number) => Promise<void>): Execution {
    return {
      input: this.#stream,
      output: this.#output,
      exited: this.#exitStatus(),
      resize: this.resize.bind(this),
      kill: () => {
        void this.#state()
          .then((state) => (state?.['Running'] === true ? kill(Number(state['Pid'])) : undefined))
          .catch(() => undefined) // it has ended meanwhile
          .then(() => this.#stream.destroy());
      },
    };
  }

  resize(size: TerminalSize): void {
    const { h, w } = sizeOf(size);
    const query = { h: `${h}`, w: `${w}` };
    // One after the other: of two under way at once the older might come last.
    this.#resized = this.#resized
      .then(() => this.#engine.call('POST', `${this.#path}/resize`, { query }))
      .catch(() => undefined); // it has ended, or not begun: neither has a terminal to be resized
  }

  async #exitStatus(): Promise<Omit<ExitStatus, 'outOfMemory'>> {
    await this.#ended;
    for (;;) {
      const state = await this.#state().catch(() => undefined);
      if (state === undefined) return exitStatus(KILLED); // with its container
      if (state['Running'] !== true) return exitStatus(Number(state['ExitCode'] ?? KILLED));
      await this.#clock.sleep(POLL_MS);
    }
  }
}

/** What is thrown when the container itself is gone. */
export function hasEnded(name: string): ContainerStartError {
  return new ContainerStartError('OTHER', `container ${name} has ended`);
}
