/** Takes the lines of one part. */
export interface LogPart {
  log(line: string): void;
  /** Nothing more comes; the next part's lines may be shown. */
  close(): void;
}

/**
 * A log of parts that are written at the same time and shown one after another, in the order in which they
 * were opened: the first that is not closed passes its lines on at once, the ones behind it wait.
 */
export class OrderedLog {
  readonly #emit: (line: string) => void;
  readonly #waiting: { lines: string[]; isClosed: boolean }[] = [];

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  open(): LogPart {
    const part = { lines: [] as string[], isClosed: false };
    this.#waiting.push(part);
    return {
      log: (line) => {
        if (this.#waiting[0] === part) this.#emit(line);
        else part.lines.push(line);
      },
      close: () => {
        part.isClosed = true;
        this.#advance();
      },
    };
  }

  #advance(): void {
    while (this.#waiting.at(0)?.isClosed) {
      this.#waiting.shift();
      for (const line of this.#waiting.at(0)?.lines.splice(0) ?? []) this.#emit(line);
    }
  }
}
