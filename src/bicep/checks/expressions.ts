import { ArgumentChecks } from './arguments.js';
import { arity } from './arity.js';
import { quoted } from '../diagnostics/quoted.js';
import type { Span } from '../diagnostics/diagnostic.js';
import type { FileModel } from '../semantics/symbols.js';
import { builtinFunction } from '../semantics/builtin-functions.js';
import { suggest } from '../semantics/suggestion.js';
import type {
  BinaryNode,
  CallNode,
  Expression,
  InstanceCallNode,
  ObjectNode,
  UnaryNode,
} from '../syntax/nodes.js';
import { eachChild, keyText, unwrap } from '../syntax/walk.js';
import { moduleOutputs, type Inference } from '../types/inference.js';
import {
  BOOL,
  describeType,
  INT,
  isAssignable,
  STRING,
  unionOf,
  type Type,
} from '../types/type.js';
import { propertyName } from '../emit/runtime-analysis.js';

/** What an expression may contain at the place where it stands. */
interface Place {
  /** `newGuid()` and `utcNow()` are for parameter defaults. */
  readonly paramDefault: boolean;
  /** A loop may be the whole value here. */
  readonly loop: boolean;
  /** Loops may be values of properties: in the bodies of resources and modules. */
  readonly propertyLoops: boolean;
}

/** Nothing can be looked up in them. */
const SCALARS: ReadonlySet<Type['kind']> = new Set(['null', 'string', 'int', 'bool']);
const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);
const RELATIONAL = new Set(['<', '<=', '>', '>=']);

/** Checks expressions for what does not depend on where their value goes. */
export class ExpressionChecks {
  readonly #model: FileModel;
  readonly #inference: Inference;
  readonly #arguments: ArgumentChecks;

  constructor(model: FileModel, inference: Inference) {
    this.#model = model;
    this.#inference = inference;
    this.#arguments = new ArgumentChecks(model, inference);
  }

  check(node: Expression, place: Place): void {
    this.#node(node, place);
    const inner = placeIn(node, place);
    eachChild(node, (child) => {
      this.check(child, inner);
    });
  }

  #node(node: Expression, place: Place): void {
    const { sink } = this.#model;
    switch (node.kind) {
      case 'for':
        if (!place.loop) sink.report(keywordOf(node), 'BCP138');
        this.#expect(
          node.source,
          (type) => type.kind === 'array',
          (type) => {
            sink.report(node.source.span, 'BCP137', type);
          },
        );
        break;
      case 'call':
        this.#call(node, place);
        break;
      case 'object':
        this.#duplicates(node);
        break;
      case 'binary':
        this.#binary(node);
        break;
      case 'unary':
        this.#unary(node);
        break;
      case 'propertyAccess':
        this.#access(node);
        break;
      case 'arrayAccess':
        if (this.#index(node)) this.#access(node);
        break;
      case 'instanceCall':
        if (this.#model.bindings.get(unwrap(node.base))?.kind === 'namespace') {
          this.#builtin(node, place);
          break;
        }
        this.#expect(
          node.base,
          (type) => !SCALARS.has(type.kind),
          (type) => {
            sink.report(node.name.span, 'BCP067', type);
          },
        );
        break;
      case 'ternary':
        // Where a part is wrong already, the whole is nothing that could be judged.
        if (node.whenTrue.kind === 'error' || node.whenFalse.kind === 'error') break;
        this.#expect(
          node.condition,
          (type) => isAssignable(type, BOOL),
          () => {
            sink.report(node.condition.span, 'BCP046', 'bool');
          },
        );
        break;
      default:
        break;
    }
  }

  #expect(
    node: Expression,
    accepts: (type: Type) => boolean,
    complain: (type: string) => void,
  ): void {
    const type = this.#inference.expression(node);
    if (type.kind !== 'any' && type.kind !== 'union' && !accepts(type))
      complain(describeType(type));
  }

  #call(node: CallNode, place: Place): void {
    const { sink, bindings } = this.#model;
    const symbol = bindings.get(node);
    const func = symbol?.kind === 'import' ? symbol.symbol : symbol;
    const count = node.args.length;
    if (func?.kind === 'func') {
      const expected = func.statement.parameters.length;
      if (count !== expected)
        sink.report(parenthesesOf(node), 'BCP071', arity(expected, expected), String(count));
      else
        this.#arguments.declared(
          func,
          symbol?.kind === 'import' ? symbol.target : this.#model,
          node.args,
        );
      return;
    }
    this.#builtin(node, place);
  }

  #builtin(node: CallNode | InstanceCallNode, place: Place): void {
    const { sink } = this.#model;
    const count = node.args.length;
    const builtin = builtinFunction(node.name.name);
    if (!builtin) return;
    if (count < builtin.min || count > builtin.max)
      sink.report(parenthesesOf(node), 'BCP071', arity(builtin.min, builtin.max), String(count));
    else this.#arguments.builtin(node.name.name, node.args);
    if (builtin.use === 'paramDefault' && !place.paramDefault)
      sink.report(node.name.span, 'BCP065', node.name.name);
  }

  #duplicates(node: ObjectNode): void {
    const seen = new Map<string, Span>();
    for (const member of node.properties) {
      const key = member.kind === 'property' ? keyText(member) : undefined;
      if (member.kind !== 'property' || key === undefined) continue;
      const first = seen.get(key);
      if (first)
        for (const span of [first, member.key.span]) this.#model.sink.report(span, 'BCP025', key);
      seen.set(key, first ?? member.key.span);
    }
  }

  #binary(node: BinaryNode): void {
    const wanted = ARITHMETIC.has(node.operator)
      ? INT
      : RELATIONAL.has(node.operator)
        ? unionOf([INT, STRING])
        : node.operator === '&&' || node.operator === '||'
          ? BOOL
          : undefined;
    if (!wanted) return;
    const [left, right] = [
      this.#inference.expression(node.left),
      this.#inference.expression(node.right),
    ];
    if (isAssignable(left, wanted) && isAssignable(right, wanted)) return;
    const texts = left.kind === 'string' && right.kind === 'string' && node.operator === '+';
    this.#model.sink.report(
      node.span,
      'BCP045',
      node.operator,
      describeType(left),
      describeType(right),
      texts ? ' Use string interpolation instead.' : '',
    );
  }

  #unary(node: UnaryNode): void {
    const type = this.#inference.expression(node.operand);
    if (isAssignable(type, node.operator === '!' ? BOOL : INT)) return;
    this.#model.sink.report(node.span, 'BCP044', node.operator, describeType(type));
  }

  #access(node: Extract<Expression, { kind: 'propertyAccess' | 'arrayAccess' }>): void {
    const name = propertyName(node);
    if (name === undefined || name === '' || node.safe) return;
    const { sink } = this.#model;
    const span = node.kind === 'propertyAccess' ? node.name.span : node.index.span;
    const module = moduleOutputs(unwrap(node.base), this.#model);
    if (module?.target && !module.target.template) {
      const outputs = module.target.outputs.map((output) => output.name);
      if (!outputs.includes(name)) this.#missing(span, 'outputs', name, outputs);
      return;
    }
    const base = this.#inference.expression(node.base);
    if (base.kind === 'object') {
      if (!base.additional && !base.properties.has(name))
        this.#missing(span, describeType(base), name, [...base.properties.keys()]);
    } else if (base.kind === 'string' || base.kind === 'int' || base.kind === 'bool') {
      sink.report(span, 'BCP055', describeType(base));
    }
  }

  /** @returns whether what it names may be looked at */
  #index({ base, index, fromEnd, safe }: Extract<Expression, { kind: 'arrayAccess' }>): boolean {
    const { sink } = this.#model;
    const [from, by] = [this.#inference.expression(base), this.#inference.expression(index)];
    if (SCALARS.has(from.kind)) sink.report(base.span, 'BCP076', describeType(from));
    if (by.kind === 'any' || by.kind === 'union' || from.kind === 'union') return true;
    if (from.kind === 'array' && by.kind !== 'int')
      sink.report(index.span, 'BCP074', describeType(by));
    else if (from.kind === 'object' && by.kind !== 'string')
      sink.report(index.span, 'BCP075', describeType(by));
    else if (from.kind === 'any' && by.kind !== 'string' && by.kind !== 'int')
      sink.report(index.span, 'BCP049', describeType(by));
    else {
      if (!fromEnd && !safe) this.#range(from, by, index);
      return !SCALARS.has(from.kind);
    }
    return false;
  }

  /** Of an array that is written out it is known which indexes it has. */
  #range(from: Type, by: Type, { span }: Expression): void {
    if (from.kind !== 'array' || by.kind !== 'int' || by.literal === undefined) return;
    const count = from.empty === true ? 0 : from.items?.length;
    if (count === undefined || (by.literal >= 0n && by.literal < BigInt(count))) return;
    const range = count > 0 ? ` Indexes for this type must be between 0 and ${count - 1}.` : '';
    this.#model.sink.report(span, 'BCP311', String(by.literal), describeType(from), range);
  }

  #missing(
    span: { start: number; end: number },
    type: string,
    name: string,
    known: readonly string[],
  ): void {
    const { sink } = this.#model;
    const near = suggest(name, known);
    if (near !== undefined) sink.report(span, 'BCP083', type, name, near);
    else if (known.length > 0) sink.report(span, 'BCP053', type, name, quoted(known));
    else sink.report(span, 'BCP052', type, name);
  }
}

/** What an `if` stands for may be what it may be; a property's value may be a loop in a body. */
function placeIn(node: Expression, place: Place): Place {
  switch (node.kind) {
    case 'if':
      return place;
    case 'object':
      return place.loop === place.propertyLoops ? place : { ...place, loop: place.propertyLoops };
    case 'for':
    case 'array':
    case 'parenthesized':
      return place.loop ? { ...place, loop: false } : place;
    default:
      return place.loop || place.propertyLoops
        ? { ...place, loop: false, propertyLoops: false }
        : place;
  }
}

/** `for`, after the bracket. */
function keywordOf({ span }: Expression): Span {
  return { start: span.start + 1, end: span.start + 1 + 'for'.length };
}

function parenthesesOf({ name, span }: CallNode | InstanceCallNode): Span {
  return { start: name.span.end, end: span.end };
}
