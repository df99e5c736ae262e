import type { DiagnosticCode } from '../diagnostics/catalogue.js';
import { quoted } from '../diagnostics/quoted.js';
import type { DiagnosticSink } from '../diagnostics/sink.js';
import type {
  CallNode,
  Expression,
  ForNode,
  Identifier,
  InstanceCallNode,
  ResourceAccessNode,
  TypeNode,
} from '../syntax/nodes.js';
import { eachChild, findProperty, unwrap } from '../syntax/walk.js';
import {
  BUILTIN_FUNCTIONS,
  BUILTIN_TYPES,
  builtinFunction,
  isCallable,
  namespaceOf,
  REPLACED_FUNCTIONS,
} from './builtin-functions.js';
import type { Declarations } from './declarations.js';
import { suggest } from './suggestion.js';
import type {
  DeclaredSymbol,
  LocalSymbol,
  NamespaceSymbol,
  ResourceSymbol,
  Symbol,
} from './symbols.js';

/** Names visible at a place, innermost first. */
interface Scope {
  readonly names: ReadonlyMap<string, Symbol>;
  readonly outer: Scope | undefined;
}

export interface Bindings {
  readonly bindings: Map<Expression, Symbol>;
  readonly used: Set<Symbol>;
  readonly references: Map<DeclaredSymbol, Set<Symbol>>;
}

const REFUSED_FUNCTIONS: Readonly<Record<string, DiagnosticCode | undefined>> = {
  if: 'BCP100',
  createArray: 'BCP101',
  createObject: 'BCP102',
  variables: 'BCP060',
  parameters: 'BCP061',
};

const NAMESPACES: ReadonlyMap<string, NamespaceSymbol> = new Map(
  ['sys', 'az'].map((name) => [name, { kind: 'namespace', name }]),
);

/** Second pass: resolves every name of every expression and links resources to their parents. */
export function bind(declarations: Declarations, sink: DiagnosticSink): Bindings {
  const binder = new Binder(declarations, sink);
  binder.run();
  return binder;
}

class Binder implements Bindings {
  readonly bindings = new Map<Expression, Symbol>();
  readonly used = new Set<Symbol>();
  readonly references = new Map<DeclaredSymbol, Set<Symbol>>();
  /** What the declaration that is looked at refers to so far. */
  #referred = new Set<Symbol>();
  readonly #declarations: Declarations;
  readonly #sink: DiagnosticSink;

  constructor(declarations: Declarations, sink: DiagnosticSink) {
    this.#declarations = declarations;
    this.#sink = sink;
  }

  run(): void {
    const declared = this.#declarations;
    const file: Scope = { names: declared.symbols, outer: { names: NAMESPACES, outer: undefined } };
    for (const symbol of declared.params) {
      const { statement } = symbol;
      this.#begin(symbol);
      this.#type(statement.type);
      if (statement.defaultValue) this.#expression(statement.defaultValue, file);
      this.#decorators(statement.decorators, file);
    }
    for (const { statement } of declared.types) this.#type(statement.value);
    for (const symbol of declared.vars) {
      const { statement } = symbol;
      this.#begin(symbol);
      if (statement.type) this.#type(statement.type);
      this.#expression(statement.value, file);
    }
    for (const symbol of declared.funcs) {
      const { statement } = symbol;
      this.#begin(symbol);
      for (const parameter of statement.parameters) this.#type(parameter.type);
      this.#type(statement.returns);
      // A function sees its parameters, other functions and what is imported, no other names of the file.
      this.#expression(
        statement.body,
        locals(
          file,
          statement.parameters.map(({ name }) => local(name, 'parameter')),
        ),
      );
    }
    for (const resource of declared.resources) if (!resource.parent) this.#resource(resource, file);
    for (const symbol of declared.modules) {
      const { statement } = symbol;
      this.#begin(symbol);
      this.#expression(statement.path, file);
      this.#expression(statement.value, file);
    }
    // Nothing refers to what follows.
    this.#referred = new Set();
    for (const { statement } of declared.outputs) {
      this.#type(statement.type);
      this.#expression(statement.value, file);
    }
    for (const { statement } of declared.assignments) this.#expression(statement.value, file);
    for (const { statement } of declared.metadata) this.#expression(statement.value, file);
    for (const resource of declared.resources) this.#linkParent(resource);
  }

  #refer(node: Expression, symbol: Symbol): void {
    this.bindings.set(node, symbol);
    this.used.add(symbol);
    this.#referred.add(symbol);
  }

  #begin(symbol: DeclaredSymbol): void {
    this.#referred = new Set();
    this.references.set(symbol, this.#referred);
  }

  #decorators(decorators: readonly { args: readonly Expression[] }[], scope: Scope): void {
    for (const { args } of decorators) for (const arg of args) this.#expression(arg, scope);
  }

  #resource(resource: ResourceSymbol, scope: Scope): void {
    const nested = new Map<string, Symbol>();
    for (const child of resource.nested) {
      if (nested.has(child.name))
        this.#sink.report(child.statement.name.span, 'BCP028', child.name);
      nested.set(child.name, child);
    }
    const inner = nested.size > 0 ? { names: nested, outer: scope } : scope;
    this.#begin(resource);
    const bodyScope = this.#expression(resource.statement.value, inner);
    for (const child of resource.nested) this.#resource(child, bodyScope);
  }

  /** @returns the scope of a loop's body, for resources nested in it */
  #expression(node: Expression, scope: Scope): Scope {
    switch (node.kind) {
      case 'variable':
        this.#name(node, node.name, scope);
        return scope;
      case 'call':
        this.#call(node, scope);
        break;
      case 'lambda': {
        const inner = locals(
          scope,
          node.parameters.map((name, position) => ({
            ...local(name, 'lambda'),
            lambda: node,
            position,
          })),
        );
        this.#expression(node.body, inner);
        return scope;
      }
      case 'for': {
        this.#expression(node.source, scope);
        const inner = loopScope(node, scope);
        this.#expression(node.body, inner);
        return inner;
      }
      default:
        break;
    }
    eachChild(node, (child) => {
      this.#expression(child, scope);
    });
    if (node.kind === 'resourceAccess') this.#resourceAccess(node);
    if (node.kind === 'instanceCall') this.#namespaceCall(node);
    return scope;
  }

  #name(node: Expression, name: string, scope: Scope): void {
    const symbol = lookup(name, scope);
    if (symbol?.kind === 'type' || (symbol?.kind === 'import' && symbol.symbol?.kind === 'type')) {
      this.#sink.report(node.span, 'BCP288', name);
      return;
    }
    if (symbol?.kind === 'func') {
      this.#sink.report(node.span, 'BCP063', name);
      return;
    }
    if (symbol) {
      this.#refer(node, symbol);
      return;
    }
    if (builtinFunction(name)) {
      this.#sink.report(node.span, 'BCP063', name);
      return;
    }
    if (name === 'base' && this.#declarations.isParameters) {
      this.#sink.report(node.span, 'BCP437', name);
      return;
    }
    const near = suggest(name, visibleNames(scope));
    if (near === undefined) this.#sink.report(node.span, 'BCP057', name);
    else this.#sink.report(node.span, 'BCP082', name, near);
  }

  #call(node: CallNode, scope: Scope): void {
    const { name, span } = node.name;
    if (name === '') return;
    const symbol = lookup(name, scope);
    const imported = symbol?.kind === 'import' && symbol.symbol?.kind === 'func';
    if (symbol?.kind === 'func' || imported) {
      this.#refer(node, symbol);
      return;
    }
    const { isParameters } = this.#declarations;
    if (isCallable(name, isParameters)) {
      // A declaration hides the function; one of a lambda or loop does not.
      const hides = symbol !== undefined && this.#declarations.symbols.get(name) === symbol;
      if (hides) this.#sink.report(span, 'BCP265', name, `${namespaceOf(name)}.${name}`);
      return;
    }
    if (this.#isReplaced(node.name)) return;
    if (builtinFunction(name)) {
      this.#sink.report(span, 'BCP057', name);
      return;
    }
    if (symbol) this.#sink.report(span, 'BCP059', name);
    else {
      const near = suggest(name, [...BUILTIN_FUNCTIONS.keys(), ...visibleNames(scope)]);
      if (near === undefined) this.#sink.report(span, 'BCP057', name);
      else this.#sink.report(span, 'BCP082', name, near);
    }
  }

  /** Functions of templates that the language has something else for. */
  #isReplaced({ name, span }: Identifier): boolean {
    const operator = REPLACED_FUNCTIONS.get(name);
    const code = REFUSED_FUNCTIONS[name];
    if (operator !== undefined) this.#sink.report(span, 'BCP069', name, operator);
    else if (code) this.#sink.report(span, code);
    else if (name === 'externalInput' && this.#declarations.isParameters)
      this.#sink.report(span, 'LZB001', 'externalInput()');
    else if (name === 'roleDefinitions' || name === 'getRoleAssignmentName')
      this.#sink.report(span, 'LZB001', `${name}(), which came after Bicep 0.38,`);
    else return false;
    return true;
  }

  /** `sys.name()`. */
  #namespaceCall({ base, name }: InstanceCallNode): void {
    const symbol = this.bindings.get(unwrap(base));
    if (symbol?.kind !== 'namespace' || name.name === '') return;
    if (isCallable(name.name, this.#declarations.isParameters)) return;
    if (!this.#isReplaced(name)) this.#sink.report(name.span, 'BCP107', name.name, symbol.name);
  }

  #resourceAccess(node: ResourceAccessNode): void {
    const base = this.bindings.get(unwrap(node.base));
    if (!base) return;
    if (base.kind !== 'resource') {
      this.#sink.report(node.span, 'BCP158', base.kind);
      return;
    }
    const nested = base.nested.find((child) => child.name === node.name.name);
    if (nested) {
      this.#refer(node, nested);
      return;
    }
    const known = base.nested.map((child) => `"${child.name}"`).join(', ');
    this.#sink.report(
      node.name.span,
      'BCP159',
      base.name,
      node.name.name,
      known && ` Known nested resources are: ${known}.`,
    );
  }

  #type(node: TypeNode): void {
    switch (node.kind) {
      case 'typeName':
        this.#typeName(node.name, node.span);
        break;
      case 'typeAccess':
      case 'nullableType':
      case 'nonNullableType':
        if (node.base.kind === 'typeName' && NAMESPACES.has(node.base.name)) break;
        this.#type(node.base);
        break;
      case 'arrayType':
        this.#type(node.item);
        break;
      case 'parenthesizedType':
        this.#type(node.type);
        break;
      case 'unionType':
        node.members.forEach((member) => {
          this.#type(member);
        });
        break;
      case 'objectType':
        node.properties.forEach(({ type }) => {
          this.#type(type);
        });
        break;
      case 'tupleType':
        node.items.forEach(({ type }) => {
          this.#type(type);
        });
        break;
      default:
        break;
    }
  }

  #typeName(name: string, span: { start: number; end: number }): void {
    const symbol = this.#declarations.symbols.get(name);
    if (symbol) {
      const isType =
        symbol.kind === 'type' || (symbol.kind === 'import' && symbol.symbol?.kind !== 'var');
      if (isType) this.used.add(symbol);
      else this.#sink.report(span, 'BCP287', name);
    } else if (name === 'resourceInput' || name === 'resourceOutput') {
      this.#sink.report(span, 'BCP384', `${name}<ResourceTypeIdentifier>`, '1');
    } else if (!BUILTIN_TYPES.has(name)) {
      this.#sink.report(
        span,
        'BCP302',
        name,
        quoted([...BUILTIN_TYPES, 'resourceInput', 'resourceOutput']),
      );
    }
  }

  #linkParent(resource: ResourceSymbol): void {
    const property = findProperty(resource.body, 'parent');
    if (!property || resource.parent) return;
    const value = unwrap(property.value);
    const base = value.kind === 'arrayAccess' ? unwrap(value.base) : value;
    const symbol = this.bindings.get(base);
    if (symbol?.kind !== 'resource') {
      if (value.kind !== 'error' && (symbol || value.kind !== 'variable'))
        this.#sink.report(property.value.span, 'BCP240');
      return;
    }
    resource.parent = {
      resource: symbol,
      index: value.kind === 'arrayAccess' ? value.index : undefined,
      nested: false,
    };
  }
}

function lookup(name: string, scope: Scope): Symbol | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const symbol = at.names.get(name);
    if (symbol) return symbol;
  }
  return undefined;
}

function* visibleNames(scope: Scope): Generator<string> {
  for (let at: Scope | undefined = scope; at; at = at.outer) yield* at.names.keys();
}

function local(name: Identifier, role: LocalSymbol['role'], loop?: ForNode): LocalSymbol {
  return { kind: 'local', name: name.name, role, ...(loop ? { loop } : {}) };
}

function locals(outer: Scope, symbols: readonly LocalSymbol[]): Scope {
  return { names: new Map(symbols.map((symbol) => [symbol.name, symbol])), outer };
}

function loopScope(loop: ForNode, scope: Scope): Scope {
  const item = local(loop.item, 'item', loop);
  return locals(scope, loop.index ? [item, local(loop.index, 'index', loop)] : [item]);
}
