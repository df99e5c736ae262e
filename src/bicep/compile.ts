import type { JsonObject } from '../base/json.js';
import { isJsonObject } from '../base/json.js';
import { parseJsonc } from '../template/jsonc.js';
import { TemplateError } from '../template/template-error.js';
import { templateExports } from './arm/template-exports.js';
import { checkFile } from './checks/checker.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import { DiagnosticSink } from './diagnostics/sink.js';
import { writeTemplate } from './emit/template-writer.js';
import {
  ConfigurationFault,
  findConfiguration,
  type LintConfiguration,
} from './lint/configuration.js';
import { pathFault, resolvePath } from './paths.js';
import { bind } from './semantics/binder.js';
import { declare, type Declarations } from './semantics/declarations.js';
import { declareImport } from './semantics/imports.js';
import type { Environment, FileModel, FileReader } from './semantics/symbols.js';
import type {
  ErrorNode,
  ImportStatement,
  ModuleStatement,
  Program,
  StringNode,
} from './syntax/nodes.js';
import { indexNodes } from './syntax/node-index.js';
import { parseBicep } from './syntax/parser.js';
import { literalText } from './syntax/walk.js';

/** What `metadata._generator.version` and `bicep --version` say: the language version that is followed. */
export const BICEP_VERSION = '0.38.33';

export interface CompileResult {
  /** Absent when there is an error. */
  readonly template?: JsonObject;
  /** What the file declares; absent when it could not be read. */
  readonly model?: FileModel;
  /** Of all files, in the order of their text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles a Bicep file, and what it refers to, to an ARM template.
 * @param path e.g. `'infra/main.bicep'`; relative references resolve against it
 * @param readFile answers undefined for a file that is not there
 */
export function compileBicep(
  path: string,
  readFile: FileReader,
  options: { version?: string } = {},
): CompileResult {
  const compiler = new Compiler(readFile);
  const model = compiler.file(path.replaceAll('\\', '/'), []);
  const template =
    model && !compiler.hasErrors
      ? writeTemplate(model, options.version ?? BICEP_VERSION)
      : undefined;
  // Writing reads files too, so there may be errors only now.
  const { diagnostics } = compiler;
  const found = { ...(model ? { model } : {}), diagnostics };
  return template && !compiler.hasErrors ? { template, ...found } : found;
}

/** Reads files into models; each once. */
export class Compiler {
  readonly #reader: FileReader;
  readonly #models = new Map<string, FileModel | undefined>();
  readonly #sinks: DiagnosticSink[] = [];
  readonly #templates = new Map<FileModel, FileModel>();
  readonly #configurations = new Map<string, LintConfiguration>();

  readonly #environment: Environment | undefined;

  constructor(reader: FileReader, environment?: Environment) {
    this.#reader = reader;
    this.#environment = environment;
  }

  get hasErrors(): boolean {
    return this.#sinks.some((sink) => sink.hasErrors);
  }

  get diagnostics(): Diagnostic[] {
    return this.#sinks.flatMap((sink) => sink.diagnostics);
  }

  /** @param chain the files that led here, to find cycles */
  file(path: string, chain: readonly string[]): FileModel | undefined {
    if (this.#models.has(path)) return this.#models.get(path);
    const bytes = this.#reader(path);
    const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
    const sink = new DiagnosticSink(path, text);
    this.#sinks.push(sink);
    if (bytes === undefined) {
      sink.report({ start: 0, end: 0 }, 'BCP091', `There is no file "${path}".`);
      return undefined;
    }
    const model = /\.(json|jsonc|arm)$/.test(path)
      ? this.#armTemplate(path, text, sink)
      : this.#bicep(path, text, sink, chain);
    this.#models.set(path, model);
    return model;
  }

  #bicep(path: string, text: string, sink: DiagnosticSink, chain: readonly string[]): FileModel {
    return this.bind(path, parseBicep(text, sink), sink, { chain });
  }

  /**
   * The model of a file that is parsed already.
   * @param options.base parameters that a parameters file inherits
   */
  bind(
    path: string,
    program: Program,
    sink: DiagnosticSink,
    { chain = [], base = [] }: { chain?: readonly string[]; base?: readonly string[] } = {},
  ): FileModel {
    const declarations = declare(program, sink, base);
    const here = [...chain, path];
    for (const statement of program.statements)
      if (statement.kind === 'import') this.#import(statement, declarations, sink, here);
    for (const module of declarations.modules)
      module.target = this.#reference(module.statement.path, module.statement, sink, here);
    const bound = bind(declarations, sink);
    const model: FileModel = {
      path,
      program,
      nodes: indexNodes(program),
      sink,
      ...declarations,
      bindings: bound.bindings,
      references: bound.references,
      used: bound.used,
      template: undefined,
      reader: this.#reader,
      environment: this.#environment,
    };
    checkFile(model, this.#configuration(path, sink));
    return model;
  }

  /** Read once for each folder. */
  #configuration(path: string, sink: DiagnosticSink): LintConfiguration {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const known = this.#configurations.get(folder);
    if (known) return known;
    const found = this.#readConfiguration(path, sink);
    this.#configurations.set(folder, found);
    return found;
  }

  #readConfiguration(path: string, sink: DiagnosticSink): LintConfiguration {
    try {
      return findConfiguration(path, this.#reader);
    } catch (error) {
      if (!(error instanceof ConfigurationFault)) throw error;
      sink.report({ start: 0, end: 0 }, 'BCP271', error.file, error.message);
      return { enabled: true, levels: new Map() };
    }
  }

  #reference(
    path: StringNode | ErrorNode,
    statement: ModuleStatement | ImportStatement,
    sink: DiagnosticSink,
    chain: readonly string[],
  ): FileModel | undefined {
    if (path.kind === 'error') {
      sink.report(path.span, statement.kind === 'module' ? 'BCP090' : 'BCP358');
      return undefined;
    }
    const text = literalText(path);
    const from = chain.at(-1) ?? '';
    if (text === undefined) sink.report(path.span, 'BCP092');
    else if (pathFault(text)) sink.report(path.span, pathFault(text) ?? 'BCP050');
    else if (/^(br|ts)[:/]/.test(text))
      sink.report(path.span, 'LZB001', 'A module from a registry');
    else return this.#resolved(resolvePath(from, text), text, path, sink, chain);
    return undefined;
  }

  #resolved(
    target: string,
    written: string,
    path: StringNode,
    sink: DiagnosticSink,
    chain: readonly string[],
  ): FileModel | undefined {
    if (target === chain.at(-1)) {
      sink.report(path.span, 'BCP094');
      return undefined;
    }
    if (chain.includes(target)) {
      sink.report(
        path.span,
        'BCP095',
        [...chain.slice(chain.indexOf(target)), target].join('" -> "'),
      );
      return undefined;
    }
    if (!this.#models.has(target) && this.#reader(target) === undefined) {
      sink.report(path.span, 'BCP091', `There is no file "${written}".`);
      return undefined;
    }
    const model = this.file(target, chain);
    if (model?.sink.hasErrors) sink.report(path.span, 'BCP104');
    return model;
  }

  #import(
    statement: ImportStatement,
    declarations: Declarations,
    sink: DiagnosticSink,
    chain: readonly string[],
  ): void {
    const target = this.#reference(statement.path, statement, sink, chain);
    if (!target) return;
    const exporter = target.template ? this.#template(target, statement, sink) : target;
    if (exporter) declareImport(statement, exporter, declarations, sink);
  }

  /** What an ARM template declares; read only when something is imported from it. */
  #template(
    target: FileModel,
    { path }: ImportStatement,
    sink: DiagnosticSink,
  ): FileModel | undefined {
    const known = this.#templates.get(target);
    if (known) return known;
    try {
      const exporter = templateExports(target);
      this.#templates.set(target, exporter);
      return exporter;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      sink.report(path.span, 'BCP188', ` ${error.message}`);
      return undefined;
    }
  }

  /** An ARM template as a module: taken as it is. */
  #armTemplate(path: string, text: string, sink: DiagnosticSink): FileModel | undefined {
    let template: JsonObject | undefined;
    try {
      const value = parseJsonc(text);
      template = isJsonObject(value) ? value : undefined;
    } catch {
      template = undefined;
    }
    if (!template) {
      sink.report({ start: 0, end: 0 }, 'BCP186');
      return undefined;
    }
    const program: Program = { statements: [] };
    const schema = typeof template['$schema'] === 'string' ? template['$schema'].toLowerCase() : '';
    const declarations = declare(program, sink);
    if (schema.includes('subscriptiondeploymenttemplate'))
      declarations.targetScope = 'subscription';
    return {
      path,
      program,
      nodes: indexNodes(program),
      sink,
      ...declarations,
      bindings: new Map(),
      references: new Map(),
      used: new Set(),
      template,
      reader: this.#reader,
      environment: this.#environment,
    };
  }
}
