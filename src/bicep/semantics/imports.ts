import type { DiagnosticSink } from '../diagnostics/sink.js';
import type { ImportStatement } from '../syntax/nodes.js';
import type { Declarations } from './declarations.js';
import { quoted } from '../diagnostics/quoted.js';
import type { FileModel, FuncSymbol, ImportSymbol, TypeSymbol, VarSymbol } from './symbols.js';

type Importable = VarSymbol | TypeSymbol | FuncSymbol;

/** Declares the names that an `import` brings from another file. */
export function declareImport(
  statement: ImportStatement,
  target: FileModel,
  declarations: Declarations,
  sink: DiagnosticSink,
): void {
  const add = (name: string, symbol: ImportSymbol['symbol']): void => {
    declarations.symbols.set(name, { kind: 'import', name, statement, symbol, target });
  };
  const exported = exportsOf(target);
  const named = (name: string): Importable[] => exported.filter((symbol) => symbol.name === name);
  if (statement.wildcard) {
    // Names of templates may be those of a type and of a variable at once.
    const ambiguous = new Set(exported.map(({ name }) => name).filter((name) => named(name)[1]));
    if (ambiguous.size > 0) sink.report(statement.path.span, 'BCP374', quoted(ambiguous));
    add(statement.wildcard.name, undefined);
  }
  for (const item of statement.items ?? []) {
    const { name, span } = item.name;
    const [symbol, ...others] = named(name);
    if (!symbol) {
      // A file with errors may have what it does not seem to have.
      if (!target.sink.hasErrors) sink.report(span, 'BCP360', name);
    } else if (others.length > 0) {
      const kinds = [symbol, ...others].map(({ kind }) => KINDS[kind]).join(', ');
      const why = `The name "${name}" is ambiguous because it refers to exports of the following kinds: ${kinds}.`;
      sink.report(span, 'BCP373', name, why);
    } else add(item.alias?.name ?? name, symbol);
  }
}

const KINDS = { type: 'Type', var: 'Variable', func: 'Function' } as const;

/** What a file lets others import. */
export function exportsOf({ vars, types, funcs }: FileModel): Importable[] {
  return [...vars, ...types, ...funcs].filter(({ statement }) =>
    statement.decorators.some(({ name }) => name.name === 'export'),
  );
}
