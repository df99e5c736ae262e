import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import type { Expression as Arm } from '../../template/expression/ast.js';
import {
  isExpression,
  parseExpression,
  unescapeLiteral,
} from '../../template/expression/parser.js';
import { TemplateError } from '../../template/template-error.js';
import type { FuncSymbol, LocalSymbol, Symbol, VarSymbol } from '../semantics/symbols.js';
import type { Expression, ForNode, PropertyNode } from '../syntax/nodes.js';
import { callNode, identifier, NOWHERE, stringNode } from './nowhere.js';

/** What a template declares, by name in lower case: templates don't tell cases apart. */
export interface TemplateNames {
  readonly vars: ReadonlyMap<string, VarSymbol>;
  /** With their namespace, e.g. `'__bicep.greet'`. */
  readonly funcs: ReadonlyMap<string, FuncSymbol>;
}

/** Names that are known only where an expression stands, in lower case. */
export interface TemplatePlace {
  readonly parameters: ReadonlyMap<string, LocalSymbol>;
  /** The index of each copy loop around. */
  readonly loops: ReadonlyMap<string, LocalSymbol>;
}

export const OUTSIDE: TemplatePlace = { parameters: new Map(), loops: new Map() };

/**
 * Reads values and expressions of a template as expressions of Bicep, with their names bound. They are made to be written
 * out again, so `add()` stays a call.
 */
export class TemplateExpressions {
  readonly #names: TemplateNames;
  readonly #bindings: Map<Expression, Symbol>;

  constructor(names: TemplateNames, bindings: Map<Expression, Symbol>) {
    this.#names = names;
    this.#bindings = bindings;
  }

  /** @throws TemplateError for what no declaration may contain */
  value(json: Json, place: TemplatePlace): Expression {
    if (typeof json === 'string')
      return isExpression(json)
        ? this.#expression(parseExpression(json.slice(1, -1)), place)
        : stringNode(unescapeLiteral(json));
    if (Array.isArray(json)) {
      const items = json.map((item) => this.value(item, place));
      return { kind: 'array', items, span: NOWHERE };
    }
    if (!isJsonObject(json)) return scalarNode(json);
    const properties = Object.entries(json).flatMap(([key, item]) =>
      key === 'copy' && Array.isArray(item)
        ? item.map((copy) => this.#copyProperty(copy, place))
        : [this.#property(key, item, place)],
    );
    return { kind: 'object', properties, resources: [], span: NOWHERE };
  }

  /** `{ name, count, input }` of a copy loop. */
  loop(copy: JsonObject, place: TemplatePlace): ForNode {
    const { name, count, input } = copy;
    if (typeof name !== 'string' || count === undefined || input === undefined)
      throw fault('A copy loop has no "name", "count" or "input".');
    const range = callNode('range', scalarNode(0), this.value(count, place));
    // The symbol of the index holds the loop, whose body names the symbol.
    const index: { kind: 'local'; name: string; role: 'index'; loop?: ForNode } = {
      kind: 'local',
      name,
      role: 'index',
    };
    const loops = new Map(place.loops).set(name.toLowerCase(), index);
    index.loop = {
      kind: 'for',
      item: identifier('item'),
      index: identifier(name),
      source: range,
      body: this.value(input, { ...place, loops }),
      span: NOWHERE,
    };
    return index.loop;
  }

  #copyProperty(copy: Json, place: TemplatePlace): PropertyNode {
    if (!isJsonObject(copy)) throw fault('A copy loop is not an object.');
    const value = this.loop(copy, place);
    return { kind: 'property', key: value.index ?? value.item, value, span: NOWHERE };
  }

  #property(name: string, value: Json, place: TemplatePlace): PropertyNode {
    const written = isExpression(name) ? this.value(name, place) : undefined;
    const key = written
      ? { ...stringNode(''), segments: ['', ''], expressions: [written] }
      : identifier(unescapeLiteral(name));
    return { kind: 'property', key, value: this.value(value, place), span: NOWHERE };
  }

  #expression(node: Arm, place: TemplatePlace): Expression {
    switch (node.kind) {
      case 'literal':
        return typeof node.value === 'string' ? stringNode(node.value) : scalarNode(node.value);
      case 'access': {
        const base = this.#expression(node.base, place);
        const { property } = node;
        if (property.kind === 'literal' && typeof property.value === 'string')
          return {
            ...{ kind: 'propertyAccess', base, name: identifier(property.value) },
            ...{ safe: false, span: NOWHERE },
          };
        const index = this.#expression(property, place);
        return { kind: 'arrayAccess', base, index, safe: false, fromEnd: false, span: NOWHERE };
      }
      case 'call':
        return this.#call(node.name, node.args, place);
    }
  }

  #call(name: string, args: readonly Arm[], place: TemplatePlace): Expression {
    const [first, offset] = args;
    const text =
      first?.kind === 'literal' && typeof first.value === 'string' ? first.value : undefined;
    const bind = (node: Expression, symbol: Symbol | undefined, kind: string): Expression => {
      if (!symbol) throw fault(`There is no ${kind} "${text ?? name}".`);
      this.#bindings.set(node, symbol);
      return node;
    };
    const reference = (): Expression => ({ kind: 'variable', name: text ?? '', span: NOWHERE });
    const key = (text ?? '').toLowerCase();
    const written = (): Expression =>
      callNode(name, ...args.map((arg) => this.#expression(arg, place)));
    if (name.includes('.'))
      return bind(written(), this.#names.funcs.get(name.toLowerCase()), 'function');
    switch (name.toLowerCase()) {
      case 'parameters':
        return bind(reference(), place.parameters.get(key), 'parameter');
      case 'variables':
        return bind(reference(), this.#names.vars.get(key), 'variable');
      case 'copyindex': {
        const index = bind(reference(), place.loops.get(key), 'loop');
        if (!offset) return index;
        const right = this.#expression(offset, place);
        return { kind: 'binary', operator: '+', left: index, right, span: NOWHERE };
      }
      default:
        return written();
    }
  }
}

/** A value of JSON in which nothing is an expression. */
export function literalNode(json: Json): Expression {
  if (typeof json === 'string') return stringNode(json);
  if (Array.isArray(json)) return { kind: 'array', items: json.map(literalNode), span: NOWHERE };
  if (!isJsonObject(json)) return scalarNode(json);
  const properties = Object.entries(json).map(([name, item]): PropertyNode => ({
    ...{ kind: 'property', key: identifier(name), value: literalNode(item), span: NOWHERE },
  }));
  return { kind: 'object', properties, resources: [], span: NOWHERE };
}

/** Bicep has no fractions: `json('1.5')` stands for one. */
function scalarNode(value: number | boolean | null): Expression {
  if (typeof value === 'number' && !Number.isInteger(value))
    return callNode('json', stringNode(String(value)));
  return {
    kind: 'literal',
    value: typeof value === 'number' ? BigInt(value) : value,
    span: NOWHERE,
  };
}

export function fault(message: string): TemplateError {
  return new TemplateError('InvalidTemplate', message);
}
