import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { allCommands } from './catalogue.js';
import { AZ_DIFFERENCES } from '../../test/support/az-differences.js';
import type { CommandSpec } from './spec.js';

const FILE = fileURLToPath(new URL('../../docs/reference/az-coverage.md', import.meta.url));

function describeCommand({ path, summary, arguments: specs }: CommandSpec): string {
  const names = specs.map((spec) => `\`${spec.metavar ?? spec.options[0] ?? ''}\``);
  return [
    `### az ${path}`,
    '',
    summary,
    '',
    names.length === 0 ? 'No arguments of its own.' : `Arguments: ${names.join(', ')}.`,
    '',
    ...(path in AZ_DIFFERENCES ? [`Difference: ${AZ_DIFFERENCES[path] ?? ''}.`, ''] : []),
  ].join('\n');
}

it('docs/reference/az-coverage.md lists the command table (LAZURITE_UPDATE_DOCS=1 rewrites it)', async () => {
  const commands = await allCommands();
  const text = [
    '# Commands of the built-in az',
    '',
    'Written from the command table in `src/az/`; do not edit. Every command also takes `--debug`, `--help`,',
    '`--only-show-errors`, `--output`, `--query`, `--subscription` and `--verbose`. Output and exit codes follow',
    'the Azure CLI 2.91.0: `test/clients/az-differential.test.ts` runs every command with both and compares JSON, table,',
    'tsv and exit code; where they differ on purpose, the command says so here. What is not listed here is',
    'refused with exit code 2; the stock `az` works too, after `eval "$(lazurite env)"`.',
    '',
    ...commands.map(describeCommand),
  ].join('\n');
  if (process.env['LAZURITE_UPDATE_DOCS'] === '1') writeFileSync(FILE, text);
  expect(readFileSync(FILE, 'utf8')).toBe(text);
});
