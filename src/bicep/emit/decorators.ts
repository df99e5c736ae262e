import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import type { Decorator, Expression } from '../syntax/nodes.js';
import { ROOT_ENV } from './context.js';
import type { Converter } from './converter.js';
import { ValueWriter } from './values.js';

/** What `@minLength` and so on write, in the order the template has it. */
const CONSTRAINTS = ['minLength', 'maxLength', 'minValue', 'maxValue'];

export function findDecorator(
  decorators: readonly Decorator[],
  name: string,
): Decorator | undefined {
  return decorators.find((decorator) => decorator.name.name === name);
}

export function isExported(decorators: readonly Decorator[]): boolean {
  return findDecorator(decorators, 'export') !== undefined;
}

/** The schema of a parameter, output, type or property with everything its decorators say. */
export function applyDecorators(
  schema: JsonObject,
  decorators: readonly Decorator[],
  converter: Converter,
): JsonObject {
  const writer = new ValueWriter(converter);
  const argument = (name: string): Json | undefined => {
    const decorator = findDecorator(decorators, name);
    const value: Expression | undefined = decorator?.args[0];
    return value && writer.value(value, ROOT_ENV);
  };
  let result: JsonObject = { ...schema };
  const allowed = argument('allowed');
  if (allowed !== undefined) result['allowedValues'] = allowed;
  if (findDecorator(decorators, 'secure')) result = secured(result);
  if (findDecorator(decorators, 'sealed')) result['additionalProperties'] = false;
  if (isExported(decorators)) result = withMetadata(result, { '__bicep_export!': true });
  const metadata = argument('metadata');
  if (isJsonObject(metadata)) result = withMetadata(result, metadata);
  for (const name of CONSTRAINTS) {
    const value = argument(name);
    if (value !== undefined) result[name] = value;
  }
  const description = argument('description');
  return description === undefined ? result : withMetadata(result, { description });
}

export function withMetadata(schema: JsonObject, metadata: JsonObject): JsonObject {
  const existing = isJsonObject(schema['metadata']) ? schema['metadata'] : {};
  return { ...schema, metadata: { ...existing, ...metadata } };
}

function secured(schema: JsonObject): JsonObject {
  if (schema['type'] === 'string') return { ...schema, type: 'securestring' };
  return schema['type'] === 'object' ? { ...schema, type: 'secureObject' } : schema;
}
