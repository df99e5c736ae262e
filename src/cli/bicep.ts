import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject, type JsonObject } from '../base/json.js';
import { diskFiles } from '../base/disk-files.js';
import { messageOf } from '../base/failure.js';
import { BICEP_VERSION, compileBicep } from '../bicep/compile.js';
import { compileParameters } from '../bicep/compile-parameters.js';
import { formatDiagnostic, type Diagnostic } from '../bicep/diagnostics/diagnostic.js';
import { parseJsonc } from '../template/jsonc.js';

/** Where the command writes. */
export interface BicepIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

interface Arguments {
  readonly file: string | undefined;
  readonly stdout: boolean;
  readonly values: ReadonlyMap<string, string>;
}

const USAGE = `usage: bicep --version | --help
       bicep build [--stdout | --outfile FILE | --outdir DIR] FILE.bicep
       bicep build-params [--stdout | --outfile FILE] [--bicep-file FILE] FILE.bicepparam
       bicep lint FILE.bicep
`;
const VALUE_OPTIONS = new Set(['--outfile', '--outdir', '--bicep-file', '--diagnostics-format']);
const FLAGS = new Set(['--stdout', '--no-restore', '--force']);

/** Runs one `bicep` command line. @returns the exit code */
export function main(argv: readonly string[]): Promise<number> {
  return runBicep(argv, {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    environment: process.env,
  });
}

/**
 * The `bicep` command as \`az\` and pipelines call it: templates on stdout, diagnostics on stderr.
 * @param argv the arguments after the command's name
 * @returns the exit code: 0 compiled (warnings allowed), 1 has errors, 2 wrong usage
 */
export async function runBicep(argv: readonly string[], io: BicepIo): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    io.stdout(`Bicep CLI version ${BICEP_VERSION} (lazurite)\n`);
    return 0;
  }
  if (argv.some((arg) => arg === '--help' || arg === '-h')) {
    io.stdout(USAGE);
    return 0;
  }
  const [command, ...rest] = argv;
  if (command === undefined) return usageError('a command is missing', io);
  const run = COMMANDS.get(command);
  if (run === undefined) return usageError(refusal(command), io);
  const args = parseArguments(rest);
  if (typeof args === 'string') return usageError(args, io);
  if (args.file === undefined) return usageError('the path of a file is missing', io);
  return run(args, args.file, io);
}

type Run = (args: Arguments, file: string, io: BicepIo) => number;

const COMMANDS: ReadonlyMap<string, Run> = new Map([
  ['build', build],
  ['build-params', buildParameters],
  ['lint', (_args, file, io) => report(compileBicep(file, diskFiles).diagnostics, io)],
]);

/** Commands of the real one that are not here, and what to do instead. */
const ABSENT: Readonly<Record<string, string | undefined>> = {
  decompile: 'write the template in Bicep, or deploy the ARM JSON as it is',
  'decompile-params': 'deploy the JSON parameters as they are',
  format: 'format files with the editor',
  'generate-params': 'write a .bicepparam file with `using`',
  publish: 'refer to modules by their paths',
  restore: 'refer to modules by their paths',
  test: 'deploy to a group of its own',
};

function refusal(command: string): string {
  const instead = ABSENT[command];
  return instead === undefined
    ? `the command "${command}" is not known`
    : `the command "${command}" is not implemented: ${instead}`;
}

function parseArguments(rest: readonly string[]): Arguments | string {
  const values = new Map<string, string>();
  let file: string | undefined;
  let stdout = false;
  for (let index = 0; index < rest.length; index += 1) {
    const arg = rest[index] ?? '';
    if (FLAGS.has(arg)) stdout ||= arg === '--stdout';
    else if (VALUE_OPTIONS.has(arg)) {
      const value = rest[(index += 1)];
      if (value === undefined) return `the option ${arg} needs a value`;
      values.set(arg, value);
    } else if (arg.startsWith('--')) return `the option ${arg} is not known`;
    else if (file === undefined) file = arg;
    else return `only one file can be given, but there is also "${arg}"`;
  }
  return { file, stdout, values };
}

function usageError(what: string, io: BicepIo): number {
  io.stderr(`error: ${what}\n${USAGE}`);
  return 2;
}

function report(diagnostics: readonly Diagnostic[], io: BicepIo): number {
  for (const diagnostic of diagnostics) io.stderr(`${formatDiagnostic(diagnostic)}\n`);
  return diagnostics.some(({ level }) => level === 'Error') ? 1 : 0;
}

function build(args: Arguments, file: string, io: BicepIo): number {
  const { template, diagnostics } = compileBicep(file, diskFiles);
  const code = report(diagnostics, io);
  if (!template) return code === 0 ? 1 : code;
  return write(
    args,
    file,
    '.json',
    `${JSON.stringify(template, undefined, 2)}${args.stdout ? '\n' : ''}`,
    io,
  );
}

function buildParameters(args: Arguments, file: string, io: BicepIo): number {
  const overrides = overridesOf(io.environment?.['BICEP_PARAMETERS_OVERRIDES']);
  if (overrides === undefined)
    return usageError('BICEP_PARAMETERS_OVERRIDES is not a JSON object', io);
  const templatePath = args.values.get('--bicep-file');
  const result = compileParameters(file, diskFiles, {
    overrides,
    environment: io.environment ?? {},
    ...(templatePath === undefined ? {} : { templatePath }),
  });
  const code = report(result.diagnostics, io);
  if (!result.parameters) return code === 0 ? 1 : code;
  const parametersJson = JSON.stringify(result.parameters, undefined, 2);
  if (!args.stdout) return write(args, file, '.json', parametersJson, io);
  const template = result.template && {
    templateJson: JSON.stringify(result.template, undefined, 2),
  };
  io.stdout(`${JSON.stringify({ parametersJson, ...template })}\n`);
  return 0;
}

function overridesOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text === '') return {};
  try {
    const value = parseJsonc(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function write(
  args: Arguments,
  file: string,
  extension: string,
  text: string,
  io: BicepIo,
): number {
  if (args.stdout) {
    io.stdout(text);
    return 0;
  }
  const name = `${path.basename(file, path.extname(file))}${extension}`;
  const target =
    args.values.get('--outfile') ??
    path.join(args.values.get('--outdir') ?? path.dirname(file), name);
  try {
    writeFileSync(target, text);
    return 0;
  } catch (error) {
    io.stderr(
      `error: ${target} could not be written\n  why:  ${messageOf(error)}\n  help: name another place with --outfile\n`,
    );
    return 1;
  }
}
