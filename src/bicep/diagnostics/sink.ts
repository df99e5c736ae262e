import { CATALOGUE, type DiagnosticCode } from './catalogue.js';
import { LineMap, type Diagnostic, type DiagnosticLevel, type Span } from './diagnostic.js';

/** Lines on which `#disable-next-line` or a `#disable-diagnostics` block silences codes. */
export interface Suppression {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly codes: ReadonlySet<string>;
}

/** Collects the diagnostics of one file; every stage of the compiler writes here and none throws. */
export class DiagnosticSink {
  readonly file: string;
  readonly #lines: LineMap;
  readonly #found: Diagnostic[] = [];
  readonly #suppressions: Suppression[] = [];

  constructor(file: string, text: string) {
    this.file = file;
    this.#lines = new LineMap(text);
  }

  /** @param args what the code's message says in its places */
  report(span: Span, code: DiagnosticCode, ...args: string[]): void {
    this.reportAs(CATALOGUE[code].level, span, code, ...args);
  }

  /** The same, at a level that depends on how sure the rule is. */
  reportAs(level: DiagnosticLevel, span: Span, code: DiagnosticCode, ...args: string[]): void {
    const message = CATALOGUE[code].message.replace(
      /\{(\d)\}/g,
      (place, index: string) => args[Number(index)] ?? (args.length > 0 ? '' : place),
    );
    this.add(span, code, level, message);
  }

  add(span: Span, code: string, level: DiagnosticLevel, message: string): void {
    const { line, column } = this.#lines.position(span.start);
    const duplicate = this.#found.some(
      (other) => other.code === code && other.line === line && other.column === column,
    );
    if (duplicate) return;
    const length = Math.max(0, span.end - span.start);
    this.#found.push({ code, level, message, file: this.file, line, column, length });
  }

  suppress(suppression: Suppression): void {
    this.#suppressions.push(suppression);
  }

  lineOf(offset: number): number {
    return this.#lines.position(offset).line;
  }

  /** In the order of the text. Errors can't be suppressed. */
  get diagnostics(): Diagnostic[] {
    return this.#found
      .filter((diagnostic) => diagnostic.level === 'Error' || !this.#isSuppressed(diagnostic))
      .sort((a, b) => a.line - b.line || a.column - b.column);
  }

  get hasErrors(): boolean {
    return this.#found.some((diagnostic) => diagnostic.level === 'Error');
  }

  /** Whether something in a part of the text is wrong. */
  hasErrorIn({ start, end }: Span): boolean {
    if (!this.hasErrors) return false;
    const [first, last] = [this.#lines.position(start), this.#lines.position(end)];
    return this.#found.some(
      ({ level, line, column }) =>
        level === 'Error' &&
        (line > first.line || (line === first.line && column >= first.column)) &&
        (line < last.line || (line === last.line && column < last.column)),
    );
  }

  #isSuppressed({ line, code }: Diagnostic): boolean {
    return this.#suppressions.some(
      (range) => line >= range.firstLine && line <= range.lastLine && range.codes.has(code),
    );
  }
}
