/** Stream number, three zeros, and the payload's length in four bytes, most significant first. */
const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * Takes apart the stream that carries a container's stdout and stderr.
 *
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export class OutputFrames {
  readonly #onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
  #header = Buffer.alloc(0);
  #stream: 'stdout' | 'stderr' = 'stdout';
  #left = 0;

  constructor(onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void) {
    this.#onOutput = onOutput;
  }

  /** Takes the next bytes, cut anywhere. Payloads are passed on as they come, never held back. */
  push(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#left === 0) {
        const missing = HEADER_BYTES - this.#header.length;
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#header.length < HEADER_BYTES) return;
        this.#stream = this.#header[0] === STDERR ? 'stderr' : 'stdout';
        this.#left = this.#header.readUInt32BE(4);
        this.#header = Buffer.alloc(0);
        continue;
      }
      const payload = rest.subarray(0, this.#left);
      this.#left -= payload.length;
      rest = rest.subarray(payload.length);
      this.#onOutput(this.#stream, payload);
    }
  }
}
