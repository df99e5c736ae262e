/** A place in a text; lines and columns count from 1. */
export interface Position {
  /** As the user named it, relative to the working folder; `'<stdin>'` for standard input. */
  file: string;
  line: number;
  column: number;
}

/** A text to read image names from. */
export interface SourceFile {
  /** As in `Position.file`. */
  path: string;
  text: string;
}

/** `'deploy/web.yaml:12:16'` */
export function formatPosition({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}
