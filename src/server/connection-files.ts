import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Connection } from '../base/connection.js';
import { clientEnvironment, writeAzureProfile } from './azure-profile.js';
import type { CertificateAuthority } from './certificate-authority.js';
import type { Home } from './home.js';

/**
 * Tells clients where this Lazurite is: `run/connection.json` for its own commands, `run/env.json` for
 * shells, `azure/` for the stock CLI. All of it is for the home's owner alone.
 */
export function writeConnectionFiles(
  home: Home,
  authority: CertificateAuthority,
  connection: Connection & { accessKey: string },
): void {
  writeAzureProfile(home.path('azure'), connection, bicepScript());
  const environment = clientEnvironment(home.directory, connection, authority.certificateFile);
  replace(home.path('run', 'env.json'), environment);
  replace(home.path('run', 'connection.json'), connection);
}

/** A reader never sees half a file. */
function replace(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** What the stock CLI runs as `bicep`. */
export function bicepScript(): string {
  const entry = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));
  return `#!/bin/sh\nexec '${quote(process.execPath)}' '${quote(entry)}' bicep "$@"\n`;
}

function quote(path: string): string {
  return path.replaceAll("'", `'\\''`);
}
