import type { Json } from '../../base/json.js';
import { AzError, usageError } from '../az-error.js';
import { messageOf } from '../../base/failure.js';

const QUERY_HELP =
  "To learn more about --query, please visit: 'https://learn.microsoft.com/cli/azure/query-azure-cli'";

/** A checked `--query`. */
export type Query = (value: Json) => Json;

/**
 * Compiles a JMESPath expression.
 *
 * @throws AzError exit code 2 if the expression does not parse.
 */
export async function compileQuery(expression: string): Promise<Query> {
  const jmespath = (await import('jmespath')).default;
  try {
    if (compiles(jmespath) && !isWhole(jmespath.compile(expression))) throw new Error('incomplete');
  } catch {
    throw usageError(`argument --query: invalid jmespath_type value: '${expression}'`, [
      QUERY_HELP,
    ]);
  }
  return (value) => {
    try {
      const result: unknown = jmespath.search(value, expression);
      return toJson(result);
    } catch (error) {
      throw new AzError(`Invalid jmespath query supplied for \`--query\`: ${messageOf(error)}`, {
        advice: [QUERY_HELP],
      });
    }
  };
}

/** The published types leave this function out. */
function compiles(module: object): module is { compile(expression: string): unknown } {
  return 'compile' in module && typeof module.compile === 'function';
}

/** The parser takes `a.` and leaves a hole in its tree where the rest should be. */
function isWhole(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return node !== undefined;
  const children: unknown = 'children' in node ? node.children : [];
  return !Array.isArray(children) || Array.from(children).every(isWhole);
}

/** JMESPath answers JSON; what a type cannot tell is checked here once. */
function toJson(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (Array.isArray(value)) return value.map(toJson);
  // Objects of the searched document come back as they are, so that their identity can be told.
  return value as { [key: string]: Json };
}

/** Every object inside a document: tells the document's own from those a query made. */
export function objectsIn(value: Json, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null) return found;
  if (!Array.isArray(value)) found.add(value);
  for (const item of Array.isArray(value) ? value : Object.values(value)) objectsIn(item, found);
  return found;
}
