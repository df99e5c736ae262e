import type { FileModel, ModuleSymbol, ResourceSymbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { printExpression } from '../syntax/printer.js';
import { findProperty, keyText } from '../syntax/walk.js';
import type { Inference } from '../types/inference.js';

/** Resources, and modules, that would have the same id: a deployment takes each once. */
export function checkDuplicateNames(model: FileModel, inference: Inference): void {
  const resources = groups(model.resources, (resource) => idOf(resource, inference));
  for (const group of resources)
    for (const { body } of group) {
      const name = findProperty(body, 'name');
      if (name) model.sink.report(name.value.span, 'BCP121', inOrder(group));
    }
  const modules = groups(model.modules, (module) => moduleIdOf(module, inference));
  for (const group of modules)
    for (const { body } of group) {
      const name = findProperty(body, 'name');
      if (name) model.sink.report(name.value.span, 'BCP122', inOrder(group));
    }
}

function groups<T extends ResourceSymbol | ModuleSymbol>(
  symbols: readonly T[],
  idOf: (symbol: T) => string | undefined,
): T[][] {
  const byId = new Map<string, T[]>();
  const inTextOrder = symbols.toSorted((a, b) => a.statement.span.start - b.statement.span.start);
  for (const symbol of inTextOrder) {
    const id = idOf(symbol);
    if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), symbol]);
  }
  return [...byId.values()].filter((group) => group.length > 1);
}

function inOrder(group: readonly { name: string }[]): string {
  return group.map(({ name }) => `"${name}"`).join(', ');
}

/** Undefined when it is only known at evaluation, and for what may not be deployed. */
function idOf(resource: ResourceSymbol, inference: Inference): string | undefined {
  if (resource.type === '' || !isAlways(resource.condition)) return undefined;
  const segments = nameSegments(resource, inference);
  if (!segments) return undefined;
  const scope = findProperty(resource.body, 'scope');
  const at = scope ? printExpression(scope.value) : '';
  return JSON.stringify([resource.type.toLowerCase(), at, ...segments]);
}

function nameSegments(resource: ResourceSymbol, inference: Inference): string[] | undefined {
  const names = resource.body.properties.filter(
    (member) => member.kind === 'property' && keyText(member) === 'name',
  );
  // Which of two names is meant can't be told.
  if (names.length > 1) return undefined;
  const own = literalName(findProperty(resource.body, 'name')?.value, inference);
  if (own === undefined) return undefined;
  const { parent } = resource;
  if (!parent) return [own];
  // Two children of one parent are compared by their own names, whatever the parent's is.
  const above = nameSegments(parent.resource, inference) ?? [`symbol ${parent.resource.name}`];
  const index = parent.index ? [printExpression(parent.index)] : [];
  return [...above, ...index, own];
}

function moduleIdOf(
  { body, condition, target }: ModuleSymbol,
  inference: Inference,
): string | undefined {
  const name = literalName(findProperty(body, 'name')?.value, inference);
  if (!target || name === undefined || !isAlways(condition)) return undefined;
  const scope = findProperty(body, 'scope');
  return JSON.stringify([scope ? printExpression(scope.value) : '', name]);
}

function literalName(node: Expression | undefined, inference: Inference): string | undefined {
  const type = node && inference.expression(node);
  return type?.kind === 'string' ? type.literal : undefined;
}

function isAlways(condition: Expression | undefined): boolean {
  if (!condition) return true;
  const inner = condition.kind === 'parenthesized' ? condition.expression : condition;
  return inner.kind === 'literal' && inner.value === true;
}
