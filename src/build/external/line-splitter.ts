/** Hands on whole lines of what arrives in pieces. */
export class LineSplitter {
  readonly #emit: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #pending = '';

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  add(chunk: Uint8Array): void {
    const lines = (this.#pending + this.#decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    this.#pending = lines.pop() ?? '';
    for (const line of lines) this.#emit(line);
  }

  /** A last line without its newline. */
  end(): void {
    if (this.#pending !== '') this.#emit(this.#pending);
    this.#pending = '';
  }
}
