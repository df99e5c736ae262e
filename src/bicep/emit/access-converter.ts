import { access, call, literal, type Expression as Arm } from '../../template/expression/ast.js';
import type { ModuleSymbol, ResourceSymbol } from '../semantics/symbols.js';
import type { ArrayAccessNode, Expression, PropertyAccessNode } from '../syntax/nodes.js';
import { unwrap } from '../syntax/walk.js';
import type { EmitContext, Env, ExpressionConverter } from './context.js';
import type { ResourceIds } from './resource-ids.js';
import { propertyName, referencedSymbol } from './runtime-analysis.js';

type Access = PropertyAccessNode | ArrayAccessNode;

/** Turns `base.name` and `base[index]` into the template language: of resources and modules, of other files, of values. */
export class AccessConverter {
  readonly #context: EmitContext;
  readonly #ids: ResourceIds;
  readonly #converter: ExpressionConverter;

  constructor(context: EmitContext, ids: ResourceIds, converter: ExpressionConverter) {
    this.#context = context;
    this.#ids = ids;
    this.#converter = converter;
  }

  /** `r`, `a::b`, `r[i]`, `(r)!` with the converted index; through variables that stand for one too. */
  target(
    node: Expression,
    env: Env,
  ): { symbol: ResourceSymbol | ModuleSymbol; index: Arm | undefined } | undefined {
    const inner = unwrap(node);
    const bound = this.#context.model.bindings.get(inner);
    if (bound?.kind === 'var' && this.#context.inlined.has(bound))
      return this.target(bound.statement.value, env);
    const symbol = referencedSymbol(inner, this.#context.model);
    if (!symbol) return undefined;
    return {
      symbol,
      index: inner.kind === 'arrayAccess' ? this.#converter.convert(inner.index, env) : undefined,
    };
  }

  /** What `base.name` and `base[index]` stand for. */
  convert(node: Access, env: Env): Arm {
    const property = propertyName(node);
    const direct = referencedSymbol(node, this.#context.model);
    if (node.kind === 'arrayAccess' && direct?.loop) {
      const index = this.#converter.convert(node.index, env);
      return direct.kind === 'resource'
        ? this.#ids.reference(direct, index, env, true)
        : this.#ids.moduleReference(direct, index, env);
    }
    if (property !== undefined) {
      const known = this.#symbolProperty(node, property, env);
      if (known) return known;
    }
    return this.#plainAccess(node, env);
  }

  #symbolProperty(node: Access, property: string, env: Env): Arm | undefined {
    const wildcard = this.#context.model.bindings.get(unwrap(node.base));
    if (wildcard?.kind === 'import' && !wildcard.symbol) {
      const variable = wildcard.target.vars.find((symbol) => symbol.name === property);
      return call(
        'variables',
        literal(variable ? this.#context.closure.nameOf(variable) : property),
      );
    }
    const base = unwrap(node.base);
    const symbol = referencedSymbol(base, this.#context.model);
    if (symbol) {
      const index =
        base.kind === 'arrayAccess' ? this.#converter.convert(base.index, env) : undefined;
      if (symbol.kind === 'resource')
        return this.#ids.property(symbol, index, property, node.safe, env);
      return this.#ids.moduleProperty(symbol, index, property, node.safe, env);
    }
    return this.#moduleOutput(node, property, env);
  }

  /** `m.outputs.name` is `reference(…).outputs.name.value`. */
  #moduleOutput(node: Access, property: string, env: Env): Arm | undefined {
    const outputs = unwrap(node.base);
    if (outputs.kind !== 'propertyAccess' || outputs.name.name !== 'outputs') return undefined;
    const module = referencedSymbol(outputs.base, this.#context.model);
    if (module?.kind !== 'module') return undefined;
    const secure = isSecureOutput(module, property);
    const base = unwrap(outputs.base);
    const index =
      base.kind === 'arrayAccess' ? this.#converter.convert(base.index, env) : undefined;
    const reference = this.#ids.moduleProperty(module, index, 'outputs', outputs.safe, env, secure);
    const tail = secure ? [literal(property)] : [literal(property), literal('value')];
    if (node.safe) return tail.reduce<Arm>((inner, step) => call('tryGet', inner, step), reference);
    if (reference.kind === 'call' && /^tryGet$/.test(reference.name))
      return { ...reference, args: [...reference.args, ...tail] };
    return access(reference, ...tail);
  }

  #plainAccess(node: Access, env: Env): Arm {
    const base = this.#converter.convert(node.base, env);
    const step =
      node.kind === 'propertyAccess'
        ? literal(node.name.name)
        : this.#converter.convert(node.index, env);
    const fromEnd = node.kind === 'arrayAccess' && node.fromEnd;
    if (node.safe) return call(fromEnd ? 'tryIndexFromEnd' : 'tryGet', base, step);
    if (
      isAccess(node.base) &&
      base.kind === 'call' &&
      /^(tryGet|tryIndexFromEnd)$/.test(base.name)
    ) {
      const last = fromEnd
        ? call('createObject', literal('value'), step, literal('fromEnd'), call('true'))
        : step;
      return { ...base, args: [...base.args, last] };
    }
    if (fromEnd) return call('indexFromEnd', base, step);
    return access(asCall(base), step);
  }
}

function isAccess(node: Expression): boolean {
  if (node.kind === 'nonNull') return isAccess(node.base);
  return node.kind === 'propertyAccess' || node.kind === 'arrayAccess';
}

function isSecureOutput(module: ModuleSymbol, name: string): boolean {
  const output = module.target?.outputs.find((symbol) => symbol.name === name);
  return (
    output?.statement.decorators.some((decorator) => decorator.name.name === 'secure') ?? false
  );
}

/** Only calls can be accessed or stand alone in a template; literals are wrapped. */
export function asCall(expression: Arm): Arm {
  if (expression.kind !== 'literal') return expression;
  return call(typeof expression.value === 'number' ? 'int' : 'string', expression);
}
