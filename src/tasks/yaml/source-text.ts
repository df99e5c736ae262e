import { TaskYamlError } from './yaml-error.js';

/** A text made from a file by replacing parts of it; faults are told at their place in the file. */
export class SourceText {
  /** What is parsed. */
  readonly text: string;
  readonly #file: string;
  readonly #original: string;
  /** Pieces of `text`, in order: where each begins, and where it comes from. */
  readonly #pieces: readonly Piece[];

  private constructor(file: string, original: string, text: string, pieces: readonly Piece[]) {
    this.#file = file;
    this.#original = original;
    this.text = text;
    this.#pieces = pieces;
  }

  static of(file: string, text: string): SourceText {
    return new SourceText(file, text, text, [{ start: 0, origin: 0, copied: true }]);
  }

  /**
   * Replaces every match of a pattern. What a match is replaced by keeps the match's place.
   *
   * @param by undefined leaves the match as it is
   */
  replace(
    pattern: RegExp,
    by: (match: RegExpExecArray, offset: number) => string | undefined,
  ): SourceText {
    const parts: string[] = [];
    const pieces: Piece[] = [];
    let length = 0;
    const add = (part: string, at: number, copied: boolean): void => {
      if (part === '') return;
      if (copied) pieces.push(...this.#slice(at, at + part.length, length));
      else pieces.push({ start: length, origin: this.#origin(at), copied: false });
      parts.push(part);
      length += part.length;
    };
    let done = 0;
    for (const match of this.text.matchAll(pattern)) {
      const replacement = by(match, match.index);
      if (replacement === undefined) continue;
      add(this.text.slice(done, match.index), done, true);
      add(replacement, match.index, false);
      done = match.index + match[0].length;
    }
    add(this.text.slice(done), done, true);
    return new SourceText(this.#file, this.#original, parts.join(''), pieces);
  }

  /** A fault at an offset of `text`. */
  errorAt(offset: number, what: string): TaskYamlError {
    return new TaskYamlError(this.#file, this.#original, this.#origin(offset), what);
  }

  /** 1-based line of the file that an offset of `text` comes from. */
  lineAt(offset: number): number {
    return this.#original.slice(0, this.#origin(offset)).split('\n').length;
  }

  #origin(offset: number): number {
    const piece = this.#pieces.findLast(({ start }) => start <= offset);
    if (piece === undefined) return 0;
    return piece.copied ? piece.origin + offset - piece.start : piece.origin;
  }

  /** The pieces of a range, moved to where it is copied to. */
  #slice(from: number, to: number, start: number): Piece[] {
    const first = this.#pieces.findLastIndex((piece) => piece.start <= from);
    return this.#pieces
      .slice(Math.max(0, first))
      .filter((piece) => piece.start < to)
      .map((piece) => {
        const skipped = Math.max(0, from - piece.start);
        return {
          start: start + Math.max(0, piece.start - from),
          origin: piece.copied ? piece.origin + skipped : piece.origin,
          copied: piece.copied,
        };
      });
  }
}

interface Piece {
  start: number;
  /** Offset in the file. */
  origin: number;
  /** Whether the file's characters stand here; else one place stands for all of the piece. */
  copied: boolean;
}
