import { diskFiles } from '../../base/disk-files.js';
import { compileParameters } from '../../bicep/compile-parameters.js';
import { compileBicep } from '../../bicep/compile.js';
import { formatDiagnostic, type Diagnostic } from '../../bicep/diagnostics/diagnostic.js';
import type { JsonObject } from '../../base/json.js';
import { objectAt } from '../json-path.js';
import { AzError } from '../az-error.js';

/**
 * Compiles a Bicep file in this process.
 *
 * @param warn told the warnings, all in one message
 * @returns the ARM template's text
 * @throws AzError with every error as `file(line,column) : Error CODE: …`
 */
export function compileBicepFile(path: string, warn: (message: string) => void): string {
  const { template, diagnostics } = compileBicep(path, diskFiles);
  report(diagnostics, warn);
  if (!template) throw new AzError(linesOf(diagnostics, 'Error'));
  return JSON.stringify(template, null, 2);
}

export interface CompiledParameters {
  /** `{ name: { value: 'lab' } }` */
  parameters: JsonObject;
  /** What `using` names, as text; absent for `using none`. */
  templateText?: string;
}

/**
 * Compiles a `.bicepparam` file and the template it is for.
 *
 * @param options.overrides values by name that win over those of the file
 * @param options.templatePath used instead of the file that `using` names
 * @throws AzError with every error as `file(line,column) : Error CODE: …`
 */
export function compileParametersFile(
  path: string,
  options: {
    warn: (message: string) => void;
    environment: Readonly<Record<string, string | undefined>>;
    overrides?: JsonObject;
    templatePath?: string;
  },
): CompiledParameters {
  const { warn, ...rest } = options;
  const { parameters, template, diagnostics } = compileParameters(path, diskFiles, rest);
  report(diagnostics, warn);
  if (!parameters) throw new AzError(linesOf(diagnostics, 'Error'));
  return {
    parameters: objectAt(parameters, 'parameters'),
    ...(template ? { templateText: JSON.stringify(template, null, 2) } : {}),
  };
}

function report(diagnostics: readonly Diagnostic[], warn: (message: string) => void): void {
  const warnings = linesOf(diagnostics, 'Warning');
  if (warnings !== '') warn(warnings);
}

function linesOf(diagnostics: readonly Diagnostic[], level: 'Error' | 'Warning'): string {
  return diagnostics
    .filter((diagnostic) => diagnostic.level === level)
    .map(formatDiagnostic)
    .join('\n');
}
