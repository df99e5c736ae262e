/** The part of JSON Schema that our schemas use. */
interface Schema {
  type?: string;
  enum?: readonly unknown[];
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
  minimum?: number;
  anyOf?: readonly Schema[];
}

/** Where a value departs from a schema; unknown members of objects do too. */
export function schemaFaults(value: unknown, schema: Schema, path = '$'): string[] {
  if (schema.anyOf) {
    const fits = schema.anyOf.some((one) => schemaFaults(value, one, path).length === 0);
    return fits ? [] : [`${path}: none of the alternatives`];
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: not in the list`];
  switch (schema.type) {
    case 'object':
      return objectFaults(value, schema, path);
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) =>
            schemaFaults(item, schema.items ?? {}, `${path}[${index}]`),
          )
        : [`${path}: not a list`];
    case 'integer':
      return Number.isInteger(value) && Number(value) >= (schema.minimum ?? -Infinity)
        ? []
        : [`${path}: not such a number`];
    case 'string':
      return typeof value === 'string' ? [] : [`${path}: not a text`];
    default:
      return [];
  }
}

function objectFaults(value: unknown, schema: Schema, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: not an object`];
  const members = Object.entries(value);
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${path}.${name}: missing`),
    ...members.flatMap(([name, member]) => {
      const known = schema.properties?.[name];
      return known ? schemaFaults(member, known, `${path}.${name}`) : [`${path}.${name}: unknown`];
    }),
  ];
}
