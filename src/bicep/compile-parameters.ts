import { isJsonObject, type JsonObject } from '../base/json.js';
import { Assignability } from './checks/assignability.js';
import { compileBicep, Compiler, type CompileResult } from './compile.js';
import { quoted } from './diagnostics/quoted.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import { DiagnosticSink } from './diagnostics/sink.js';
import { ParameterValues, type ParameterAssignments } from './parameters/parameter-values.js';
import { checkSecretCalls } from './parameters/secret-call.js';
import { pathFault, resolvePath } from './paths.js';
import type { FileModel, FileReader } from './semantics/symbols.js';
import type { Program } from './syntax/nodes.js';
import { parseBicep } from './syntax/parser.js';
import { literalText } from './syntax/walk.js';
import { Inference } from './types/inference.js';
import { parametersType } from './types/parameter-types.js';

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
  if (bytes === undefined) {
    const sink = new DiagnosticSink(path, '');
    sink.report({ start: 0, end: 0 }, 'BCP091', `There is no file "${path}".`);
    return { diagnostics: sink.diagnostics };
  }
  const file = readParameters(path, bytes, [], { readFile, ...options });
  const template = compileUsing(file, path, readFile, options);
  if (template) checkAgainst(template, file, { ...file.inherited, ...options.overrides });
  const diagnostics = [
    ...file.sink.diagnostics,
    ...file.others(),
    ...(template?.diagnostics ?? []),
  ];
  if (diagnostics.some(({ level }) => level === 'Error')) return { diagnostics };
  const overrides = Object.entries(options.overrides ?? {}).map(([name, value]) => [
    name,
    { value },
  ]);
  const parameters = { ...file.assignments, ...Object.fromEntries(overrides) } as JsonObject;
  return {
    parameters: { $schema: SCHEMA, contentVersion: '1.0.0.0', parameters },
    ...(template?.template ? { template: template.template } : {}),
    diagnostics,
  };
}

interface ParametersFile {
  readonly program: Program;
  readonly sink: DiagnosticSink;
  readonly model: FileModel;
  /** What the files assign that this one extends. */
  readonly inherited: ParameterAssignments;
  /** With what is inherited. */
  readonly assignments: ParameterAssignments;
  /** What was found in the files that this one imports and extends. */
  readonly others: () => Diagnostic[];
}

interface Reading extends Options {
  readonly readFile: FileReader;
}

/** @param chain the files that led here */
function readParameters(
  path: string,
  bytes: Uint8Array,
  chain: readonly string[],
  reading: Reading,
): ParametersFile {
  const text = new TextDecoder().decode(bytes);
  const sink = new DiagnosticSink(path, text);
  const program = parseBicep(text, sink, 'parameters');
  const base = extendedFile(program, [...chain, path], sink, reading);
  const inherited = base?.assignments ?? {};
  const compiler = new Compiler(reading.readFile, reading.environment);
  const model = compiler.bind(path, program, sink, { base: Object.keys(inherited) });
  checkSecretCalls(model);
  const own = new ParameterValues(model, inherited).all();
  return {
    ...{ program, sink, model, inherited, assignments: { ...inherited, ...own } },
    others: () => [
      ...compiler.diagnostics,
      ...(base ? [...base.sink.diagnostics, ...base.others()] : []),
    ],
  };
}

function extendedFile(
  program: Program,
  chain: readonly string[],
  sink: DiagnosticSink,
  reading: Reading,
): ParametersFile | undefined {
  const [extended, second] = program.statements.filter(({ kind }) => kind === 'extends');
  if (second) sink.report(second.span, 'BCP405');
  if (extended?.kind !== 'extends') return undefined;
  const { span } = extended.path;
  const written = literalText(extended.path);
  const fault = written === undefined ? 'BCP404' : pathFault(written);
  if (fault) {
    sink.report(span, fault);
    return undefined;
  }
  const path = resolvePath(chain.at(-1) ?? '', written ?? '');
  if (path === chain.at(-1)) {
    sink.report(span, 'BCP278');
    return undefined;
  }
  if (chain.includes(path)) {
    sink.report(span, 'BCP095', [...chain.slice(chain.indexOf(path)), path].join('" -> "'));
    return undefined;
  }
  const bytes = reading.readFile(path);
  if (bytes) return readParameters(path, bytes, chain, reading);
  sink.report(span, 'BCP091', `There is no file "${written ?? ''}".`);
  return undefined;
}

function compileUsing(
  { program, sink }: ParametersFile,
  path: string,
  readFile: FileReader,
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
  const result = compileBicep(
    target,
    readFile,
    options.version === undefined ? {} : { version: options.version },
  );
  if (!result.template) sink.report(using.path?.span ?? using.span, 'BCP104');
  return result;
}

/** @param elsewhere what other files and the command line assign */
function checkAgainst(
  { template, model: target }: CompileResult,
  { program, sink, model }: ParametersFile,
  elsewhere: Readonly<Record<string, unknown>>,
): void {
  const declared = declaredParameters(template, target);
  if (!declared) return;
  const exact = new Assignability(sink, new Inference(model), 'Error');
  const types = target && !target.template ? parametersType(target).properties : undefined;
  for (const { name, statement } of model.assignments) {
    const type = types?.get(name)?.type;
    if (!declared.has(name)) sink.report(statement.span, 'BCP259', name);
    else if (type) exact.check(statement.value, type);
  }
  const given = new Set([...Object.keys(elsewhere), ...model.assignments.map(({ name }) => name)]);
  const missing = [...declared].filter(([name, required]) => required && !given.has(name));
  const using = program.statements.find((statement) => statement.kind === 'using');
  if (missing.length > 0 && using)
    sink.report(using.path?.span ?? using.span, 'BCP258', quoted(missing.map(([name]) => name)));
}

/** Each parameter of the template with whether it must be given. */
function declaredParameters(
  template: JsonObject | undefined,
  model: FileModel | undefined,
): Map<string, boolean> | undefined {
  const parameters = template?.['parameters'];
  if (template) {
    const declared = isJsonObject(parameters) ? parameters : {};
    return new Map(
      Object.entries(declared).map(([name, schema]) => {
        const optional =
          isJsonObject(schema) && ('defaultValue' in schema || schema['nullable'] === true);
        return [name, !optional];
      }),
    );
  }
  // A template with errors still says which parameters it has.
  if (!model) return undefined;
  const { properties } = parametersType(model);
  return new Map([...properties].map(([name, { required }]) => [name, required === true]));
}
