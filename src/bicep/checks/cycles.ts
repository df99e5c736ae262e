import type { FileModel } from '../semantics/symbols.js';
import type { DeclaredSymbol, Symbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { walk } from '../syntax/walk.js';

type Node = Exclude<DeclaredSymbol, { kind: 'import' | 'assignment' }>;

/** Reports every declaration that refers to itself, directly or through others. */
export function checkCycles(model: FileModel): void {
  const nodes: Node[] = [
    ...model.params,
    ...model.vars,
    ...model.funcs,
    ...model.resources,
    ...model.modules,
  ];
  const edges = new Map<Symbol, Set<Symbol>>(
    nodes.map((node) => [node, referencesOf(node, model)]),
  );
  for (const node of nodes) {
    const cycle = findCycle(node, edges);
    if (!cycle) continue;
    const span = node.statement.name.span;
    if (cycle.length === 1) model.sink.report(span, 'BCP079');
    else
      model.sink.report(
        span,
        'BCP080',
        [...cycle, node].map(({ name }) => `"${name}"`).join(' -> '),
      );
  }
}

function referencesOf(node: Node, model: FileModel): Set<Symbol> {
  const found = new Set<Symbol>();
  for (const expression of expressionsOf(node))
    walk(expression, (inner) => {
      const symbol = model.bindings.get(inner);
      if (symbol) found.add(symbol);
    });
  // A nested resource depends on the one around it, which may read the nested one's properties only at run time.
  if (node.kind === 'resource' && node.parent) found.add(node.parent.resource);
  return found;
}

function expressionsOf(node: Node): Expression[] {
  switch (node.kind) {
    case 'param':
      return node.statement.defaultValue ? [node.statement.defaultValue] : [];
    case 'func':
      return [node.statement.body];
    case 'type':
      return [];
    default:
      return [node.statement.value];
  }
}

/** Breadth first: the shortest way from `start` back to itself. Visits each declaration once. */
function findCycle(
  start: Symbol,
  edges: ReadonlyMap<Symbol, ReadonlySet<Symbol>>,
): Symbol[] | undefined {
  const cameFrom = new Map<Symbol, Symbol>();
  const queue: Symbol[] = [start];
  for (const symbol of queue) {
    for (const next of edges.get(symbol) ?? []) {
      if (next === start) return pathTo(symbol, start, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, symbol);
      queue.push(next);
    }
  }
  return undefined;
}

function pathTo(end: Symbol, start: Symbol, cameFrom: ReadonlyMap<Symbol, Symbol>): Symbol[] {
  const path = [end];
  for (let at = end; at !== start;) {
    const previous = cameFrom.get(at);
    if (!previous) break;
    path.unshift(previous);
    at = previous;
  }
  return path;
}
