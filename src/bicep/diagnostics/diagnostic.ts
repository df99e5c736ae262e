export type DiagnosticLevel = 'Error' | 'Warning' | 'Info';

/** A half-open range of character offsets in one file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A finding of the compiler, placed. `line` and `column` count from 1. */
export interface Diagnostic {
  /** `'BCP057'`, or a linter rule such as `'no-unused-params'`. */
  readonly code: string;
  readonly level: DiagnosticLevel;
  readonly message: string;
  /** As the file was given to the compiler or found through it, e.g. `'infra/main.bicep'`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** `infra/main.bicep(4,9) : Error BCP057: …`, the line `az` and editors parse. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, level, code, message } = diagnostic;
  const page = code.startsWith('BCP') ? 'core' : 'linter';
  return `${file}(${line},${column}) : ${level} ${code}: ${message} [https://aka.ms/bicep/${page}-diagnostics#${code}]`;
}

/** Turns offsets into lines and columns. Lines are looked for when first asked for: most files have no diagnostics. */
export class LineMap {
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Counted from 1. */
  position(offset: number): { line: number; column: number } {
    const starts = (this.#starts ??= startsOf(this.#text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }
}

function startsOf(text: string): number[] {
  const breaks = Array.from(text.matchAll(/\r\n|\n|\r/g));
  return [0, ...breaks.map((match) => match.index + match[0].length)];
}
