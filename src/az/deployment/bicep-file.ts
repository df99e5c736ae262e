import { readFileSync } from 'node:fs';
import { compileBicep } from '../../bicep/compile.js';
import { formatDiagnostic } from '../../bicep/diagnostics/diagnostic.js';
import { AzError } from '../az-error.js';

/**
 * Compiles a Bicep file in this process.
 *
 * @param warn told the warnings, all in one message
 * @returns the ARM template's text
 * @throws AzError with every error as `file(line,column) : Error CODE: …`
 */
export function compileBicepFile(path: string, warn: (message: string) => void): string {
  const { template, diagnostics } = compileBicep(path, readOrNothing);
  const lines = (level: 'Error' | 'Warning'): string =>
    diagnostics
      .filter((diagnostic) => diagnostic.level === level)
      .map(formatDiagnostic)
      .join('\n');
  const warnings = lines('Warning');
  if (warnings !== '') warn(warnings);
  if (!template) throw new AzError(lines('Error'));
  return JSON.stringify(template, null, 2);
}

function readOrNothing(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // the compiler says which file it missed
  }
}
