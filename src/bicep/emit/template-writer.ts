import type { Json, JsonObject } from '../../base/json.js';
import { templateHash } from '../../template/template-hash.js';
import { relativePath } from '../paths.js';
import type { FileModel, TargetScope } from '../semantics/symbols.js';
import type { FuncSymbol, OutputSymbol, VarSymbol } from '../semantics/symbols.js';
import {
  collectLoopNames,
  qualifiedFunction,
  ROOT_ENV,
  type EmitContext,
  type ImportClosure,
} from './context.js';
import { Converter } from './converter.js';
import { findDecorator, isExported, withMetadata } from './decorators.js';
import { Imports } from './import-closure.js';
import { ResourceWriter } from './resource-writer.js';
import { RuntimeAnalysis } from './runtime-analysis.js';
import { needsSymbolicNames } from './symbolic-names.js';
import { TypeSchemas } from './type-schemas.js';
import { ValueWriter } from './values.js';

const SCHEMAS: Record<TargetScope, string> = {
  resourceGroup: '2019-04-01/deploymentTemplate.json#',
  subscription: '2018-05-01/subscriptionDeploymentTemplate.json#',
  managementGroup: '2019-08-01/managementGroupDeploymentTemplate.json#',
  tenant: '2019-08-01/tenantDeploymentTemplate.json#',
};

/** Writes the ARM template of a file without errors. @param version what `metadata._generator.version` says */
export function writeTemplate(model: FileModel, version: string): JsonObject {
  if (model.template) return model.template;
  return new TemplateWriter(model, version).write();
}

/** What writes the declarations of one file. */
interface Writers {
  readonly values: ValueWriter;
  readonly schemas: TypeSchemas;
}

class TemplateWriter {
  readonly #model: FileModel;
  readonly #version: string;
  readonly #context: EmitContext;
  readonly #converter: Converter;
  readonly #values: ValueWriter;
  readonly #schemas: TypeSchemas;
  readonly #imports: Imports;
  readonly #writers = new Map<FileModel, Writers>();

  constructor(model: FileModel, version: string) {
    this.#model = model;
    this.#version = version;
    this.#imports = new Imports(model);
    this.#context = contextOf(model, this.#imports);
    this.#converter = new Converter(this.#context);
    this.#values = new ValueWriter(this.#converter);
    this.#schemas = new TypeSchemas(this.#context, this.#converter);
  }

  write(): JsonObject {
    const { symbolicNames } = this.#context;
    const nested = (target: FileModel): Json => writeTemplate(target, this.#version);
    const resources = new ResourceWriter(this.#context, this.#converter, nested);
    const template: JsonObject = {
      $schema: `https://schema.management.azure.com/schemas/${SCHEMAS[this.#model.targetScope]}`,
      ...(symbolicNames ? { languageVersion: '2.0' } : {}),
      contentVersion: '1.0.0.0',
      metadata: this.#metadata(),
      ...present('definitions', this.#definitions()),
      ...this.#functions(),
      ...present('parameters', this.#parameters()),
      ...present('variables', this.#variables()),
      resources: resources.write(),
      ...present('outputs', this.#outputs()),
    };
    const generator = {
      name: 'bicep',
      version: this.#version,
      templateHash: templateHash(template),
    };
    return { ...template, metadata: { ...this.#metadata(), _generator: generator } };
  }

  #metadata(): JsonObject {
    const exported = this.#model.vars
      .filter(({ statement }) => isExported(statement.decorators))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      _generator: { name: 'bicep', version: this.#version },
      ...(exported.length > 0
        ? {
            '__bicep_exported_variables!': exported.map((symbol) => this.#exportedVariable(symbol)),
          }
        : {}),
      ...Object.fromEntries(
        this.#model.metadata.map(({ name, statement }) => [
          name,
          this.#values.value(statement.value, ROOT_ENV),
        ]),
      ),
    };
  }

  #exportedVariable({ name, statement }: VarSymbol): JsonObject {
    const description = findDecorator(statement.decorators, 'description')?.args[0];
    return {
      name,
      ...(statement.type ? { type: this.#schemas.schema(statement.type) } : {}),
      ...(description ? { description: this.#values.value(description, ROOT_ENV) } : {}),
    };
  }

  #definitions(): JsonObject {
    const own = this.#model.types.map(
      ({ name, statement }) =>
        [name, this.#schemas.declared(statement.value, statement.decorators)] as const,
    );
    const imported = this.#imports.all.flatMap(({ symbol, model, name }) => {
      if (symbol.kind !== 'type') return [];
      const schema = this.#foreign(model).schemas.declared(
        symbol.statement.value,
        symbol.statement.decorators,
      );
      return [[name, this.#withOrigin(withoutExport(schema), model, name, symbol.name)] as const];
    });
    return Object.fromEntries([...own, ...imported]);
  }

  #withOrigin(schema: JsonObject, model: FileModel, name: string, original: string): JsonObject {
    const origin: JsonObject = {
      sourceTemplate: relativePath(this.#model.path, model.path),
    };
    if (!name.endsWith(original)) origin['originalIdentifier'] = original;
    return withMetadata(schema, { '__bicep_imported_from!': origin });
  }

  #foreign(model: FileModel): Writers {
    const known = this.#writers.get(model);
    if (known) return known;
    const writers = this.#makeForeign(model);
    this.#writers.set(model, writers);
    return writers;
  }

  #makeForeign(model: FileModel): Writers {
    const context = { ...contextOf(model, this.#imports), symbolicNames: true };
    const loopNames = new Map(
      [...context.loopNames].map(([loop, name]) => {
        const owner = model.vars.find(({ statement }) => statement.value === loop);
        return [loop, owner ? this.#imports.nameOf(owner) : name] as const;
      }),
    );
    const converter = new Converter({ ...context, loopNames });
    return {
      values: new ValueWriter(converter),
      schemas: new TypeSchemas(context, converter),
    };
  }

  #functions(): JsonObject {
    const own = this.#model.funcs.map(
      (symbol) => [symbol.name, this.#function(symbol, this.#values, this.#schemas)] as const,
    );
    const imported = this.#imports.all.flatMap(({ symbol, model, name }) => {
      if (symbol.kind !== 'func') return [];
      const { values, schemas } = this.#foreign(model);
      const written = withoutExport(this.#function(symbol, values, schemas));
      return [[name, this.#withOrigin(written, model, name, symbol.name)] as const];
    });
    const namespaces: Record<string, JsonObject> = {};
    for (const [name, written] of [...own, ...imported]) {
      const [namespace = '', member = ''] = qualifiedFunction(name).split('.');
      (namespaces[namespace] ??= {})[member] = written;
    }
    const names = Object.keys(namespaces).sort();
    if (names.length === 0) return {};
    return {
      functions: names.map((namespace) => ({ namespace, members: namespaces[namespace] ?? {} })),
    };
  }

  #function({ statement }: FuncSymbol, values: ValueWriter, schemas: TypeSchemas): JsonObject {
    const description = findDecorator(statement.decorators, 'description')?.args[0];
    const written: JsonObject = {
      parameters: statement.parameters.map(({ name, type }) => ({
        ...schemas.schema(type),
        name: name.name,
      })),
      output: {
        ...schemas.schema(statement.returns),
        value: values.value(statement.body, ROOT_ENV),
      },
    };
    const metadata: JsonObject = {
      ...(description ? { description: values.value(description, ROOT_ENV) } : {}),
      ...(isExported(statement.decorators) ? { '__bicep_export!': true } : {}),
    };
    return Object.keys(metadata).length > 0 ? { ...written, metadata } : written;
  }

  #parameters(): JsonObject {
    return Object.fromEntries(
      this.#model.params.map(({ name, statement }) => {
        const extra: JsonObject = statement.defaultValue
          ? { defaultValue: this.#values.value(statement.defaultValue, ROOT_ENV) }
          : {};
        return [name, this.#schemas.declared(statement.type, statement.decorators, extra)];
      }),
    );
  }

  #variables(): JsonObject {
    const own = this.#model.vars.filter((symbol) => !this.#context.inlined.has(symbol));
    const all = [
      ...own.map((symbol) => ({ symbol, name: symbol.name, values: this.#values })),
      ...this.#imports.all.flatMap(({ symbol, model, name }) =>
        symbol.kind === 'var' ? [{ symbol, name, values: this.#foreign(model).values }] : [],
      ),
    ];
    const copies: JsonObject[] = [];
    const plain: JsonObject = {};
    for (const { symbol, name, values } of all) {
      const { value } = symbol.statement;
      if (value.kind === 'for') copies.push(values.copy(name, value, ROOT_ENV));
      else plain[name] = values.value(value, ROOT_ENV);
    }
    return copies.length > 0 ? { copy: copies, ...plain } : plain;
  }

  #outputs(): JsonObject {
    return Object.fromEntries(
      this.#model.outputs.map((symbol) => [symbol.name, this.#output(symbol)]),
    );
  }

  #output({ statement }: OutputSymbol): JsonObject {
    const schema = this.#schemas.declared(statement.type, statement.decorators);
    const { value } = statement;
    if (value.kind === 'for')
      return { ...schema, copy: this.#values.copy(undefined, value, ROOT_ENV) };
    return { ...schema, value: this.#values.value(value, ROOT_ENV) };
  }
}

function contextOf(model: FileModel, closure: ImportClosure): EmitContext {
  return {
    model,
    symbolicNames: needsSymbolicNames(model),
    inlined: new RuntimeAnalysis(model, { foldsConstants: false }).inlinedVariables(),
    loopNames: collectLoopNames(model),
    closure,
  };
}

function present(name: string, section: JsonObject): JsonObject {
  return Object.keys(section).length > 0 ? { [name]: section } : {};
}

/** An imported declaration is not exported again. */
function withoutExport(schema: JsonObject): JsonObject {
  const { metadata, ...rest } = schema;
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return schema;
  const kept = Object.fromEntries(
    Object.entries(metadata).filter(([key]) => key !== '__bicep_export!'),
  );
  return Object.keys(kept).length > 0 ? { ...rest, metadata: kept } : rest;
}
