import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { evaluateString, evaluateValue } from '../template/evaluator.js';
import type { EvaluationContext } from '../template/evaluation-context.js';
import { TemplateError } from '../template/template-error.js';
import { compileBicep, Compiler, type CompileResult } from './compile.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import { DiagnosticSink } from './diagnostics/sink.js';
import { ROOT_ENV } from './emit/context.js';
import { Converter } from './emit/converter.js';
import { ValueWriter } from './emit/values.js';
import { pathFault, resolvePath } from './paths.js';
import type { FileReader } from './semantics/symbols.js';
import type { AssignmentStatement, Program } from './syntax/nodes.js';
import { parseBicep } from './syntax/parser.js';
import { literalText } from './syntax/walk.js';

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#';

export interface CompileParametersResult {
  /** `{ $schema, contentVersion, parameters: { name: { value } } }`; absent when there is an error. */
  readonly parameters?: JsonObject;
  /** The template of the `using` declaration. */
  readonly template?: JsonObject;
  readonly diagnostics: readonly Diagnostic[];
}

interface Options {
  /** Values that win over those of the file, by parameter name. */
  readonly overrides?: JsonObject;
  /** What `readEnvironmentVariable()` reads. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Used instead of the file that `using` names. */
  readonly templatePath?: string;
  readonly version?: string;
}

/** Compiles a `.bicepparam` file and the template it is for. */
export function compileParameters(
  path: string,
  readFile: FileReader,
  options: Options = {},
): CompileParametersResult {
  const bytes = readFile(path);
  const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
  const sink = new DiagnosticSink(path, text);
  if (bytes === undefined) {
    sink.report({ start: 0, end: 0 }, 'BCP091', `There is no file "${path}".`);
    return { diagnostics: sink.diagnostics };
  }
  const program = parseBicep(text, sink, 'parameters');
  const template = compileUsing(program, path, readFile, sink, options);
  const compiler = new Compiler(readFile);
  const model = compiler.bind(path, program, sink);
  const inherited = inheritedValues(program, [path], readFile, sink, options);
  const own = evaluateAssignments(program, new ValueWriter(converterFor(model)), sink, options);
  const values = { ...inherited.values, ...own };
  if (template?.template)
    checkAgainst(template.template, program, sink, { ...inherited.values, ...options.overrides });
  const diagnostics = [
    ...sink.diagnostics,
    ...inherited.diagnostics,
    ...compiler.diagnostics,
    ...(template?.diagnostics ?? []),
  ];
  if (diagnostics.some(({ level }) => level === 'Error')) return { diagnostics };
  const all = { ...values, ...options.overrides };
  const parameters = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, { value }]),
  );
  return {
    parameters: { $schema: SCHEMA, contentVersion: '1.0.0.0', parameters },
    ...(template?.template ? { template: template.template } : {}),
    diagnostics,
  };
}

function converterFor(model: ConstructorParameters<typeof Converter>[0]['model']): Converter {
  const loopNames = new Map();
  return new Converter({
    model,
    symbolicNames: true,
    inlined: new Set(model.vars),
    loopNames,
    closure: { nameOf: (symbol) => symbol.name },
  });
}

function compileUsing(
  program: Program,
  path: string,
  readFile: FileReader,
  sink: DiagnosticSink,
  options: Options,
): CompileResult | undefined {
  const [using, second] = program.statements.filter((statement) => statement.kind === 'using');
  if (second) sink.report(second.span, 'BCP262');
  if (!using) {
    sink.report({ start: 0, end: 0 }, 'BCP261');
    return undefined;
  }
  const written = using.path && literalText(using.path);
  if (options.templatePath === undefined && written === undefined) return undefined;
  const target = options.templatePath ?? resolvePath(path, written ?? '');
  return compileBicep(
    target,
    readFile,
    options.version === undefined ? {} : { version: options.version },
  );
}

interface Inherited {
  readonly values: JsonObject;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What the file that a file extends assigns, and the file that that one extends.
 * @param chain the files that led here, this one last
 */
function inheritedValues(
  program: Program,
  chain: readonly string[],
  readFile: FileReader,
  sink: DiagnosticSink,
  options: Options,
): Inherited {
  const none: Inherited = { values: {}, diagnostics: [] };
  const [extended, second] = program.statements.filter(({ kind }) => kind === 'extends');
  if (second) sink.report(second.span, 'BCP405');
  if (extended?.kind !== 'extends') return none;
  const written = literalText(extended.path);
  const fault = written === undefined ? 'BCP404' : pathFault(written);
  if (fault) {
    sink.report(extended.path.span, fault);
    return none;
  }
  const path = resolvePath(chain.at(-1) ?? '', written ?? '');
  if (chain.includes(path)) {
    const self = path === chain.at(-1);
    const around = [...chain.slice(chain.indexOf(path)), path].join('" -> "');
    sink.report(extended.path.span, self ? 'BCP278' : 'BCP095', ...(self ? [] : [around]));
    return none;
  }
  const bytes = readFile(path);
  if (bytes) return baseValues(path, bytes, chain, readFile, options);
  sink.report(extended.path.span, 'BCP091', `There is no file "${written ?? ''}".`);
  return none;
}

function baseValues(
  path: string,
  bytes: Uint8Array,
  chain: readonly string[],
  readFile: FileReader,
  options: Options,
): Inherited {
  const text = new TextDecoder().decode(bytes);
  const sink = new DiagnosticSink(path, text);
  const program = parseBicep(text, sink, 'parameters');
  const compiler = new Compiler(readFile);
  const model = compiler.bind(path, program, sink);
  const inherited = inheritedValues(program, [...chain, path], readFile, sink, options);
  const own = evaluateAssignments(program, new ValueWriter(converterFor(model)), sink, options);
  return {
    values: { ...inherited.values, ...own },
    diagnostics: [...sink.diagnostics, ...inherited.diagnostics, ...compiler.diagnostics],
  };
}

/** A parameters file has no deployment around it: its expressions are evaluated here. */
function evaluateAssignments(
  program: Program,
  writer: ValueWriter,
  sink: DiagnosticSink,
  options: Options,
): JsonObject {
  const values: JsonObject = {};
  const context = parameterContext(values);
  for (const statement of program.statements) {
    if (statement.kind !== 'assignment') continue;
    const { name } = statement.name;
    if (Object.hasOwn(values, name)) sink.report(statement.name.span, 'BCP250', name);
    const value = evaluateAssignment(statement, writer, context, sink, options);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

function evaluateAssignment(
  statement: AssignmentStatement,
  writer: ValueWriter,
  context: EvaluationContext,
  sink: DiagnosticSink,
  options: Options,
): Json | undefined {
  const { value } = statement;
  try {
    if (value.kind === 'for') {
      const items = evaluateValue({ copy: [writer.copy('value', value, ROOT_ENV)] }, context);
      return isJsonObject(items) ? items['value'] : undefined;
    }
    const known = environmentVariable(value, options);
    if (known !== undefined) return known;
    const written = writer.value(value, ROOT_ENV);
    return typeof written === 'string'
      ? evaluateString(written, context)
      : evaluateValue(written, context);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    sink.add(
      value.span,
      'BCP338',
      'Error',
      `Failed to evaluate parameter "${statement.name.name}": ${error.message}`,
    );
    return undefined;
  }
}

function environmentVariable(
  value: AssignmentStatement['value'],
  options: Options,
): string | undefined {
  if (value.kind !== 'call' || value.name.name !== 'readEnvironmentVariable') return undefined;
  const [name, fallback] = value.args.map((arg) =>
    arg.kind === 'string' ? literalText(arg) : undefined,
  );
  const found = name === undefined ? undefined : options.environment?.[name];
  if (found === undefined && fallback === undefined)
    throw new TemplateError(
      'InvalidTemplate',
      `the environment variable "${name ?? ''}" does not exist and no default value was given.`,
    );
  return found ?? fallback;
}

function parameterContext(values: JsonObject): EvaluationContext {
  const missing =
    (kind: string) =>
    (name: string): never => {
      throw new TemplateError(
        'InvalidTemplate',
        `the ${kind} '${name}' is not available in a parameters file.`,
      );
    };
  return {
    scope: {
      kind: 'resourceGroup',
      tenantId: '',
      subscriptionId: '',
      deployment: { name: '' },
      now: new Date(0),
      newGuid: () => missing('function')('newGuid'),
    },
    template: {},
    parameter: (name) =>
      Object.hasOwn(values, name) ? (values[name] ?? null) : missing('parameter')(name),
    variable: missing('variable'),
    copyIndex: () => missing('function')('copyIndex'),
    userFunction: () => undefined,
  };
}

function checkAgainst(
  template: JsonObject,
  program: Program,
  sink: DiagnosticSink,
  overrides: JsonObject,
): void {
  const declared = isJsonObject(template['parameters']) ? template['parameters'] : {};
  const assignments = program.statements.filter((statement) => statement.kind === 'assignment');
  for (const { name } of assignments)
    if (!Object.hasOwn(declared, name.name)) sink.report(name.span, 'BCP259', name.name);
  const missing = Object.entries(declared).flatMap(([name, schema]) => {
    const optional =
      isJsonObject(schema) && ('defaultValue' in schema || schema['nullable'] === true);
    const given =
      name in overrides || assignments.some((assignment) => assignment.name.name === name);
    return optional || given ? [] : [`"${name}"`];
  });
  const using = program.statements.find((statement) => statement.kind === 'using');
  if (missing.length > 0 && using) sink.report(using.span, 'BCP258', missing.join(', '));
}
