import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { libraryTime } from '../sdk-shape.js';

const FIELDS = [
  'scope',
  'roleDefinitionId',
  'principalId',
  'principalType',
  'description',
  'condition',
  'conditionVersion',
  'createdOn',
  'updatedOn',
  'createdBy',
  'updatedBy',
  'delegatedManagedIdentityResourceId',
];

/** Properties beside the name; what is null is left out. */
export function flatAssignment(assignment: JsonObject): JsonObject {
  const properties = isJsonObject(assignment['properties']) ? assignment['properties'] : {};
  const { id, name, type } = assignment;
  const entries = Object.entries({ id, name, type, ...pick(properties) });
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (value == null ? [] : [[key, value] as const])),
  );
}

/** What create prints: every field of the library's model. */
export function createdAssignment(assignment: JsonObject): JsonObject {
  const nulls = Object.fromEntries(FIELDS.map((field) => [field, null]));
  return { ...nulls, systemData: null, ...flatAssignment(assignment) };
}

function pick(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    FIELDS.map((field): [string, Json] => {
      const value = properties[field] ?? null;
      const isTime = field.endsWith('On') && typeof value === 'string';
      return [field, isTime ? libraryTime(value) : value];
    }),
  );
}
