import type { Json } from '../../base/json.js';
import { access, call, literal, type Expression as Arm } from '../../template/expression/ast.js';
import type { Symbol } from '../semantics/symbols.js';
import type {
  ArrayNode,
  BinaryNode,
  CallNode,
  Expression,
  InstanceCallNode,
  ObjectNode,
  PropertyNode,
  SpreadNode,
  StringNode,
} from '../syntax/nodes.js';
import { literalText, unwrap } from '../syntax/walk.js';
import { AccessConverter } from './access-converter.js';
import { compileTimeValue } from './compile-time.js';
import {
  qualifiedFunction,
  ROOT_ENV,
  withLoop,
  type EmitContext,
  type Env,
  type ExpressionConverter,
} from './context.js';
import { ResourceIds } from './resource-ids.js';

const SCOPE_FUNCTIONS = new Set(['resourceGroup', 'subscription', 'managementGroup']);
const MAX_INT32 = 2n ** 31n - 1n;

const BINARY: Record<string, string> = {
  '||': 'or',
  '&&': 'and',
  '==': 'equals',
  '<': 'less',
  '<=': 'lessOrEquals',
  '>': 'greater',
  '>=': 'greaterOrEquals',
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
  '??': 'coalesce',
};

/** Turns Bicep expressions into expressions of the template language. */
export class Converter implements ExpressionConverter {
  readonly context: EmitContext;
  readonly ids: ResourceIds;
  readonly #accesses: AccessConverter;

  constructor(context: EmitContext) {
    this.context = context;
    this.ids = new ResourceIds(context, this);
    this.#accesses = new AccessConverter(context, this.ids, this);
  }

  convert(node: Expression, env: Env): Arm {
    switch (node.kind) {
      case 'error':
      case 'for':
      case 'if':
        // The checks have refused these before anything is emitted.
        return call('null');
      case 'string':
        return this.#string(node, env);
      case 'literal':
        return literalExpression(node.value);
      case 'array':
        return this.#array(node, env);
      case 'object':
        return this.#object(node, env);
      case 'variable':
        return this.#variable(node, env);
      case 'call':
        return this.#call(node, env);
      case 'instanceCall':
        return this.#instanceCall(node, env);
      case 'propertyAccess':
      case 'arrayAccess':
        return this.#accesses.convert(node, env);
      case 'resourceAccess':
        return this.#symbol(this.context.model.bindings.get(node), env);
      case 'nonNull':
        return this.convert(node.base, env);
      case 'parenthesized':
        return this.convert(node.expression, env);
      case 'unary':
        if (
          node.operator === '-' &&
          node.operand.kind === 'literal' &&
          typeof node.operand.value === 'bigint'
        )
          return literalExpression(-node.operand.value);
        if (node.operator === '!') return call('not', this.convert(node.operand, env));
        return node.operator === '-'
          ? call('sub', literal(0), this.convert(node.operand, env))
          : this.convert(node.operand, env);
      case 'binary':
        return this.#binary(node, env);
      case 'ternary':
        return call(
          'if',
          this.convert(node.condition, env),
          this.convert(node.whenTrue, env),
          this.convert(node.whenFalse, env),
        );
      case 'lambda':
        return call(
          'lambda',
          ...node.parameters.map(({ name }) => literal(name)),
          this.convert(node.body, env),
        );
    }
  }

  /** A value the compiler knows, as an expression. */
  constant(value: Json): Arm {
    if (typeof value === 'string') return literal(value);
    if (value === null || typeof value === 'boolean') return literalExpression(value);
    if (typeof value === 'number')
      return Number.isInteger(value)
        ? literalExpression(BigInt(value))
        : call('json', literal(String(value)));
    if (Array.isArray(value))
      return call('createArray', ...value.map((item) => this.constant(item)));
    return call(
      'createObject',
      ...Object.entries(value).flatMap(([key, item]) => [literal(key), this.constant(item)]),
    );
  }

  #string(node: StringNode, env: Env): Arm {
    const text = literalText(node);
    if (text !== undefined) return literal(text);
    const escape = (segment: string): string => segment.replace(/[{}]/g, (brace) => brace + brace);
    const format = node.segments
      .map(
        (segment, index) => escape(segment) + (index < node.expressions.length ? `{${index}}` : ''),
      )
      .join('');
    return call(
      'format',
      literal(format),
      ...node.expressions.map((expression) => this.convert(expression, env)),
    );
  }

  #array(node: ArrayNode, env: Env): Arm {
    const items = (list: readonly Expression[]): Arm =>
      call('createArray', ...list.map((item) => this.convert(item, env)));
    if (!node.items.some((item) => item.kind === 'spread'))
      return items(node.items.filter((item) => item.kind !== 'spread'));
    const chunks = this.#chunks(node.items, (list) => items(list), env);
    return call('flatten', call('createArray', ...chunks));
  }

  #object(node: ObjectNode, env: Env): Arm {
    const object = (list: readonly PropertyNode[]): Arm =>
      call(
        'createObject',
        ...list.flatMap((property) => [this.key(property, env), this.convert(property.value, env)]),
      );
    if (!node.properties.some((member) => member.kind === 'spread'))
      return object(node.properties.filter((member) => member.kind === 'property'));
    return call('shallowMerge', call('createArray', ...this.#chunks(node.properties, object, env)));
  }

  /** Runs of plain members, and the spread values between them. */
  #chunks<T extends { kind: string }>(
    members: readonly (T | SpreadNode)[],
    build: (run: T[]) => Arm,
    env: Env,
  ): Arm[] {
    const chunks: Arm[] = [];
    let run: T[] = [];
    const flush = (): void => {
      if (run.length > 0) chunks.push(build(run));
      run = [];
    };
    for (const member of members) {
      if (isSpread(member)) {
        flush();
        chunks.push(this.convert(member.expression, env));
      } else run.push(member);
    }
    flush();
    return chunks;
  }

  /** The value of a variable that is written out where it is used. */
  inlinedValue(node: Expression): Expression | undefined {
    const symbol = this.context.model.bindings.get(node);
    return symbol?.kind === 'var' && this.context.inlined.has(symbol)
      ? symbol.statement.value
      : undefined;
  }

  key(property: PropertyNode, env: Env): Arm {
    return 'kind' in property.key ? this.#string(property.key, env) : literal(property.key.name);
  }

  #variable(node: Expression, env: Env): Arm {
    return this.#symbol(this.context.model.bindings.get(node), env);
  }

  #symbol(symbol: Symbol | undefined, env: Env): Arm {
    const { inlined, closure } = this.context;
    switch (symbol?.kind) {
      case 'param':
      case 'assignment':
        return call('parameters', literal(symbol.name));
      case 'var':
        if (inlined.has(symbol)) return this.convert(symbol.statement.value, ROOT_ENV);
        return call('variables', literal(closure.nameOf(symbol)));
      case 'base':
        return call('variables', literal(symbol.name));
      case 'import':
        return symbol.symbol?.kind === 'var'
          ? call('variables', literal(closure.nameOf(symbol.symbol)))
          : call('null');
      case 'local':
        if (symbol.role === 'lambda') return call('lambdaVariables', literal(symbol.name));
        if (symbol.role === 'parameter') return call('parameters', literal(symbol.name));
        return this.#loopVariable(symbol, env);
      case 'resource':
        return this.ids.reference(symbol, undefined, env, true);
      case 'module':
        return this.ids.moduleReference(symbol, undefined, env);
      default:
        return call('null');
    }
  }

  #loopVariable(symbol: Extract<Symbol, { kind: 'local' }>, env: Env): Arm {
    const { loop } = symbol;
    if (!loop) return call('null');
    const name = this.context.loopNames.get(loop);
    const index =
      env.loops.get(loop) ??
      (name === undefined ? call('copyIndex') : call('copyIndex', literal(name)));
    return symbol.role === 'index' ? index : access(this.convert(loop.source, env), index);
  }

  #call(node: CallNode, env: Env): Arm {
    const symbol = this.context.model.bindings.get(node);
    const args = (): Arm[] => node.args.map((arg) => this.convert(arg, env));
    if (symbol?.kind === 'func')
      return call(qualifiedFunction(this.context.closure.nameOf(symbol)), ...args());
    if (symbol?.kind === 'import' && symbol.symbol?.kind === 'func')
      return call(qualifiedFunction(this.context.closure.nameOf(symbol.symbol)), ...args());
    return this.#builtin(node.name.name, node, node.args, env);
  }

  #builtin(name: string, node: Expression, args: readonly Expression[], env: Env): Arm {
    const [only] = args;
    if (name === 'any' && only) return this.convert(only, env);
    // A scope other than the file's own only tells where something goes; it has no value.
    if (args.length > 0 && SCOPE_FUNCTIONS.has(name)) return call('createObject');
    const known = compileTimeValue(name, args, this.context.model, node);
    if (known !== undefined) return this.constant(known);
    return call(name, ...args.map((arg) => this.convert(arg, env)));
  }

  #instanceCall(node: InstanceCallNode, env: Env): Arm {
    const { model, closure } = this.context;
    const base = model.bindings.get(unwrap(node.base));
    const name = node.name.name;
    if (base?.kind === 'namespace') return this.#builtin(name, node, node.args, env);
    if (base?.kind === 'import') {
      const func = base.target.funcs.find((symbol) => symbol.name === name);
      return call(
        qualifiedFunction(func ? closure.nameOf(func) : name),
        ...node.args.map((arg) => this.convert(arg, env)),
      );
    }
    const target = this.#accesses.target(node.base, env);
    if (target?.symbol.kind !== 'resource') return call('null');
    const { symbol, index } = target;
    const id = this.context.symbolicNames
      ? this.ids.symbolicReference(symbol, index)
      : this.ids.fullId(symbol, withLoop(env, symbol.loop, index));
    const args = node.args.map((arg) => this.convert(arg, env));
    return call(name, id, ...(args.length > 0 ? args : [literal(symbol.apiVersion)]));
  }

  #binary(node: BinaryNode, env: Env): Arm {
    const left = this.convert(node.left, env);
    const right = this.convert(node.right, env);
    const insensitive = (): Arm => call('equals', call('toLower', left), call('toLower', right));
    if (node.operator === '!=') return call('not', call('equals', left, right));
    if (node.operator === '=~') return insensitive();
    if (node.operator === '!~') return call('not', insensitive());
    return call(BINARY[node.operator] ?? node.operator, left, right);
  }
}

function isSpread(member: { kind: string }): member is SpreadNode {
  return member.kind === 'spread';
}

function literalExpression(value: bigint | boolean | null): Arm {
  if (value === null) return call('null');
  if (typeof value === 'boolean') return call(value ? 'true' : 'false');
  // Templates have no literals beyond 32 bits.
  return value > MAX_INT32 || value < -MAX_INT32 - 1n
    ? call('json', literal(value.toString()))
    : literal(Number(value));
}
