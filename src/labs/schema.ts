/** The part of JSON Schema that describes a lab; `docs/reference/lab.schema.json` is written from it. */
export interface Schema {
  $schema?: string;
  $id?: string;
  title?: string;
  description?: string;
  type: 'object' | 'array' | 'string' | 'number' | 'boolean';
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: false | Schema;
  items?: Schema;
  minItems?: number;
  minLength?: number;
  minProperties?: number;
  maxProperties?: number;
  pattern?: string;
  enum?: readonly string[];
  exclusiveMinimum?: number;
}

export const text = (description: string): Schema => ({
  type: 'string',
  minLength: 1,
  description,
});
export const identifier = (description: string): Schema => ({
  type: 'string',
  pattern: '^[a-z][a-z0-9-]*$',
  description,
});
export const variable = (description: string): Schema => ({
  type: 'string',
  pattern: '^[A-Z][A-Z0-9_]*$',
  description,
});
export const seconds = (description: string): Schema => ({
  type: 'number',
  exclusiveMinimum: 0,
  description,
});
export const object = (
  description: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): Schema => ({ type: 'object', description, properties, required, additionalProperties: false });
export const list = (items: Schema, description: string): Schema => ({
  type: 'array',
  items,
  description,
});

export const texts = (description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string' },
});
