import type { FileModel } from '../semantics/symbols.js';
import type { FuncSymbol, ImportSymbol, TypeSymbol, VarSymbol } from '../semantics/symbols.js';
import type { Expression, TypeNode } from '../syntax/nodes.js';
import { walk } from '../syntax/walk.js';
import type { ImportClosure } from './context.js';

type Importable = VarSymbol | TypeSymbol | FuncSymbol;

interface Imported {
  readonly symbol: Importable;
  readonly model: FileModel;
  readonly name: string;
}

/**
 * Everything of other files that a file's template has to carry: what it imports, and what that refers to.
 * Direct imports keep the name they have here; the rest are called `_1.name`, by the number of their file.
 */
export class Imports implements ImportClosure {
  readonly all: readonly Imported[];
  readonly #names = new Map<Importable, string>();

  constructor(model: FileModel) {
    const reached = new Map<Importable, FileModel>();
    const direct = new Map<Importable, string>();
    for (const symbol of model.symbols.values()) {
      if (symbol.kind !== 'import') continue;
      if (symbol.symbol) {
        const home = homeOf(symbol);
        direct.set(symbol.symbol, symbol.name);
        reach(symbol.symbol, home, reached);
      } else if (model.used.has(symbol)) {
        for (const member of exportsOf(symbol.target)) reach(member.symbol, member.model, reached);
      }
    }
    const files = [...new Set([...reached.values()].map((home) => home.path))].sort();
    for (const [symbol, home] of reached)
      this.#names.set(
        symbol,
        direct.get(symbol) ?? `_${files.indexOf(home.path) + 1}.${symbol.name}`,
      );
    this.all = [...reached]
      .map(([symbol, home]) => ({ symbol, model: home, name: this.nameOf(symbol) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  nameOf(symbol: Importable): string {
    return this.#names.get(symbol) ?? symbol.name;
  }
}

function homeOf(symbol: ImportSymbol): FileModel {
  return symbol.target;
}

function exportsOf(model: FileModel): { symbol: Importable; model: FileModel }[] {
  return [...model.vars, ...model.types, ...model.funcs]
    .filter(({ statement }) =>
      statement.decorators.some((decorator) => decorator.name.name === 'export'),
    )
    .map((symbol) => ({ symbol, model }));
}

function reach(symbol: Importable, model: FileModel, reached: Map<Importable, FileModel>): void {
  if (reached.has(symbol)) return;
  reached.set(symbol, model);
  const follow = (name: string): void => {
    const target = model.symbols.get(name);
    if (target?.kind === 'type') reach(target, model, reached);
    if (target?.kind === 'import' && target.symbol) reach(target.symbol, target.target, reached);
  };
  const visit = (node: Expression): void => {
    const target = model.bindings.get(node);
    if (target?.kind === 'var' || target?.kind === 'func') reach(target, model, reached);
    if (target?.kind === 'import' && target.symbol) reach(target.symbol, target.target, reached);
  };
  switch (symbol.kind) {
    case 'var':
      walk(symbol.statement.value, visit);
      if (symbol.statement.type) typeNames(symbol.statement.type).forEach(follow);
      break;
    case 'func':
      walk(symbol.statement.body, visit);
      [symbol.statement.returns, ...symbol.statement.parameters.map(({ type }) => type)]
        .flatMap(typeNames)
        .forEach(follow);
      break;
    case 'type':
      typeNames(symbol.statement.value).forEach(follow);
      break;
  }
}

function typeNames(type: TypeNode): string[] {
  switch (type.kind) {
    case 'typeName':
      return [type.name];
    case 'typeAccess':
    case 'nullableType':
    case 'nonNullableType':
      return typeNames(type.base);
    case 'arrayType':
      return typeNames(type.item);
    case 'parenthesizedType':
      return typeNames(type.type);
    case 'unionType':
      return type.members.flatMap(typeNames);
    case 'objectType':
      return type.properties.flatMap((property) => typeNames(property.type));
    case 'tupleType':
      return type.items.flatMap((item) => typeNames(item.type));
    default:
      return [];
  }
}
