import type { FileModel } from '../semantics/symbols.js';
import { relativePath } from '../paths.js';
import { exportsOf } from '../semantics/imports.js';
import type { FuncSymbol, ImportSymbol, TypeSymbol, VarSymbol } from '../semantics/symbols.js';
import type { Expression, TypeNode } from '../syntax/nodes.js';
import { walk } from '../syntax/walk.js';
import type { ImportClosure } from './context.js';

type Importable = VarSymbol | TypeSymbol | FuncSymbol;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

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
    for (const symbol of model.symbols.values()) {
      if (symbol.kind !== 'import') continue;
      if (symbol.symbol) this.#names.set(symbol.symbol, symbol.name);
      reachImport(symbol, reached);
    }
    this.#number(model, reached);
    this.all = [...reached]
      .map(([symbol, home]) => ({ symbol, model: home, name: this.nameOf(symbol) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Numbers files, and names that are no identifiers, in one row. */
  #number(model: FileModel, reached: ReadonlyMap<Importable, FileModel>): void {
    const files = new Map<string, number>();
    let next = 1;
    const unnamed = [...reached]
      .filter(([symbol]) => !this.#names.has(symbol))
      .map(([symbol, { path }]) => ({ symbol, file: relativePath(model.path, path) }))
      .map((entry) => ({ ...entry, key: `${entry.file}_${entry.symbol.name}` }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { symbol, file } of unnamed) {
      const number = files.get(file) ?? next++;
      files.set(file, number);
      const name = IDENTIFIER.test(symbol.name) ? symbol.name : `_${next++}`;
      this.#names.set(symbol, `_${number}.${name}`);
    }
  }

  nameOf(symbol: Importable): string {
    return this.#names.get(symbol) ?? symbol.name;
  }
}

/** A wildcard brings all that its file exports. */
function reachImport({ symbol, target }: ImportSymbol, reached: Map<Importable, FileModel>): void {
  for (const member of symbol ? [symbol] : exportsOf(target)) reach(member, target, reached);
}

function reach(symbol: Importable, model: FileModel, reached: Map<Importable, FileModel>): void {
  if (reached.has(symbol)) return;
  reached.set(symbol, model);
  const follow = (name: string): void => {
    const target = model.symbols.get(name);
    if (target?.kind === 'type') reach(target, model, reached);
    if (target?.kind === 'import') reachImport(target, reached);
  };
  const visit = (node: Expression): void => {
    const target = model.bindings.get(node);
    if (target?.kind === 'var' || target?.kind === 'func') reach(target, model, reached);
    if (target?.kind === 'import') reachImport(target, reached);
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
