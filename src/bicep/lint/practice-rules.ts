import type { FileModel } from '../semantics/symbols.js';
import { findProperty } from '../syntax/walk.js';
import type { Finding, Linted, Rule } from './rule.js';

/** Names of services that differ from cloud to cloud. */
const HOSTS = [
  'azuredatalakeanalytics.net',
  'azuredatalakestore.net',
  'batch.core.windows.net',
  'core.windows.net',
  'database.windows.net',
  'datalake.azure.net',
  'gallery.azure.com',
  'graph.windows.net',
  'login.microsoftonline.com',
  'management.azure.com',
  'management.core.windows.net',
  'vault.azure.net',
];
/** Longest first: one host may end with another. */
const HOST = new RegExp(
  `(?<![A-Za-z0-9])(?:${[...HOSTS]
    .sort((a, b) => b.length - a.length)
    .map((host) => host.replaceAll('.', '\\.'))
    .join('|')})(?![A-Za-z0-9])`,
  'gi',
);
/** They are no host to call. */
const EXCLUDED = /(?:^|[^A-Za-z0-9.-])schema\.management\.azure\.com/i;

function limit(
  code: string,
  count: number,
  what: string,
  declared: (model: FileModel) => readonly object[],
): Rule {
  return {
    code,
    level: 'Error',
    *find({ model }) {
      if (declared(model).length > count)
        yield {
          span: { start: 0, end: 0 },
          message: `Too many ${what}. Number of ${what} is limited to ${count}.`,
        };
    },
  };
}

/** What works and may not do so everywhere, or not for long. */
export const PRACTICE_RULES: readonly Rule[] = [
  { code: 'no-hardcoded-env-urls', level: 'Warning', find: hosts },
  { code: 'no-conflicting-metadata', level: 'Warning', find: conflictingMetadata },
  { code: 'no-deployments-resources', level: 'Warning', find: deployments },
  limit('max-params', 256, 'parameters', ({ params }) => params),
  limit('max-variables', 512, 'variables', ({ vars }) => vars),
  limit('max-outputs', 64, 'outputs', ({ outputs }) => outputs),
  limit('max-resources', 800, 'resources', ({ resources }) =>
    resources.filter(({ existing }) => !existing),
  ),
];

function* hosts({ model: { nodes } }: Linted): Generator<Finding, undefined> {
  for (const node of nodes.strings) {
    const [text = ''] = node.segments;
    if (node.expressions.length > 0 || !text.includes('.') || EXCLUDED.test(text)) continue;
    for (const match of text.matchAll(HOST)) {
      const start = node.span.start + 1 + match.index;
      yield {
        span: { start, end: start + match[0].length },
        message: `Environment URLs should not be hardcoded. Use the environment() function to ensure compatibility across clouds. Found this disallowed host: "${match[0]}"`,
      };
    }
  }
  return undefined;
}

function* conflictingMetadata({ model }: Linted): Generator<Finding, undefined> {
  for (const { decorators } of model.program.statements) {
    const metadata = decorators.find(({ name }) => name.name === 'metadata')?.args[0];
    if (metadata?.kind !== 'object') continue;
    const property = findProperty(metadata, 'description');
    if (property && decorators.some(({ name }) => name.name === 'description'))
      yield {
        span: property.key.span,
        message:
          'The "description" metadata property conflicts with the "description" decorator and will be overwritten.',
      };
  }
  return undefined;
}

function* deployments({ model }: Linted): Generator<Finding, undefined> {
  for (const { name, type, apiVersion, statement, existing } of model.resources)
    if (!existing && type.toLowerCase() === 'microsoft.resources/deployments')
      yield {
        span: statement.type.span,
        message: `Resource '${name}' of type '${type}@${apiVersion}' should instead be declared as a Bicep module.`,
      };
  return undefined;
}
