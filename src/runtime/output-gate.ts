import type { ContainerSpec } from './runtime.js';

/** Holds output back until the container has started: before that what runs it may complain. */
export class OutputGate {
  readonly #onOutput: ContainerSpec['onOutput'];
  #held: ['stdout' | 'stderr', Buffer][] | undefined = [];

  constructor(onOutput: ContainerSpec['onOutput']) {
    this.#onOutput = onOutput;
  }

  write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#held) this.#held.push([stream, chunk]);
    else this.#onOutput?.(stream, chunk);
  }

  /** What is held back. */
  get text(): string {
    return (this.#held ?? []).map(([, chunk]) => chunk.toString()).join('');
  }

  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [stream, chunk] of held) this.#onOutput?.(stream, chunk);
  }
}
