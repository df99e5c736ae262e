import type { Span } from '../diagnostics/diagnostic.js';
import type { FileModel, TypeSymbol } from '../semantics/symbols.js';
import type { Decorator, TypeNode } from '../syntax/nodes.js';
import {
  aliasOf,
  describeDeclared,
  isLiteral,
  primitiveOf,
  resolveType,
  unionMembers,
  type DeclaredType,
} from '../types/declared-types.js';
import { checkTypeCycles } from './type-cycles.js';

/** Checks every type expression of a file. */
export function checkDeclaredTypes(model: FileModel): void {
  const checks = new DeclaredTypeChecks(model, checkTypeCycles(model));
  for (const { statement } of model.types) {
    checks.declaration(statement.value, statement.decorators);
    const { value } = statement;
    if (value.kind === 'typeLiteral' && value.value === null)
      model.sink.report(value.span, 'BCP289');
  }
  for (const { statement } of [...model.params, ...model.outputs]) {
    checks.declaration(statement.type, statement.decorators);
    checks.reference(statement.type);
  }
  for (const { statement } of model.vars)
    if (statement.type) checks.declaration(statement.type, []);
  for (const { statement } of model.funcs)
    for (const type of [statement.returns, ...statement.parameters.map((one) => one.type)])
      checks.declaration(type, []);
}

class DeclaredTypeChecks {
  readonly #model: FileModel;
  /** Types that include themselves; nothing more is said about what uses them. */
  readonly #cyclic: ReadonlySet<TypeSymbol>;

  constructor(model: FileModel, cyclic: ReadonlySet<TypeSymbol>) {
    this.#model = model;
    this.#cyclic = cyclic;
  }

  /** A type that is used as it stands must be right itself. */
  reference(node: TypeNode): void {
    const alias = aliasOf(this.#here(node));
    if (alias && this.#cyclic.has(alias.symbol))
      this.#model.sink.report(node.span, 'BCP062', alias.symbol.name);
  }

  declaration(node: TypeNode, decorators: readonly Decorator[]): void {
    const decorator = decorators.find(({ name }) => name.name === 'discriminator');
    if (!decorator) {
      this.#visit(node, false);
      return;
    }
    const [argument] = decorator.args;
    const tag = argument?.kind === 'string' ? argument.segments[0] : undefined;
    const union = unionOf(node);
    if (union && tag !== undefined) this.#tagged(union, tag);
    else if (!union) {
      this.#visit(node, false);
      this.#untagged(node, decorator.span, tag);
    }
  }

  #here(node: TypeNode): DeclaredType {
    return { node, model: this.#model };
  }

  #visit(node: TypeNode, inArray: boolean): void {
    switch (node.kind) {
      case 'unionType':
        this.#union(node, inArray);
        break;
      case 'arrayType':
        this.#visit(node.item, true);
        break;
      case 'parenthesizedType':
        this.#visit(node.type, inArray);
        break;
      case 'nullableType':
      case 'nonNullableType':
        this.#visit(node.base, false);
        break;
      case 'objectType':
        for (const { type, decorators } of node.properties) this.declaration(type, decorators);
        break;
      case 'tupleType':
        for (const { type, decorators } of node.items) this.declaration(type, decorators);
        break;
      case 'typeAccess':
        this.#access(node);
        break;
      default:
        break;
    }
  }

  /** @param inArray the items of an array may be of several types */
  #union(node: Extract<TypeNode, { kind: 'unionType' }>, inArray: boolean): void {
    const { sink } = this.#model;
    const members = node.members.map((member) => this.#here(member));
    const cyclic = members.filter((member) => this.#isCyclic(member));
    for (const { node: member } of cyclic) sink.report(member.span, 'BCP293');
    if (cyclic.length > 0) return;
    if (members.some((member) => this.#isUnknown(member))) return;
    const kinds = new Set(members.flatMap(unionMembers).map(primitiveOf));
    kinds.delete('null');
    if (kinds.size !== 1 && !inArray) {
      sink.report(node.span, 'BCP294');
      return;
    }
    for (const member of members) if (!isLiteral(member)) sink.report(member.node.span, 'BCP293');
  }

  #isCyclic(type: DeclaredType): boolean {
    const alias = aliasOf(type);
    return alias !== undefined && this.#cyclic.has(alias.symbol);
  }

  /** Reported already, or not understood. */
  #isUnknown(type: DeclaredType): boolean {
    return unionMembers(type).some(
      ({ node }) =>
        node.kind === 'error' || node.kind === 'resourceType' || node.kind === 'typeAccess',
    );
  }

  #tagged(union: Extract<TypeNode, { kind: 'unionType' }>, tag: string): void {
    const { sink } = this.#model;
    const seen = new Map<string, TypeNode>();
    for (const member of union.members) {
      const direct =
        this.#isCyclic(this.#here(member)) &&
        resolveType(this.#here(member))?.node.kind !== 'objectType';
      const inner = direct ? [] : unionMembers(this.#here(member));
      if (direct || inner.some((one) => primitiveOf(one) !== 'object')) {
        if (!inner.some((one) => one.node.kind === 'error' || one.node.kind === 'resourceType'))
          sink.report(member.span, 'BCP286', 'object');
        continue;
      }
      for (const { node } of inner) this.#variant(node, tag, member.span, seen);
    }
    for (const member of union.members)
      if (member.kind === 'objectType') this.#visit(member, false);
  }

  #variant(node: TypeNode, tag: string, span: Span, seen: Map<string, TypeNode>): void {
    const { sink } = this.#model;
    if (node.kind !== 'objectType') {
      sink.report(span, 'BCP364', tag);
      return;
    }
    const property = node.properties.find(({ name }) => name === tag);
    const type = property && resolveType(this.#here(property.type))?.node;
    const value = type?.kind === 'typeLiteral' ? type.value : undefined;
    if (typeof value !== 'string') {
      sink.report(span, 'BCP364', tag);
      return;
    }
    const known = seen.get(value.toLowerCase());
    if (known && known !== node) sink.report(span, 'BCP365', `'${value}'`, tag);
    else seen.set(value.toLowerCase(), node);
  }

  /** `@discriminator` on something else than a union. */
  #untagged(node: TypeNode, span: Span, tag: string | undefined): void {
    const resolved = resolveType(this.#here(node.kind === 'nullableType' ? node.base : node));
    if (!resolved || resolved.node.kind === 'error') return;
    if (resolved.tag === undefined) this.#model.sink.report(span, 'BCP363');
    else if (tag !== undefined && tag !== resolved.tag)
      this.#model.sink.report(span, 'BCP366', tag);
  }

  /** `type.name`, `type[0]`, `type[*]`, `type.*`. */
  #access({ base, step, all, span }: Extract<TypeNode, { kind: 'typeAccess' }>): void {
    const from = resolveType(this.#here(base));
    this.#visit(base, false);
    if (!from) return;
    const { node } = from;
    const described = describeDeclared(node);
    const end = { start: base.span.end + 1, end: span.end };
    const { sink } = this.#model;
    if (typeof step === 'number') {
      if (node.kind !== 'tupleType' && node.kind !== 'error' && node.kind !== 'resourceType')
        sink.report({ start: end.start, end: end.end - 1 }, 'BCP388', described);
    } else if (all && node.kind === 'tupleType')
      sink.report({ ...end, start: base.span.end }, 'BCP390');
    else if (all && node.kind === 'objectType') {
      if (!node.properties.some(({ name }) => name === undefined))
        sink.report(end, 'BCP389', described);
    } else if (!all && node.kind === 'objectType' && step !== '') {
      if (!node.properties.some(({ name }) => name === step))
        sink.report(end, 'BCP052', described, step);
    }
  }
}

/** The union that a decorator before a declaration means. */
function unionOf(node: TypeNode): Extract<TypeNode, { kind: 'unionType' }> | undefined {
  if (node.kind === 'unionType') return node;
  if (node.kind === 'parenthesizedType') return unionOf(node.type);
  return node.kind === 'nullableType' || node.kind === 'nonNullableType'
    ? unionOf(node.base)
    : undefined;
}
