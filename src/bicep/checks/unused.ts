import type { FileModel } from '../semantics/symbols.js';

/** Linter rules: what is declared and never used. */
export function checkUnused(model: FileModel): void {
  const { sink, used } = model;
  for (const symbol of model.params)
    if (!used.has(symbol) && symbol.name !== '')
      sink.add(
        symbol.statement.name.span,
        'no-unused-params',
        'Warning',
        `Parameter "${symbol.name}" is declared but never used.`,
      );
  for (const symbol of model.vars) {
    const exported = symbol.statement.decorators.some(({ name }) => name.name === 'export');
    if (!used.has(symbol) && !exported && symbol.name !== '')
      sink.add(
        symbol.statement.name.span,
        'no-unused-vars',
        'Warning',
        `Variable "${symbol.name}" is declared but never used.`,
      );
  }
  for (const symbol of model.resources)
    if (symbol.existing && symbol.name !== '' && !used.has(symbol) && symbol.nested.length === 0)
      sink.add(
        symbol.statement.name.span,
        'no-unused-existing-resources',
        'Warning',
        `Existing resource "${symbol.name}" is declared but never used.`,
      );
}
