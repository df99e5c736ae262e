import { propertyName } from '../emit/runtime-analysis.js';
import type { FileModel } from '../semantics/symbols.js';
import type { ModuleSymbol, ResourceSymbol, Symbol } from '../semantics/symbols.js';
import type {
  ArrayNode,
  CallNode,
  Expression,
  LambdaNode,
  ObjectNode,
  TypeNode,
} from '../syntax/nodes.js';
import { keyText, literalText, unwrap } from '../syntax/walk.js';
import { resolveType } from './declared-types.js';
import { resourceType } from './resource-types.js';
import {
  ANY,
  ARRAY,
  BOOL,
  INT,
  NULL,
  OBJECT,
  STRING,
  unionOf,
  type PropertyType,
  type Type,
} from './type.js';

const MAX_DEPTH = 64;
const EMPTY_ARRAY: Type = { kind: 'array', item: ANY, empty: true };
const RETURNS: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...named(
    STRING,
    'base64 base64ToString dataUri dataUriToString dateTimeAdd dateTimeFromEpoch format guid join newGuid padLeft replace resourceId string subscriptionResourceId substring tenantResourceId toLower toUpper trim uniqueString uri uriComponent uriComponentToString utcNow extensionResourceId cidrSubnet cidrHost loadTextContent loadFileAsBase64 nameof',
  ),
  ...named(INT, 'int length indexOf lastIndexOf dateTimeToEpoch'),
  ...named(BOOL, 'bool contains empty endsWith startsWith'),
  ...named(ARRAY, 'array createArray filter map sort items flatten pickZones'),
  ['range', { kind: 'array', item: INT }],
  ['split', { kind: 'array', item: STRING }],
  ['objectKeys', { kind: 'array', item: STRING }],
]);
const BUILTIN_TYPES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['string', STRING],
  ['int', INT],
  ['bool', BOOL],
  ['array', ARRAY],
  ['object', OBJECT],
]);
/** What functions give to the lambdas that they take. */
const LAMBDA_PARAMETERS: Readonly<
  Record<string, readonly ('item' | 'index' | 'result')[] | undefined>
> = {
  map: ['item', 'index'],
  filter: ['item', 'index'],
  sort: ['item', 'item'],
  reduce: ['result', 'item', 'index'],
  toObject: ['item'],
  groupBy: ['item'],
};
const COMPARISONS = new Set(['==', '!=', '=~', '!~', '<', '<=', '>', '>=', '&&', '||']);

function named(type: Type, names: string): [string, Type][] {
  return names.split(' ').map((name) => [name, type]);
}

/** Works out the types of expressions; `any` wherever it can't tell. */
export class Inference {
  readonly #model: FileModel;
  readonly #known = new Map<Symbol, Type>();
  /** The call that each lambda is an argument of. */
  #callers: Map<LambdaNode, Pick<CallNode, 'args'> & { name: string }> | undefined;

  constructor(model: FileModel) {
    this.#model = model;
  }

  expression(node: Expression, depth = 0): Type {
    if (depth > MAX_DEPTH) return ANY;
    const next = (inner: Expression): Type => this.expression(inner, depth + 1);
    switch (node.kind) {
      case 'string': {
        const literal = literalText(node);
        return literal === undefined ? STRING : { kind: 'string', literal };
      }
      case 'literal':
        if (node.value === null) return NULL;
        return typeof node.value === 'boolean'
          ? { kind: 'bool', literal: node.value }
          : { kind: 'int', literal: node.value };
      case 'array':
        return this.#array(node, depth);
      case 'for':
        return ARRAY;
      case 'object':
        return this.#object(node, depth);
      case 'parenthesized':
        return next(node.expression);
      case 'nonNull':
        return withoutNull(next(node.base));
      case 'unary':
        if (node.operator === '!') return BOOL;
        return node.operator === '-' &&
          node.operand.kind === 'literal' &&
          typeof node.operand.value === 'bigint'
          ? { kind: 'int', literal: -node.operand.value }
          : INT;
      case 'binary':
        if (node.operator === '??')
          return unionOf([withoutNull(next(node.left)), next(node.right)]);
        return COMPARISONS.has(node.operator) ? BOOL : INT;
      case 'ternary':
        return unionOf([next(node.whenTrue), next(node.whenFalse)]);
      case 'variable':
        return this.#symbol(this.#model.bindings.get(node), depth);
      case 'call':
        return this.#call(node);
      case 'propertyAccess':
      case 'arrayAccess':
        return this.#access(node, depth);
      default:
        return ANY;
    }
  }

  /** The type a type expression stands for. */
  type(node: TypeNode, model: FileModel = this.#model, depth = 0): Type {
    if (depth > MAX_DEPTH) return ANY;
    const next = (inner: TypeNode): Type => this.type(inner, model, depth + 1);
    switch (node.kind) {
      case 'typeName':
        return this.#namedType(node.name, model, depth);
      case 'typeAccess': {
        // `sys.string` stays what it is in a file with a type of that name.
        if (node.base.kind === 'typeName' && /^(sys|az)$/.test(node.base.name))
          return BUILTIN_TYPES.get(String(node.step)) ?? ANY;
        const resolved = resolveType({ node, model });
        return resolved ? this.type(resolved.node, resolved.model, depth + 1) : ANY;
      }
      case 'typeLiteral':
        return literalType(node.value);
      case 'arrayType':
        return { kind: 'array', item: next(node.item) };
      case 'nullableType':
        return unionOf([next(node.base), NULL]);
      case 'nonNullableType':
        return withoutNull(next(node.base));
      case 'unionType':
        return unionOf(node.members.map(next));
      case 'tupleType':
        return ARRAY;
      case 'parenthesizedType':
        return next(node.type);
      case 'objectType': {
        const properties = new Map<string, PropertyType>();
        let additional: Type | undefined;
        for (const property of node.properties) {
          const type = next(property.type);
          if (property.name === undefined) additional = type;
          else properties.set(property.name, { type, required: !allowsNull(type) });
        }
        // Only @sealed() objects refuse further properties; for the rest a warning would be too much.
        return { kind: 'object', properties, additional: additional ?? ANY };
      }
      default:
        return ANY;
    }
  }

  /** The type of what is written into a resource. */
  resourceBody(resource: ResourceSymbol): Type {
    return resourceType(resource.type) ?? ANY;
  }

  #namedType(name: string, model: FileModel, depth: number): Type {
    const symbol = model.symbols.get(name);
    if (symbol?.kind === 'type') return this.type(symbol.statement.value, model, depth + 1);
    if (symbol?.kind === 'import' && symbol.symbol?.kind === 'type')
      return this.type(symbol.symbol.statement.value, symbol.target, depth + 1);
    return BUILTIN_TYPES.get(name) ?? ANY;
  }

  #symbol(symbol: Symbol | undefined, depth: number): Type {
    if (!symbol) return ANY;
    const known = this.#known.get(symbol);
    if (known) return known;
    // A symbol that refers to itself is reported as a cycle; here it is just unknown.
    this.#known.set(symbol, ANY);
    const type = this.#inferSymbol(symbol, depth);
    this.#known.set(symbol, type);
    return type;
  }

  #inferSymbol(symbol: Symbol, depth: number): Type {
    switch (symbol.kind) {
      case 'param':
        return this.type(symbol.statement.type, this.#model, depth + 1);
      case 'var':
        return symbol.statement.type
          ? this.type(symbol.statement.type, this.#model, depth + 1)
          : this.expression(symbol.statement.value, depth + 1);
      case 'local':
        return symbol.lambda && symbol.position !== undefined
          ? this.#lambdaParameter(symbol.lambda, symbol.position, depth)
          : ANY;
      case 'base': {
        const properties = new Map(symbol.parameters.map((name) => [name, { type: ANY }]));
        return { kind: 'object', properties };
      }
      default:
        return ANY;
    }
  }

  #array({ items }: ArrayNode, depth: number): Type {
    if (items.length === 0) return EMPTY_ARRAY;
    const types: Type[] = [];
    for (const item of items) {
      if (item.kind === 'spread') return ARRAY;
      types.push(this.expression(item, depth + 1));
    }
    return { kind: 'array', item: unionOf(types), items: types };
  }

  /** What a lambda's parameters are, by the function it is given to. */
  lambdaParameters(lambda: LambdaNode): Type[] {
    return lambda.parameters.map((_, position) => this.#lambdaParameter(lambda, position, 0));
  }

  #lambdaParameter(lambda: LambdaNode, position: number, depth: number): Type {
    this.#callers ??= new Map(
      this.#model.nodes.calls.flatMap(({ name, args }) =>
        args.flatMap((arg) => {
          const inner = unwrap(arg);
          return inner.kind === 'lambda' ? [[inner, { name: name.name, args }] as const] : [];
        }),
      ),
    );
    const caller = this.#callers.get(lambda);
    const [source, initial] = caller?.args ?? [];
    if (!caller || !source) return ANY;
    const roles = LAMBDA_PARAMETERS[caller.name]?.[position];
    if (roles === 'index') return INT;
    if (roles === 'result') return initial ? widened(this.expression(initial, depth + 1)) : ANY;
    if (roles !== 'item') return ANY;
    const type = this.expression(source, depth + 1);
    return type.kind === 'array' ? type.item : ANY;
  }

  #object(node: ObjectNode, depth: number): Type {
    const properties = new Map<string, PropertyType>();
    let open = false;
    for (const member of node.properties) {
      const key = member.kind === 'property' ? keyText(member) : undefined;
      if (member.kind === 'spread' || key === undefined) open = true;
      else properties.set(key, { type: this.expression(member.value, depth + 1) });
    }
    return { kind: 'object', properties, ...(open ? { additional: ANY } : {}) };
  }

  #call(node: CallNode): Type {
    const symbol = this.#model.bindings.get(node);
    if (symbol?.kind === 'func') return this.type(symbol.statement.returns);
    if (symbol) return ANY;
    if (node.name.name === 'concat')
      return node.args.every((arg) => this.expression(arg).kind === 'string') ? STRING : ANY;
    return RETURNS.get(node.name.name) ?? ANY;
  }

  #access(
    node: Extract<Expression, { kind: 'propertyAccess' | 'arrayAccess' }>,
    depth: number,
  ): Type {
    const name = propertyName(node);
    const base = this.expression(node.base, depth + 1);
    if (name === undefined) return base.kind === 'array' ? base.item : ANY;
    if (base.kind === 'object') return base.properties.get(name)?.type ?? base.additional ?? ANY;
    return this.#declaredProperty(node.base, name);
  }

  #declaredProperty(base: Expression, name: string): Type {
    const inner = unwrap(base);
    const symbol = this.#model.bindings.get(inner);
    if (symbol?.kind === 'resource' && ['id', 'name', 'type', 'apiVersion'].includes(name))
      return STRING;
    const module = moduleOutputs(inner, this.#model);
    const output = module?.target?.outputs.find((candidate) => candidate.name === name);
    return output && module?.target ? this.type(output.statement.type, module.target) : ANY;
  }
}

/** Without what only one value is known for. */
function widened(type: Type): Type {
  switch (type.kind) {
    case 'string':
      return STRING;
    case 'int':
      return INT;
    case 'bool':
      return BOOL;
    default:
      return type;
  }
}

/** The module in `m.outputs` or `m[i].outputs`. */
export function moduleOutputs(node: Expression, model: FileModel): ModuleSymbol | undefined {
  if (node.kind !== 'propertyAccess' || node.name.name !== 'outputs') return undefined;
  const base = unwrap(node.base);
  const symbol = model.bindings.get(base.kind === 'arrayAccess' ? unwrap(base.base) : base);
  return symbol?.kind === 'module' ? symbol : undefined;
}

export function allowsNull(type: Type): boolean {
  return (
    type.kind === 'null' ||
    type.kind === 'any' ||
    (type.kind === 'union' && type.members.some(allowsNull))
  );
}

function withoutNull(type: Type): Type {
  return type.kind === 'union'
    ? unionOf(type.members.filter((member) => member.kind !== 'null'))
    : type;
}

function literalType(value: string | bigint | boolean | null): Type {
  if (value === null) return NULL;
  if (typeof value === 'string') return { kind: 'string', literal: value };
  return typeof value === 'bigint'
    ? { kind: 'int', literal: value }
    : { kind: 'bool', literal: value };
}
