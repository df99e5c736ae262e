import type { FileModel, ModuleSymbol } from '../semantics/symbols.js';
import type { CallNode, Expression, InstanceCallNode } from '../syntax/nodes.js';
import { eachChild, findProperty, keyText, unwrap } from '../syntax/walk.js';

/** Lambdas and secrets may stand only where something takes them. */
export function checkPlacement(model: FileModel): void {
  if (!model.nodes.lambdas.length && !model.nodes.calls.some(isPlaced)) return;
  const secrets = new Set(model.modules.flatMap(secretValues));
  const visit = (node: Expression, isArgument: boolean): void => {
    if (node.kind === 'lambda' && !isArgument) model.sink.report(node.span, 'BCP242');
    if (isGetSecret(node, model) && !secrets.has(node))
      model.sink.report(node.span, 'BCP180', 'getSecret');
    if (isNameOf(node)) checkNameOf(node, model);
    const isCall = node.kind === 'call' || node.kind === 'instanceCall';
    eachChild(node, (child) => {
      visit(
        child,
        (isCall && node.args.includes(child)) || (node.kind === 'parenthesized' && isArgument),
      );
    });
  };
  for (const root of rootsOf(model)) visit(root, false);
}

/** Few files have any: the others need no further look. */
function isPlaced({ name }: CallNode | InstanceCallNode): boolean {
  return name.name === 'getSecret' || name.name === 'nameof';
}

function rootsOf(model: FileModel): Expression[] {
  return [
    ...model.params.flatMap(({ statement }) => statement.defaultValue ?? []),
    ...model.funcs.map(({ statement }) => statement.body),
    ...[...model.vars, ...model.outputs, ...model.resources, ...model.modules].map(
      ({ statement }) => statement.value,
    ),
  ];
}

/** What is assigned to parameters of a module that keep a secret. */
function secretValues({ body, target }: ModuleSymbol): Expression[] {
  const params = findProperty(body, 'params');
  const given = params && unwrap(params.value);
  if (given?.kind !== 'object') return [];
  // Of a template that is no Bicep file, or can't be read, the parameters are not known here.
  if (!target || target.template)
    return given.properties.flatMap((member) =>
      member.kind === 'property' ? alternatives(member.value) : [],
    );
  const secure = new Set(
    target.params
      .filter(({ statement }) => statement.decorators.some(({ name }) => name.name === 'secure'))
      .map(({ name }) => name),
  );
  return given.properties.flatMap((member) =>
    member.kind === 'property' && secure.has(keyText(member) ?? '')
      ? alternatives(member.value)
      : [],
  );
}

function alternatives(node: Expression): Expression[] {
  if (node.kind === 'parenthesized') return alternatives(node.expression);
  if (node.kind === 'ternary')
    return [...alternatives(node.whenTrue), ...alternatives(node.whenFalse)];
  return [node];
}

function isGetSecret(node: Expression, model: FileModel): boolean {
  if (node.kind !== 'instanceCall' || node.name.name !== 'getSecret') return false;
  const base = unwrap(node.base);
  const symbol = model.bindings.get(base.kind === 'arrayAccess' ? unwrap(base.base) : base);
  return symbol?.kind === 'resource';
}

function isNameOf(node: Expression): node is CallNode | InstanceCallNode {
  return (node.kind === 'call' || node.kind === 'instanceCall') && node.name.name === 'nameof';
}

function checkNameOf({ args }: CallNode | InstanceCallNode, model: FileModel): void {
  const [argument] = args;
  const inner = argument && unwrap(argument);
  if (!argument || !inner || inner.kind === 'error') return;
  const named = ['variable', 'propertyAccess', 'resourceAccess', 'arrayAccess'];
  if (!named.includes(inner.kind)) model.sink.report(argument.span, 'BCP408');
}
