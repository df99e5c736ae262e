import { typeNamesOf } from '../semantics/type-names.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Decorator, Identifier } from '../syntax/nodes.js';
import type { Finding, Rule } from './rule.js';

interface Declared {
  readonly name: string;
  readonly statement: { readonly name: Identifier; readonly decorators?: readonly Decorator[] };
}

function unused(
  code: string,
  kind: string,
  declared: (model: FileModel) => Iterable<Declared>,
): Rule {
  return {
    code,
    level: 'Warning',
    *find({ model }): Iterable<Finding> {
      for (const { name, statement } of declared(model))
        if (name !== '' && !isExported(statement.decorators ?? []))
          yield {
            span: statement.name.span,
            message: `${kind} "${name}" is declared but never used.`,
          };
    },
  };
}

/** What is declared and never used. What is exported is used elsewhere. */
export const UNUSED_RULES: readonly Rule[] = [
  unused('no-unused-params', 'Parameter', ({ params, used }) =>
    params.filter((symbol) => !used.has(symbol)),
  ),
  unused('no-unused-vars', 'Variable', ({ vars, used }) =>
    vars.filter((symbol) => !used.has(symbol)),
  ),
  unused('no-unused-types', 'Type', (model) => {
    const named = typeNamesOf(model);
    return model.types.filter(({ name }) => !named.has(name));
  }),
  unused('no-unused-existing-resources', 'Existing resource', ({ resources, used }) =>
    resources.filter(
      (symbol) => symbol.existing && !used.has(symbol) && symbol.nested.length === 0,
    ),
  ),
  unused('no-unused-imports', 'Import', unusedImports),
];

function unusedImports(model: FileModel): Declared[] {
  const named = typeNamesOf(model);
  return model.program.statements.flatMap((statement) => {
    if (statement.kind !== 'import') return [];
    const names = [
      ...(statement.items ?? []).map(({ name, alias }) => alias ?? name),
      ...(statement.wildcard ? [statement.wildcard] : []),
    ];
    return names.flatMap((name) => {
      const symbol = model.symbols.get(name.name);
      const isUsed = !symbol || model.used.has(symbol) || named.has(name.name);
      return isUsed ? [] : [{ name: name.name, statement: { name } }];
    });
  });
}

function isExported(decorators: readonly Decorator[]): boolean {
  return decorators.some(({ name }) => name.name === 'export');
}
