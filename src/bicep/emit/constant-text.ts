import type { FileModel } from '../semantics/symbols.js';
import type { Expression, StringNode } from '../syntax/nodes.js';
import { unwrap } from '../syntax/walk.js';

/** Variables may refer to each other in a circle, which is reported elsewhere. */
const DEEPEST = 20;

/**
 * The texts that an expression can have: of `'id'` or `'i${d}'` with constant parts, of a variable that holds one, of
 * an item of a variable's array; of `a ? 'id' : 'name'` both. Undefined when that is only known at evaluation.
 */
export function constantTexts(
  expression: Expression,
  model: FileModel,
  depth = 0,
): string[] | undefined {
  if (depth > DEEPEST) return undefined;
  const node = unwrap(expression);
  const inner = (part: Expression): string[] | undefined => constantTexts(part, model, depth + 1);
  if (node.kind === 'string') return interpolated(node, inner);
  if (node.kind === 'ternary') {
    const yes = inner(node.whenTrue);
    const no = inner(node.whenFalse);
    return yes && no && [...yes, ...no];
  }
  const value = itemOf(node, model) ?? node;
  const symbol = model.bindings.get(value);
  if (symbol?.kind === 'var') return inner(symbol.statement.value);
  return value === node ? undefined : inner(value);
}

function interpolated(
  node: StringNode,
  inner: (part: Expression) => string[] | undefined,
): string[] | undefined {
  const [first = '', ...segments] = node.segments;
  let texts: string[] = [first];
  for (const [index, part] of node.expressions.entries()) {
    const values = inner(part);
    if (values === undefined) return undefined;
    const after = segments[index] ?? '';
    texts = texts.flatMap((text) => values.map((value) => text + value + after));
  }
  return texts;
}

/** `list[1]`, `first(list)`, `last(list)`, of an array that is written out in a variable. */
function itemOf(node: Expression, model: FileModel): Expression | undefined {
  if (node.kind === 'arrayAccess') {
    const items = itemsOf(node.base, model);
    const index = node.index.kind === 'literal' ? node.index.value : undefined;
    return typeof index === 'bigint' ? items?.[Number(index)] : undefined;
  }
  const [list, ...more] = node.kind === 'call' ? node.args : [];
  if (node.kind !== 'call' || list === undefined || more.length > 0) return undefined;
  if (node.name.name === 'first') return itemsOf(list, model)?.[0];
  return node.name.name === 'last' ? itemsOf(list, model)?.at(-1) : undefined;
}

/** The items of an array without `...`. */
function itemsOf(expression: Expression, model: FileModel): Expression[] | undefined {
  const symbol = model.bindings.get(unwrap(expression));
  const value = symbol?.kind === 'var' ? symbol.statement.value : unwrap(expression);
  if (value.kind !== 'array') return undefined;
  const items = value.items.filter((item) => item.kind !== 'spread');
  return items.length === value.items.length ? items : undefined;
}
