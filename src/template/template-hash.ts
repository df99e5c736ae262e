import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { murmurHash64 } from './murmur-hash.js';

/**
 * Resource Manager hashes the template as its own classes write it, so members stand in their order:
 * found by trying orders against published templates with known hashes. Members that are not listed
 * keep their place at the end.
 */
const PARAMETER_ORDER = [
  'defaultValue',
  'allowedValues',
  'minLength',
  'maxLength',
  'minValue',
  'maxValue',
  'type',
  'metadata',
];
const OUTPUT_ORDER = ['copy', 'type', 'value', 'metadata'];
const RESOURCE_ORDER = [
  'type',
  'apiVersion',
  'name',
  'location',
  'dependsOn',
  'sku',
  'kind',
  'properties',
  'copy',
  'condition',
  'scope',
];

/**
 * `properties.templateHash` of a deployment and `metadata._generator.templateHash` of a compiled template:
 * the hash of the minified, upper-cased JSON with `metadata` moved last. A decimal string.
 */
export function templateHash(template: JsonObject): string {
  const ordered: JsonObject = {};
  for (const [name, section] of Object.entries(template))
    if (name !== 'metadata') ordered[name] = orderSection(name, section);
  if (template['metadata'] !== undefined) ordered['metadata'] = withoutHash(template['metadata']);
  return murmurHash64(new TextEncoder().encode(JSON.stringify(ordered).toUpperCase())).toString();
}

function orderSection(name: string, section: Json): Json {
  if (name === 'parameters') return eachMember(section, PARAMETER_ORDER);
  if (name === 'outputs') return eachMember(section, OUTPUT_ORDER);
  if (name === 'resources') return eachMember(section, RESOURCE_ORDER);
  return section;
}

function eachMember(section: Json, order: readonly string[]): Json {
  if (Array.isArray(section)) return section.map((member) => inOrder(member, order));
  if (!isJsonObject(section)) return section;
  return Object.fromEntries(
    Object.entries(section).map(([name, member]) => [name, inOrder(member, order)]),
  );
}

function inOrder(member: Json, order: readonly string[]): Json {
  if (!isJsonObject(member)) return member;
  const listed = order.flatMap((name) =>
    member[name] === undefined ? [] : [[name, member[name]] as const],
  );
  const rest = Object.entries(member).filter(([name]) => !order.includes(name));
  return Object.fromEntries([...listed, ...rest]);
}

/** The hash can't cover itself. */
function withoutHash(metadata: Json): Json {
  if (!isJsonObject(metadata) || !isJsonObject(metadata['_generator'])) return metadata;
  const generator = Object.entries(metadata['_generator']).filter(
    ([name]) => name !== 'templateHash',
  );
  return { ...metadata, _generator: Object.fromEntries(generator) };
}
