import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import type { FileModel, FuncSymbol, Symbol, TypeSymbol, VarSymbol } from '../semantics/symbols.js';
import type { DeclaredSymbol, LocalSymbol } from '../semantics/symbols.js';
import { indexNodes } from '../syntax/node-index.js';
import type { Decorator, Expression, FunctionParameter, Program } from '../syntax/nodes.js';
import { identifier, NOWHERE } from './nowhere.js';
import { fault, literalNode, OUTSIDE, TemplateExpressions } from './template-expressions.js';
import {
  declaredSchema,
  decorator,
  isExportedSchema,
  type DeclaredSchema,
  type SchemaPlace,
} from './template-types.js';

/** Functions of this namespace are imported by their names alone. */
const BICEP = '__bicep';
const EXPORTED_VARIABLES = '__bicep_exported_variables!';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The types, variables and functions of an ARM template as declarations, those it exports with `@export()`, so that
 * they are imported like those of a Bicep file.
 * @throws TemplateError when the template's declarations are not well-formed
 * @see https://github.com/Azure/bicep/blob/v0.38.33/src/Bicep.Core/Emit/CompileTimeImports/ArmDeclarationToExpressionConverter.cs
 */
export function templateExports(file: FileModel): FileModel {
  const template = file.template ?? {};
  const at = { definitions: section(template['definitions']), depth: 0 };
  const types = Object.entries(at.definitions).map(([name, schema]) =>
    typeSymbol(name, declaredSchema(schema, at)),
  );
  const bindings = new Map<Expression, Symbol>();
  const { vars, funcs } = valueSymbols(template, at, bindings);
  const program: Program = {
    statements: [...types, ...vars, ...funcs].map(({ statement }) => statement),
  };
  return {
    ...{ path: file.path, program, nodes: indexNodes(program), sink: file.sink },
    ...{ reader: file.reader, environment: file.environment },
    targetScope: file.targetScope,
    // Only types are looked up by name; the names in expressions are bound.
    symbols: new Map<string, DeclaredSymbol>(types.map((symbol) => [symbol.name, symbol])),
    ...{ types, vars, funcs, bindings, references: new Map(), used: new Set() },
    ...{
      params: [],
      resources: [],
      modules: [],
      outputs: [],
      metadata: [],
      assignments: [],
      template: undefined,
    },
  };
}

function section(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function typeSymbol(name: string, { type, decorators }: DeclaredSchema): TypeSymbol {
  return {
    kind: 'type',
    name,
    statement: { kind: 'type', decorators, name: identifier(name), value: type, span: NOWHERE },
  };
}

function valueSymbols(
  template: JsonObject,
  at: SchemaPlace,
  bindings: Map<Expression, Symbol>,
): { vars: VarSymbol[]; funcs: FuncSymbol[] } {
  // They may refer to each other, so all symbols are there before any value is read.
  const vars = new Map<string, Mutable<VarSymbol>>();
  const funcs = new Map<string, Mutable<FuncSymbol>>();
  const reader = new TemplateExpressions({ vars, funcs }, bindings);
  const values = variableValues(template);
  const exported = exportedVariables(template);
  for (const name of values.keys())
    vars.set(name.toLowerCase(), variable(name, exported.get(name)));
  const functions = [...functionsOf(template)];
  for (const [name, body] of functions)
    funcs.set(name.toLowerCase(), functionSymbol(name, body, at));
  for (const [name, { value, copy }] of values) {
    const symbol = vars.get(name.toLowerCase());
    if (!symbol) continue;
    const read = copy ? reader.loop(copy, OUTSIDE) : reader.value(value, OUTSIDE);
    symbol.statement = { ...symbol.statement, value: read };
  }
  for (const [name, body] of functions) {
    const symbol = funcs.get(name.toLowerCase());
    if (!symbol) continue;
    const parameters = new Map(
      symbol.statement.parameters.map(({ name: { name: parameter } }) => [
        parameter.toLowerCase(),
        { kind: 'local', name: parameter, role: 'parameter' } satisfies LocalSymbol,
      ]),
    );
    const value = reader.value(section(body['output'])['value'] ?? null, {
      ...OUTSIDE,
      parameters,
    });
    symbol.statement = { ...symbol.statement, body: value };
  }
  return { vars: [...vars.values()], funcs: [...funcs.values()] };
}

interface VariableValue {
  readonly value: Json;
  readonly copy?: JsonObject;
}

/** Plain variables and those that a copy loop fills. */
function variableValues(template: JsonObject): Map<string, VariableValue> {
  const { copy, ...plain } = section(template['variables']);
  const values = new Map<string, VariableValue>(
    Object.entries(plain).map(([name, value]) => [name, { value }]),
  );
  if (Array.isArray(copy))
    for (const loop of copy)
      if (isJsonObject(loop) && typeof loop['name'] === 'string')
        values.set(loop['name'], { value: null, copy: loop });
  return values;
}

function exportedVariables(template: JsonObject): Map<string, Decorator[]> {
  const listed = section(template['metadata'])[EXPORTED_VARIABLES];
  const exported = new Map<string, Decorator[]>();
  for (const item of Array.isArray(listed) ? listed : []) {
    if (!isJsonObject(item) || typeof item['name'] !== 'string') continue;
    const { name, description } = item;
    const said = typeof description === 'string' ? [literalNode(description)] : [];
    exported.set(name, [
      decorator('export'),
      ...said.map((text) => decorator('description', text)),
    ]);
  }
  return exported;
}

function variable(name: string, decorators: Decorator[] = []): Mutable<VarSymbol> {
  return {
    kind: 'var',
    name,
    statement: {
      ...{ kind: 'var', decorators, name: identifier(name), type: undefined },
      ...{ value: literalNode(null), span: NOWHERE },
    },
  };
}

/** Every function with its namespace, e.g. `'contoso.uniqueName'`. */
function* functionsOf(template: JsonObject): Generator<[string, JsonObject]> {
  const { functions } = template;
  for (const group of Array.isArray(functions) ? functions : []) {
    if (!isJsonObject(group) || typeof group['namespace'] !== 'string') continue;
    for (const [name, body] of Object.entries(section(group['members'])))
      if (isJsonObject(body)) yield [`${group['namespace']}.${name}`, body];
  }
}

function functionSymbol(qualified: string, body: JsonObject, at: SchemaPlace): Mutable<FuncSymbol> {
  const name = qualified.startsWith(`${BICEP}.`) ? qualified.slice(BICEP.length + 1) : qualified;
  const description = section(body['metadata'])['description'];
  const decorators = [
    ...(isExportedSchema(body) ? [decorator('export')] : []),
    ...(typeof description === 'string'
      ? [decorator('description', literalNode(description))]
      : []),
  ];
  const { value, ...output } = section(body['output']);
  if (value === undefined) throw fault(`The function "${qualified}" has no output.`);
  const given = Array.isArray(body['parameters']) ? body['parameters'] : [];
  const statement: FuncSymbol['statement'] = {
    ...{
      kind: 'func',
      decorators,
      name: identifier(name),
      parameters: given.map((item) => parameter(item, at)),
    },
    returns: declaredSchema(output, at).type,
    ...{ body: literalNode(null), span: NOWHERE },
  };
  return { kind: 'func', name, statement };
}

function parameter(json: Json, at: SchemaPlace): FunctionParameter {
  const name = section(json)['name'];
  if (typeof name !== 'string') throw fault('A parameter of a function has no name.');
  return { name: identifier(name), type: declaredSchema(json, at).type, span: NOWHERE };
}
