import type { FileModel } from '../semantics/symbols.js';
import type { Decorator, Expression, TypeNode } from '../syntax/nodes.js';
import { childrenOf, findProperty, unwrap } from '../syntax/walk.js';
import { findDecorator } from './decorators.js';

/**
 * Whether a file needs language version 2.0, where resources are keyed by their symbolic names. The plain
 * form is written as long as nothing in the file asks for more.
 */
export function needsSymbolicNames(model: FileModel): boolean {
  return (
    model.types.length > 0 ||
    model.funcs.length > 0 ||
    [...model.symbols.values()].some((symbol) => symbol.kind === 'import') ||
    model.vars.some(({ statement }) => statement.type !== undefined) ||
    model.outputs.some(({ statement }) => isSecure(statement.decorators)) ||
    model.modules.some(
      ({ target, body }) => hasSecureOutput(target) || !findProperty(body, 'name'),
    ) ||
    model.params.some(({ statement }) => usesTypeSyntax(statement.type)) ||
    model.outputs.some(({ statement }) => usesTypeSyntax(statement.type)) ||
    model.resources.some(
      ({ statement, existing, body }) =>
        findDecorator(statement.decorators, 'onlyIfNotExists') !== undefined ||
        (existing && findProperty(body, 'dependsOn') !== undefined),
    ) ||
    readsCollections(model)
  );
}

function isSecure(decorators: readonly Decorator[]): boolean {
  return findDecorator(decorators, 'secure') !== undefined;
}

function hasSecureOutput(model: FileModel | undefined): boolean {
  return model?.outputs.some(({ statement }) => isSecure(statement.decorators)) ?? false;
}

function usesTypeSyntax(type: TypeNode): boolean {
  switch (type.kind) {
    case 'objectType':
    case 'arrayType':
    case 'tupleType':
    case 'unionType':
    case 'nullableType':
      return true;
    case 'parenthesizedType':
      return usesTypeSyntax(type.type);
    default:
      return false;
  }
}

/** A loop of resources used as a whole needs `references()`; in `dependsOn` it is only a name. */
function readsCollections(model: FileModel): boolean {
  if (![...model.resources, ...model.modules].some(({ loop }) => loop)) return false;
  const visit = (node: Expression, parent: Expression | undefined): boolean => {
    const symbol = model.bindings.get(node);
    const collection =
      (symbol?.kind === 'resource' || symbol?.kind === 'module') && symbol.loop !== undefined;
    if (collection && !(parent?.kind === 'arrayAccess' && unwrap(parent.base) === node))
      return true;
    return childrenOf(node).some((child) => visit(child, node));
  };
  const bodies = [...model.resources, ...model.modules].flatMap(({ body, loop, condition }) => [
    ...body.properties.flatMap((member) => {
      if (member.kind === 'spread') return [member.expression];
      return 'name' in member.key && member.key.name === 'dependsOn' ? [] : [member.value];
    }),
    ...(loop ? [loop.source] : []),
    ...(condition ? [condition] : []),
  ]);
  const others = [...model.vars, ...model.outputs].map(({ statement }) => statement.value);
  return [...bodies, ...others].some((node) => visit(node, undefined));
}
