/** A place in a text, both 1-based. */
export interface Position {
  line: number;
  column: number;
}

/** A task or values file that makes no sense; the message shows the place with the line and a caret. */
export class TaskYamlError extends Error {
  readonly position: Position;

  constructor(file: string, text: string, offset: number, what: string) {
    const position = positionOf(text, offset);
    super(`${file}:${position.line}:${position.column}: ${what}\n${excerpt(text, position)}`);
    this.name = 'TaskYamlError';
    this.position = position;
  }
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, Math.max(0, offset)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const MAX_SHOWN = 160;

function excerpt(text: string, { line, column }: Position): string {
  const shown = (text.split('\n')[line - 1] ?? '').replaceAll('\t', ' ').replace(/\r$/, '');
  const cut = shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
  return `  ${cut}\n  ${' '.repeat(column - 1)}^`;
}
