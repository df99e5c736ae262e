import type { FileModel } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { unwrap, walk } from '../syntax/walk.js';

/**
 * What the engine needs before it deploys anything can't depend on a lambda's parameters: which resource of a loop is
 * meant, and what `reference()` and `list*()` read.
 */
export function checkLambdaVariables(model: FileModel): void {
  const { nodes, bindings, sink } = model;
  if (nodes.lambdas.length === 0) return;
  for (const { base, index } of nodes.indexes) {
    const kind = bindings.get(unwrap(base))?.kind;
    if (kind !== 'resource' && kind !== 'module') continue;
    const names = lambdaVariables([index], model);
    if (names !== '') sink.report(index.span, 'BCP247', names);
  }
  for (const call of nodes.calls) {
    const name = call.name.name;
    if (!/^(reference$|list[A-Z])/.test(name) || bindings.has(call)) continue;
    const names = lambdaVariables(call.args, model);
    if (names !== '') sink.report(call.span, 'BCP248', name, names);
  }
}

/** `"x", "y"` in the order of their first use. */
function lambdaVariables(expressions: readonly Expression[], { bindings }: FileModel): string {
  const names = new Set<string>();
  for (const expression of expressions)
    walk(expression, (node) => {
      const symbol = bindings.get(node);
      if (symbol?.kind === 'local' && symbol.role === 'lambda') names.add(symbol.name);
    });
  return [...names].map((name) => `"${name}"`).join(', ');
}
