import { BuildError } from '../../image-builder.js';

/** A here-document of an instruction, e.g. `RUN <<EOF`. */
export interface Heredoc {
  /** The word that opens and ends it, e.g. `'EOF'`. */
  name: string;
  content: string;
  /** Whether variables are left alone in it: the opening word was quoted. */
  literal: boolean;
}

/** One instruction with its continuation lines joined. */
export interface LogicalLine {
  /** As written, e.g. `'run'`. */
  keyword: string;
  /** What follows the keyword, trimmed; continuations joined, comments inside left out. */
  rest: string;
  /** 1-based line of the keyword. */
  line: number;
  /** 1-based column of the keyword. */
  column: number;
  heredocs: Heredoc[];
}

export interface DockerfileSource {
  /** For messages, e.g. `'Dockerfile'`. */
  name: string;
  lines: string[];
  /** Character that joins lines and escapes: a backslash unless a directive says otherwise. */
  escape: '\\' | '`';
}

/** Larger than any Dockerfile a person writes. */
const MAX_DOCKERFILE_BYTES = 2 * 1024 * 1024;
const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const HEREDOC = /(?:^|\s)(?:\d+)?<<(-?)(["']?)([a-zA-Z_][a-zA-Z0-9_.-]*)\2(?=\s|$)/g;
const WITH_HEREDOCS = new Set(['RUN', 'COPY', 'ADD']);

/** Splits the text into lines and reads the parser directives at its top. */
export function readSource(name: string, text: string): DockerfileSource {
  if (text.length > MAX_DOCKERFILE_BYTES) {
    throw new BuildError(`${name} is larger than ${MAX_DOCKERFILE_BYTES} bytes`);
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const source: DockerfileSource = { name, lines, escape: '\\' };
  for (const [index, line] of lines.entries()) {
    const match = DIRECTIVE.exec(line);
    if (match === null) break;
    if (match[1]?.toLowerCase() !== 'escape') continue;
    if (match[2] !== '\\' && match[2] !== '`') {
      throw errorAt(source, index + 1, 1, `invalid escape character "${match[2] ?? ''}"`);
    }
    source.escape = match[2];
  }
  return source;
}

/** An error with file, line, column, the line itself and a caret under the place. */
export function errorAt(
  source: DockerfileSource,
  line: number,
  column: number,
  message: string,
): BuildError {
  const text = (source.lines[line - 1] ?? '').replaceAll('\t', ' ');
  const caret = `${' '.repeat(Math.max(0, column - 1))}^`;
  const shown = text.length > 160 ? `${text.slice(0, 160)}…` : text;
  return new BuildError(
    `${source.name}:${line}:${column}: ${message}\n  ${shown}\n  ${caret}`,
    line,
  );
}

/** @throws BuildError for a here-document without an end. */
export function readLogicalLines(source: DockerfileSource): LogicalLine[] {
  const result: LogicalLine[] = [];
  let index = 0;
  while (index < source.lines.length) {
    const text = source.lines[index] ?? '';
    if (isBlankOrComment(text)) {
      index++;
      continue;
    }
    const start = index;
    const joined = joinContinuations(source, index);
    index = joined.next;
    const match = /^(\s*)(\S+)\s*([\s\S]*?)\s*$/.exec(joined.text);
    const keyword = match?.[2] ?? '';
    const logical: LogicalLine = {
      keyword,
      rest: match?.[3] ?? '',
      line: start + 1,
      column: (match?.[1]?.length ?? 0) + 1,
      heredocs: [],
    };
    if (WITH_HEREDOCS.has(heredocKeyword(logical))) {
      index = readHeredocs(source, logical, index);
    }
    result.push(logical);
  }
  return result;
}

function isBlankOrComment(text: string): boolean {
  return /^\s*(#|$)/.test(text);
}

function heredocKeyword({ keyword, rest }: LogicalLine): string {
  const upper = keyword.toUpperCase();
  return upper === 'ONBUILD' ? (rest.split(/\s/)[0] ?? '').toUpperCase() : upper;
}

/** Comment lines and empty lines between continued lines are left out, as Docker does. */
function joinContinuations(
  source: DockerfileSource,
  start: number,
): { text: string; next: number } {
  const continued = source.escape === '\\' ? /\\[ \t]*$/ : /`[ \t]*$/;
  let text = '';
  let index = start;
  for (; index < source.lines.length; index++) {
    const line = source.lines[index] ?? '';
    if (index > start && isBlankOrComment(line)) continue;
    if (!continued.test(line)) return { text: text + line, next: index + 1 };
    text += line.replace(continued, '');
  }
  return { text, next: index };
}

function readHeredocs(source: DockerfileSource, logical: LogicalLine, start: number): number {
  let index = start;
  for (const match of logical.rest.matchAll(HEREDOC)) {
    const [, dash, quote, name = ''] = match;
    const content: string[] = [];
    for (; ; index++) {
      const line = source.lines[index];
      if (line === undefined) {
        throw errorAt(source, logical.line, logical.column, `unterminated heredoc: ${name}`);
      }
      const stripped = dash ? line.replace(/^\t+/, '') : line;
      if (stripped === name) break;
      content.push(`${stripped}\n`);
    }
    index++;
    logical.heredocs.push({ name, content: content.join(''), literal: quote !== '' });
  }
  return index;
}
