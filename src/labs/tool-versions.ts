import { type, release } from 'node:os';
import { runCommand } from './command.js';
import type { AzChoice } from './script-environment.js';

/** What a run was made with, e.g. `{ node: 'v20.19.2', os: 'Linux 6.8.0', az: '2.91.0' }`. */
export async function toolVersions(
  az: AzChoice,
  environment: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const tools = { node: process.version, os: `${type()} ${release()}` };
  if (az === 'own') return tools;
  const { stdout, exitCode } = await runCommand({
    command: `az version --query '"azure-cli"' --output tsv`,
    directory: '.',
    environment,
    timeout: 60,
    signal: new AbortController().signal,
  });
  return { ...tools, az: exitCode === 0 ? stdout.trim() : 'unknown' };
}
