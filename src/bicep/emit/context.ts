import type { Expression as ArmExpression } from '../../template/expression/ast.js';
import type { FileModel } from '../semantics/symbols.js';
import type { FuncSymbol, TypeSymbol, VarSymbol } from '../semantics/symbols.js';
import type { Expression, ForNode, ObjectNode } from '../syntax/nodes.js';
import { keyText, walk } from '../syntax/walk.js';

/** Declarations of other files that this one needs, under the names they get in its template. */
export interface ImportClosure {
  nameOf(symbol: VarSymbol | TypeSymbol | FuncSymbol): string;
}

/** A function is in Bicep's namespace, one of another file in that file's: `'__bicep.greet'`, `'_1.greet'`. */
export function qualifiedFunction(name: string): string {
  return name.includes('.') ? name : `__bicep.${name}`;
}

/** What conversion of one file's expressions has to know. */
export interface EmitContext {
  readonly model: FileModel;
  /** Language version 2.0: resources keyed by name. */
  readonly symbolicNames: boolean;
  /** Variables that read the running system, so their value stands wherever they are used. */
  readonly inlined: ReadonlySet<VarSymbol>;
  /** The name `copyIndex()` is given inside a loop; resource, module and output loops have none. */
  readonly loopNames: ReadonlyMap<ForNode, string>;
  readonly closure: ImportClosure;
}

/** The api-version of nested deployments that modules become. */
export const DEPLOYMENTS_API_VERSION = '2025-04-01';

/** Turns one expression of the language into one of templates. */
export interface ExpressionConverter {
  convert(node: Expression, env: Env): ArmExpression;
}

/** Loop variables of the place an expression is moved to: the index each loop has there. */
export interface Env {
  readonly loops: ReadonlyMap<ForNode, ArmExpression>;
}

export const ROOT_ENV: Env = { loops: new Map() };

export function withLoop(
  env: Env,
  loop: ForNode | undefined,
  index: ArmExpression | undefined,
): Env {
  if (!loop || !index) return env;
  return { loops: new Map(env.loops).set(loop, index) };
}

/** Names of all loops of a file that are values of variables and properties. */
export function collectLoopNames(model: FileModel): Map<ForNode, string> {
  const names = new Map<ForNode, string>();
  if (model.nodes.loops.length === 0) return names;
  const visit = (node: Expression): void => {
    if (node.kind !== 'object') return;
    for (const member of node.properties) {
      if (member.kind === 'property' && member.value.kind === 'for')
        names.set(member.value, keyText(member) ?? '');
    }
  };
  for (const { name, statement } of model.vars) {
    if (statement.value.kind === 'for') names.set(statement.value, name);
    walk(statement.value, visit);
  }
  for (const { body } of model.resources) walk(body, visit);
  for (const { statement } of model.outputs) walk(statement.value, visit);
  for (const { body } of model.modules) {
    walk(body, visit);
    moduleParameterLoops(body).forEach((loop) => names.set(loop, 'value'));
  }
  return names;
}

/** A module parameter's value stands under `value`, so that is what its loop is called. */
function moduleParameterLoops(body: ObjectNode): ForNode[] {
  const params = body.properties.find(
    (member) => member.kind === 'property' && keyText(member) === 'params',
  );
  if (params?.kind !== 'property' || params.value.kind !== 'object') return [];
  return params.value.properties.flatMap((member) =>
    member.kind === 'property' && member.value.kind === 'for' ? [member.value] : [],
  );
}
