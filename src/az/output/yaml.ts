import { stringify } from 'yaml';
import type { Json } from '../../base/json.js';
import { sortKeys } from './json.js';

/** YAML in block style with sorted keys, lists not indented below their key. */
export function formatYaml(value: Json): string {
  const text = stringify(sortKeys(value), {
    indentSeq: false,
    lineWidth: 80,
    singleQuote: true,
    version: '1.1',
    aliasDuplicateObjects: false,
  });
  const isScalar = typeof value !== 'object' || value === null;
  return isScalar ? `${text}...\n` : text; // the stock client ends a bare scalar's document
}
