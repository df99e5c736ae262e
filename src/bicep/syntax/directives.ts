import type { DiagnosticSink } from '../diagnostics/sink.js';

/** `#disable-diagnostics` blocks that are open. */
export interface DirectiveState {
  disabled: { code: string; line: number }[];
}

/**
 * `#disable-next-line a b`, `#disable-diagnostics a b`, `#restore-diagnostics a b`.
 * @param text the directive up to the end of its line
 */
export function readDirective(
  text: string,
  offset: number,
  state: DirectiveState,
  sink: DiagnosticSink,
): void {
  const [name, ...codes] = text
    .replace(/\/\/.*$/, '')
    .trim()
    .split(/\s+/);
  const line = sink.lineOf(offset);
  if (name === '#disable-next-line') {
    if (codes.length === 0) sink.report({ start: offset, end: offset + text.length }, 'BCP226');
    sink.suppress({ firstLine: line + 1, lastLine: line + 1, codes: new Set(codes) });
  } else if (name === '#disable-diagnostics') {
    state.disabled.push(...codes.map((code) => ({ code, line })));
  } else if (name === '#restore-diagnostics') {
    const ending = state.disabled.filter(({ code }) => codes.includes('*') || codes.includes(code));
    state.disabled = state.disabled.filter((open) => !ending.includes(open));
    for (const { code, line: firstLine } of ending)
      sink.suppress({ firstLine, lastLine: line, codes: new Set([code]) });
  }
}
