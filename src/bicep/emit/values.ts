import type { Json, JsonObject } from '../../base/json.js';
import type { Expression as Arm } from '../../template/expression/ast.js';
import { printExpression } from '../../template/expression/printer.js';
import { call } from '../../template/expression/ast.js';
import type { Expression, ForNode, ObjectNode, PropertyNode } from '../syntax/nodes.js';
import { keyText, literalText, unwrap } from '../syntax/walk.js';
import { ROOT_ENV, type Env } from './context.js';
import { asCall } from './access-converter.js';
import type { Converter } from './converter.js';

/** Literal objects and arrays become JSON, everything else a string with an expression in it. */
export class ValueWriter {
  readonly #converter: Converter;

  constructor(converter: Converter) {
    this.#converter = converter;
  }

  value(node: Expression, env: Env): Json {
    const inner = unwrap(node);
    switch (inner.kind) {
      case 'literal':
        return typeof inner.value === 'bigint' ? integer(inner.value) : inner.value;
      case 'string': {
        const text = literalText(inner);
        return text === undefined ? this.expression(inner, env) : escapeText(text);
      }
      case 'object':
        return inner.properties.some((member) => member.kind === 'spread')
          ? this.expression(inner, env)
          : this.object(inner, env);
      case 'array':
        if (inner.items.some((item) => item.kind === 'spread')) return this.expression(inner, env);
        return inner.items.map((item) =>
          this.value(item.kind === 'spread' ? item.expression : item, env),
        );
      case 'unary':
        if (
          inner.operator === '-' &&
          inner.operand.kind === 'literal' &&
          typeof inner.operand.value === 'bigint'
        )
          return integer(-inner.operand.value);
        return this.expression(inner, env);
      case 'call':
        if (inner.name.name === 'any' && inner.args[0]) return this.value(inner.args[0], env);
        return this.#known(inner, env);
      case 'variable': {
        const inlined = this.#converter.inlinedValue(inner);
        return inlined ? this.value(inlined, ROOT_ENV) : this.expression(inner, env);
      }
      default:
        return this.#known(inner, env);
    }
  }

  /** `"[…]"`, or the text or number when that is all there is. */
  expression(node: Expression, env: Env): Json {
    return writeExpression(this.#converter.convert(node, env));
  }

  /** A content the compiler has read stands as JSON, not as a call of `createObject()`. */
  #known(node: Expression, env: Env): Json {
    const converted = this.#converter.convert(node, env);
    const constant =
      (node.kind === 'call' || node.kind === 'instanceCall') && CONSTANTS.test(node.name.name)
        ? foldConstant(converted)
        : undefined;
    return constant === undefined ? writeExpression(converted) : constant;
  }

  object(node: ObjectNode, env: Env, omit: ReadonlySet<string> = new Set()): JsonObject {
    const result: JsonObject = {};
    const copies: JsonObject[] = [];
    for (const member of node.properties) {
      if (member.kind === 'spread') continue;
      const key = keyText(member);
      if (key !== undefined && omit.has(key)) continue;
      if (member.value.kind === 'for') copies.push(this.copy(key ?? '', member.value, env));
      else result[this.#printedKey(member, key, env)] = this.value(member.value, env);
    }
    return copies.length > 0 ? { copy: copies, ...result } : result;
  }

  #printedKey(property: PropertyNode, key: string | undefined, env: Env): string {
    if (key === undefined) return writeText(this.#converter.key(property, env));
    // A plain `copy` would be taken for a loop.
    return key === 'copy' ? "[string('copy')]" : escapeText(key);
  }

  /** `{ name, count, input }` of a loop. */
  copy(name: string | undefined, loop: ForNode, env: Env): JsonObject {
    return { ...this.copyHead(name, loop, env), input: this.copyInput(loop.body, env) };
  }

  copyHead(name: string | undefined, loop: ForNode, env: Env): JsonObject {
    const count = writeExpression(call('length', this.#converter.convert(loop.source, env)));
    return name === undefined ? { count } : { name, count };
  }

  /** The engine takes only objects and strings here; anything else is wrapped into an expression. */
  copyInput(body: Expression, env: Env): Json {
    const inner = unwrap(body);
    const plainObject =
      inner.kind === 'object' && !inner.properties.some((member) => member.kind === 'spread');
    if (plainObject || (inner.kind === 'string' && inner.expressions.length === 0))
      return this.value(inner, env);
    return `[${printExpression(asCall(this.#converter.convert(inner, env)))}]`;
  }
}

/** Functions whose result the compiler knows. */
const CONSTANTS =
  /^(load(Json|Yaml)Content|loadDirectoryFileInfo|resourceGroup|subscription|managementGroup)$/;

/** `writeExpression()` where only a string can stand. */
export function writeText(expression: Arm): string {
  const written = writeExpression(expression);
  return typeof written === 'string' ? written : JSON.stringify(written);
}

export function writeExpression(expression: Arm): Json {
  if (expression.kind !== 'literal') return `[${printExpression(expression)}]`;
  return typeof expression.value === 'number' ? expression.value : escapeText(expression.value);
}

/** A text that would be read as an expression gets a second bracket. */
export function escapeText(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? `[${text}` : text;
}

/** JSON numbers are doubles: beyond 2^53 the last digits are lost, as in every JSON reader of JavaScript. */
function integer(value: bigint): number {
  return Number(value);
}

function foldConstant(expression: Arm): Json | undefined {
  if (expression.kind === 'literal')
    return typeof expression.value === 'string' ? escapeText(expression.value) : expression.value;
  if (expression.kind !== 'call') return undefined;
  const args = expression.args.map(foldConstant);
  switch (expression.name) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
    case 'json':
      return Number(args[0]);
    case 'createArray':
      return args.map((item) => item ?? null);
    case 'createObject': {
      const object: JsonObject = {};
      for (let index = 0; index < args.length; index += 2)
        object[keyOf(args[index])] = args[index + 1] ?? null;
      return object;
    }
    default:
      return undefined;
  }
}

function keyOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
