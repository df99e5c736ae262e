import { builtinFunction } from '../semantics/builtin-functions.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Decorator, Expression, Statement, TypeNode } from '../syntax/nodes.js';
import { eachChild } from '../syntax/walk.js';
import {
  aliasOf,
  describeDeclared,
  isLiteral,
  primitiveOf,
  resolveType,
  unionMembers,
} from '../types/declared-types.js';
import type { Inference } from '../types/inference.js';
import { describeType } from '../types/type.js';
import {
  DECORATORS,
  MISPLACED,
  type DecoratorPlace,
  type DecoratorRule,
} from './decorator-table.js';
import { arity } from './arity.js';

/** Decorators must be known, fit what they are on, and stand there once. */
export function checkDecorators(model: FileModel, inference: Inference): void {
  const checks = new DecoratorChecks(model, inference);
  for (const statement of model.program.statements) checks.statement(statement);
  for (const { body, statement } of model.resources) {
    for (const nested of body.resources) checks.statement(nested);
    checks.statement(statement);
  }
  for (const { statement, loop } of [...model.resources, ...model.modules]) {
    const batchSize = statement.decorators.find(({ name }) => name.name === 'batchSize');
    if (batchSize) checks.batchSize(batchSize, loop !== undefined);
  }
}

const CONSTANTS: ReadonlySet<Expression['kind']> = new Set([
  ...(['literal', 'string', 'array', 'object', 'parenthesized', 'unary', 'lambda'] as const),
]);

class DecoratorChecks {
  readonly #model: FileModel;
  readonly #inference: Inference;

  constructor(model: FileModel, inference: Inference) {
    this.#model = model;
    this.#inference = inference;
  }

  statement(statement: Statement): void {
    const type = declaredType(statement);
    this.#all(statement.decorators, statement.kind, type);
    if (type) this.#properties(type);
  }

  /** What stands on the members of object and tuple types. */
  #properties(node: TypeNode): void {
    switch (node.kind) {
      case 'objectType':
      case 'tupleType':
        for (const { type, decorators } of node.kind === 'objectType'
          ? node.properties
          : node.items) {
          this.#all(decorators, 'property', type);
          this.#properties(type);
        }
        break;
      case 'arrayType':
        this.#properties(node.item);
        break;
      case 'nullableType':
      case 'nonNullableType':
        this.#properties(node.base);
        break;
      case 'parenthesizedType':
        this.#properties(node.type);
        break;
      case 'unionType':
        for (const member of node.members) this.#properties(member);
        break;
      default:
        break;
    }
  }

  #all(decorators: readonly Decorator[], place: DecoratorPlace, type: TypeNode | undefined): void {
    const seen = new Map<string, Decorator>();
    for (const decorator of decorators) {
      const { name, span } = decorator;
      if (name.name === '' || !decorator.called) continue;
      const rule = DECORATORS.get(name.name);
      if (!rule) this.#unknown(decorator);
      else if (place === 'errorStatement') this.#model.sink.report(span, rule.dangling);
      else if (!rule.places.includes(place)) this.#misplaced(decorator, place);
      else if (seen.has(name.name))
        for (const twin of [seen.get(name.name) ?? decorator, decorator])
          this.#model.sink.report(twin.span, 'BCP166', name.name);
      else this.#placed(decorator, rule, type);
      seen.set(name.name, decorator);
    }
  }

  #unknown({ name }: Decorator): void {
    const isFunction =
      builtinFunction(name.name) !== undefined || this.#model.symbols.has(name.name);
    this.#model.sink.report(name.span, isFunction ? 'BCP152' : 'BCP057', name.name);
  }

  #misplaced({ name, span }: Decorator, place: DecoratorPlace): void {
    const code = MISPLACED[place];
    if (code) this.#model.sink.report(name.span, code, name.name);
    else if (place === 'func') this.#model.sink.report(name.span, 'BCP152', name.name);
    else this.#model.sink.report(span, 'BCP130');
  }

  #placed(decorator: Decorator, rule: DecoratorRule, type: TypeNode | undefined): void {
    const { sink } = this.#model;
    const { args, name, span } = decorator;
    if (args.length < rule.min || args.length > rule.max) {
      const parentheses = { start: name.span.end, end: span.end };
      sink.report(parentheses, 'BCP071', arity(rule.min, rule.max), String(args.length));
      return;
    }
    for (const arg of args) this.#constant(arg);
    this.#argument(decorator, rule);
    if (type && rule.target) this.#target(decorator, rule, rule.target, type);
    if (type && name.name === 'sealed') this.#sealed(decorator, type);
  }

  /** Decorators are read by the compiler, which knows no values but those that are written out. */
  #constant(node: Expression): void {
    if (CONSTANTS.has(node.kind) && !(node.kind === 'string' && node.expressions.length > 0))
      eachChild(node, (child) => {
        this.#constant(child);
      });
    else if (node.kind !== 'error' && !this.#isUnbound(node))
      this.#model.sink.report(node.span, 'BCP032');
  }

  /** A name that there is not is reported already. */
  #isUnbound(node: Expression): boolean {
    return node.kind === 'variable' && !this.#model.bindings.has(node);
  }

  #argument({ name, args }: Decorator, { argument }: DecoratorRule): void {
    const [given] = args;
    if (argument === undefined || !given || given.kind === 'error') return;
    const type = this.#inference.expression(given);
    if (name.name.endsWith('Length') && given.kind === 'unary' && given.operator === '-')
      this.#model.sink.report(given.span, 'BCP168');
    if (type.kind === 'any' || type.kind === 'union' || type.kind === argument) return;
    this.#model.sink.report(given.span, 'BCP070', describeType(type), argument);
  }

  #target(
    { name, span }: Decorator,
    { ownTypeOnly }: DecoratorRule,
    { types, name: wanted }: NonNullable<DecoratorRule['target']>,
    node: TypeNode,
  ): void {
    const { sink } = this.#model;
    const declared = { node, model: this.#model };
    const kinds = unionMembers(declared).map((member) => primitiveOf(member));
    const wrong = kinds.filter((kind) => kind !== 'null' && kind !== undefined);
    if (wrong.length > 0 && wrong.every((kind) => !types.includes(kind))) {
      // A union is judged as one by what is said of its members.
      if (name.name === 'discriminator' && kinds.length > 1) return;
      const resolved = resolveType(declared) ?? declared;
      sink.report(span, 'BCP124', name.name, wanted, describeDeclared(resolved.node));
      return;
    }
    if (ownTypeOnly !== true && name.name !== 'secure') return;
    const own = node.kind === 'nullableType' ? { ...declared, node: node.base } : declared;
    if (aliasOf(own)) sink.report(span, 'BCP308', name.name);
    else if (
      name.name.endsWith('Length') &&
      kinds.every((kind) => kind !== 'array') &&
      isLiteral(own)
    )
      sink.report(span, 'BCP295', name.name);
  }

  #sealed({ name, span }: Decorator, node: TypeNode): void {
    const own = node.kind === 'nullableType' ? node.base : node;
    if (own.kind === 'resourceType') this.#model.sink.report(span, 'BCP386', name.name);
    else if (own.kind === 'objectType' && own.properties.some((one) => one.name === undefined))
      this.#model.sink.report(span, 'BCP316');
  }

  batchSize(decorator: Decorator, isLoop: boolean): void {
    const { sink } = this.#model;
    const [size] = decorator.args;
    if (!size) return;
    if (!isLoop) sink.report(decorator.span, 'BCP155', 'batchSize');
    if (size.kind !== 'literal' || typeof size.value !== 'bigint') sink.report(size.span, 'BCP032');
    else if (size.value < 1n) sink.report(size.span, 'BCP154', '1', size.value.toString());
  }
}

function declaredType(statement: Statement): TypeNode | undefined {
  switch (statement.kind) {
    case 'param':
    case 'output':
    case 'var':
      return statement.type;
    case 'type':
      return statement.value;
    default:
      return undefined;
  }
}
