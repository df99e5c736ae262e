import type { DeclaredSymbol, FileModel, Symbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { walk } from '../syntax/walk.js';

type Node = Exclude<DeclaredSymbol, { kind: 'import' | 'assignment' | 'base' }>;

/** Reports every reference by which a declaration refers to itself, directly or through others. */
export function checkCycles(model: FileModel): void {
  const nodes: Node[] = [
    ...model.params,
    ...model.vars,
    ...model.funcs,
    ...model.resources,
    ...model.modules,
  ];
  const edges = new Map<Symbol, ReadonlySet<Symbol>>(
    nodes.map((node) => [node, referencesOf(node, model)]),
  );
  if (isAcyclic(edges)) return;
  const cycles = new Map<Symbol, Symbol[]>();
  for (const node of nodes) {
    const cycle = findCycle(node, edges);
    if (cycle) cycles.set(node, cycle);
  }
  for (const node of nodes) reportReferences(node, cycles, model);
  reportReaders(cycles, model);
}

function reportReferences(
  node: Node,
  cycles: ReadonlyMap<Symbol, readonly Symbol[]>,
  model: FileModel,
): void {
  const cycle = cycles.get(node);
  // From the first that is referred to, back to the one that refers to it.
  const names = [...(cycle?.slice(1) ?? []), node].map(({ name }) => name).join('" -> "');
  for (const expression of expressionsOf(node))
    walk(expression, (inner) => {
      const symbol = model.bindings.get(inner);
      if (!symbol) return;
      const { span } = inner.kind === 'call' ? inner.name : inner;
      if (!cycle) {
        if (cycles.has(symbol) && symbol.kind === 'var')
          model.sink.report(span, 'BCP062', symbol.name);
      } else if (cycle.length === 1) {
        if (symbol === node) model.sink.report(span, 'BCP079');
      } else if (cycle.includes(symbol)) model.sink.report(span, 'BCP080', names);
    });
}

/** What nothing can be referred to by: outputs. */
function reportReaders(
  cycles: ReadonlyMap<Symbol, readonly Symbol[]>,
  { outputs, bindings, sink }: FileModel,
): void {
  for (const { statement } of outputs)
    walk(statement.value, (inner) => {
      const symbol = bindings.get(inner);
      if (symbol?.kind === 'var' && cycles.has(symbol))
        sink.report(inner.span, 'BCP062', symbol.name);
    });
}

function referencesOf(node: Node, { references }: FileModel): ReadonlySet<Symbol> {
  const found = references.get(node) ?? new Set();
  // A nested resource depends on the one around it, which may read the nested one's properties only at run time.
  return node.kind === 'resource' && node.parent
    ? new Set([...found, node.parent.resource])
    : found;
}

function expressionsOf(node: Node): Expression[] {
  switch (node.kind) {
    case 'param':
      return [
        ...(node.statement.defaultValue ? [node.statement.defaultValue] : []),
        ...node.statement.decorators.flatMap(({ args }) => args),
      ];
    case 'func':
      return [node.statement.body];
    case 'type':
      return [];
    default:
      return [node.statement.value];
  }
}

/** Removes what nothing is referred to by any more, until nothing is left or only cycles and what leads to them. */
function isAcyclic(edges: ReadonlyMap<Symbol, ReadonlySet<Symbol>>): boolean {
  const referrers = new Map<Symbol, number>();
  for (const targets of edges.values())
    for (const target of targets) referrers.set(target, (referrers.get(target) ?? 0) + 1);
  const free = [...edges.keys()].filter((node) => !referrers.has(node));
  for (const node of free)
    for (const target of edges.get(node) ?? []) {
      const left = (referrers.get(target) ?? 0) - 1;
      referrers.set(target, left);
      if (left === 0) free.push(target);
    }
  return [...edges.keys()].every((node) => (referrers.get(node) ?? 0) === 0);
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
