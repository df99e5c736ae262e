import { isJsonObject, type JsonObject } from '../base/json.js';
import { murmurHash64 } from './murmur-hash.js';

/**
 * `properties.templateHash` of a deployment and `metadata._generator.templateHash` of a compiled template:
 * the hash of the minified, upper-cased JSON with `metadata` moved last. A decimal string.
 */
export function templateHash(template: JsonObject): string {
  const { metadata, ...rest } = template;
  const ordered = metadata === undefined ? rest : { ...rest, metadata: withoutHash(metadata) };
  return murmurHash64(new TextEncoder().encode(JSON.stringify(ordered).toUpperCase())).toString();
}

/** The hash can't cover itself. */
function withoutHash(metadata: JsonObject[string]): JsonObject[string] {
  if (!isJsonObject(metadata) || !isJsonObject(metadata['_generator'])) return metadata;
  const { templateHash: _, ...generator } = metadata['_generator'];
  return { ...metadata, _generator: generator };
}
