import { RuntimeAnalysis, referencedSymbol } from '../emit/runtime-analysis.js';
import type { FileModel, VarSymbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { unwrap } from '../syntax/walk.js';

const KNOWN = {
  resource: '"apiVersion", "id", "name", "type"',
  module: '"name"',
};

/** Why an expression can only be known while the deployment runs, as the end of a message; `''` when it says so itself. */
export function whyRuntime(node: Expression, model: FileModel): string {
  const symbol = model.bindings.get(node);
  if (symbol?.kind === 'var') {
    const chain = chainOf(symbol, model).join('" -> "');
    return ` You are referencing a variable which cannot be calculated at the start ("${chain}").${properties(lastOf(symbol, model), model)}`;
  }
  return properties(node, model);
}

function properties(node: Expression | undefined, model: FileModel): string {
  const target = node && accessed(node, model);
  return target
    ? ` Properties of ${target.name} which can be calculated at the start include ${KNOWN[target.kind]}.`
    : '';
}

/** The resource or module that is read, however deep. */
function accessed(node: Expression, model: FileModel): ReturnType<typeof referencedSymbol> {
  const inner = unwrap(node);
  const here = referencedSymbol(inner, model);
  if (here) return here;
  return inner.kind === 'propertyAccess' || inner.kind === 'arrayAccess'
    ? accessed(inner.base, model)
    : undefined;
}

/** Variables, each read by the one before, and what the last one reads. */
function chainOf(symbol: VarSymbol, model: FileModel, seen = new Set<VarSymbol>()): string[] {
  if (seen.has(symbol)) return [symbol.name];
  seen.add(symbol);
  const next = runtimePart(symbol, model);
  if (!next) return [symbol.name];
  const inner = model.bindings.get(next);
  if (inner?.kind === 'var') return [symbol.name, ...chainOf(inner, model, seen)];
  const target = accessed(next, model);
  const name = target?.name ?? (next.kind === 'call' ? next.name.name : undefined);
  return name === undefined ? [symbol.name] : [symbol.name, name];
}

function lastOf(
  symbol: VarSymbol,
  model: FileModel,
  seen = new Set<VarSymbol>(),
): Expression | undefined {
  if (seen.has(symbol)) return undefined;
  seen.add(symbol);
  const next = runtimePart(symbol, model);
  const inner = next && model.bindings.get(next);
  return inner?.kind === 'var' ? lastOf(inner, model, seen) : next;
}

function runtimePart(symbol: VarSymbol, model: FileModel): Expression | undefined {
  const analysis = new RuntimeAnalysis(model, { foldsConstants: true });
  return analysis.findRuntime(symbol.statement.value)[0];
}
