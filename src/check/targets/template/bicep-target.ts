import { compileBicep } from '../../../bicep/compile.js';
import { compileParameters } from '../../../bicep/compile-parameters.js';
import type { Diagnostic } from '../../../bicep/diagnostics/diagnostic.js';
import { isJsonObject } from '../../../base/json.js';
import { parseBicep } from '../../../bicep/syntax/parser.js';
import { DiagnosticSink } from '../../../bicep/diagnostics/sink.js';
import { literalText } from '../../../bicep/syntax/walk.js';
import { resolvePath } from '../../../bicep/paths.js';
import { parseJsonc } from '../../../template/jsonc.js';
import type { FindingDraft } from '../../findings/finding.js';
import type { SourceFile } from '../../source/position.js';
import { emptyContents, mergeContents, type TargetContents } from '../contents.js';
import type { ReadOptions } from '../read-options.js';
import { armLocator } from './arm-locator.js';
import { bicepLocator, type ReadText } from './bicep-locator.js';
import { parametersOf, readParameters } from './parameters.js';
import { readTemplateImages } from './read-template.js';

/** A Bicep file with its modules. */
export async function readBicep(file: SourceFile, options: ReadOptions): Promise<TargetContents> {
  const read = readerOf(file, options);
  const paramFile = options.parameters.find((name) => name.endsWith('.bicepparam'));
  if (paramFile !== undefined) return readBicepParameters(paramFile, file.path, read, options);
  const { template, diagnostics } = compileBicep(file.path, bytesOf(read));
  if (!template) return failed(diagnostics);
  const { values, findings } = readParameters(options.parameters, template, read);
  const contents = await readTemplateImages(
    { template, parameters: values, locator: bicepLocator(file.path, read), path: file.path },
    options,
  );
  return mergeContents([{ ...emptyContents(), findings }, contents]);
}

/** A `.bicepparam` file with the template that it is for. */
export function readBicepParam(file: SourceFile, options: ReadOptions): Promise<TargetContents> {
  const read = readerOf(file, options);
  return readBicepParameters(file.path, undefined, read, options);
}

async function readBicepParameters(
  path: string,
  templatePath: string | undefined,
  read: ReadText,
  options: ReadOptions,
): Promise<TargetContents> {
  const { template, parameters, diagnostics } = compileParameters(path, bytesOf(read), {
    environment: options.environment,
    ...(templatePath !== undefined && { templatePath }),
  });
  if (!template || !parameters) return failed(diagnostics);
  const others = options.parameters.filter((name) => !name.endsWith('.bicepparam'));
  const { values, findings } = readParameters(others, template, read);
  const target = templatePath ?? usedTemplate(path, read) ?? path;
  const contents = await readTemplateImages(
    {
      template,
      parameters: { ...parametersOf(parameters), ...values },
      locator: bicepLocator(target, read),
      path: target,
    },
    options,
  );
  return mergeContents([{ ...emptyContents(), findings }, contents]);
}

/** An ARM template. */
export async function readArmTemplate(
  file: SourceFile,
  options: ReadOptions,
): Promise<TargetContents> {
  const template = parseJsonc(file.text);
  if (!isJsonObject(template)) return emptyContents();
  const { values, findings } = readParameters(options.parameters, template, options.readFile);
  const contents = await readTemplateImages(
    { template, parameters: values, locator: armLocator(file), path: file.path },
    options,
  );
  return mergeContents([{ ...emptyContents(), findings }, contents]);
}

function usedTemplate(path: string, read: ReadText): string | undefined {
  const text = read(path) ?? '';
  const { statements } = parseBicep(text, new DiagnosticSink(path, text), 'parameters');
  const using = statements.find((one) => one.kind === 'using');
  const written = using?.kind === 'using' && using.path ? literalText(using.path) : undefined;
  return written === undefined ? undefined : resolvePath(path, written);
}

/** The file itself may come from standard input; what it refers to is read. */
function readerOf(file: SourceFile, options: ReadOptions): ReadText {
  return (path) => (path === file.path ? file.text : options.readFile(path));
}

function bytesOf(read: ReadText): (path: string) => Uint8Array | undefined {
  return (path) => {
    const text = read(path);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  };
}

function failed(diagnostics: readonly Diagnostic[]): TargetContents {
  const errors = diagnostics.filter(({ level }) => level === 'Error');
  const findings = errors.map(({ code, message, file, line, column }): FindingDraft => ({
    code: 'LZ1503',
    message: `${file} does not compile: ${code}: ${message}`,
    fix: `lazurite bicep build ${file} --stdout`,
    positions: [{ file, line, column }],
  }));
  return { ...emptyContents(), findings };
}
