import type { ArgumentSpec } from './spec.js';

export const OUTPUT_FORMATS = ['json', 'jsonc', 'yaml', 'yamlc', 'table', 'tsv', 'none'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Accepted by every command. */
export const GLOBAL_ARGUMENTS: readonly ArgumentSpec[] = [
  {
    name: 'debug',
    options: ['--debug'],
    kind: 'flag',
    help: 'Increase logging verbosity to show all debug logs.',
  },
  {
    name: 'help',
    options: ['--help', '-h'],
    kind: 'flag',
    help: 'Show this help message and exit.',
  },
  {
    name: 'onlyShowErrors',
    options: ['--only-show-errors'],
    kind: 'flag',
    help: 'Only show errors, suppressing warnings.',
  },
  {
    name: 'output',
    options: ['--output', '-o'],
    help: 'Output format.',
    choices: OUTPUT_FORMATS,
    default: 'json',
    environment: 'AZURE_CORE_OUTPUT',
  },
  {
    name: 'query',
    options: ['--query'],
    help: 'JMESPath query string. See http://jmespath.org/ for more information and examples.',
  },
  {
    name: 'subscription',
    options: ['--subscription'],
    help: 'Name or ID of subscription. You can configure the default subscription using `az account set -s NAME_OR_ID`.',
  },
  {
    name: 'verbose',
    options: ['--verbose'],
    kind: 'flag',
    help: 'Increase logging verbosity. Use --debug for full debug logs.',
  },
];
