import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import type { UserFunction } from './evaluation-context.js';
import { findKey, textOf } from './functions/definition.js';
import { TemplateError } from './template-error.js';

/** A template's sections with the types that evaluation relies on. */
export interface TemplateSections {
  readonly source: JsonObject;
  /** True when `resources` is an object keyed by symbolic names (language version 2). */
  readonly symbolic: boolean;
  readonly parameters: JsonObject;
  readonly variables: JsonObject;
  readonly definitions: JsonObject;
  readonly outputs: JsonObject;
  readonly resources: readonly { symbol?: string; definition: JsonObject }[];
  readonly functions: ReadonlyMap<string, UserFunction>;
}

const KNOWN = [
  '$schema',
  'languageVersion',
  'contentVersion',
  'apiProfile',
  'metadata',
  'definitions',
  'functions',
  'parameters',
  'variables',
  'imports',
  'extensions',
  'resources',
  'outputs',
  'asserts',
];

/** @returns the sections, and what is wrong with the template's outline */
export function readTemplate(template: unknown): {
  sections: TemplateSections;
  errors: TemplateError[];
} {
  const errors: TemplateError[] = [];
  const source = isObject(template) ? template : {};
  if (!isObject(template)) errors.push(invalidTemplate('the template must be a JSON object'));
  const section = (name: string): JsonObject => {
    const value = source[findKey(source, name) ?? name];
    if (value === undefined || value === null) return {};
    if (isJsonObject(value)) return value;
    errors.push(invalidTemplate(`the section '${name}' must be an object`));
    return {};
  };
  for (const name of Object.keys(source))
    if (!KNOWN.some((known) => known.toLowerCase() === name.toLowerCase()))
      errors.push(
        invalidTemplate(
          `Could not find member '${name}' on object of type 'Template'. Path '${name}'`,
        ),
      );
  if (isObject(template) && source['$schema'] === undefined)
    errors.push(invalidTemplate("Required property '$schema' not found in JSON. Path ''"));
  if (isObject(template) && source['contentVersion'] === undefined)
    errors.push(invalidTemplate("Required property 'contentVersion' not found in JSON. Path ''"));
  const resources = source['resources'] ?? [];
  if (isObject(template) && source['resources'] === undefined)
    errors.push(invalidTemplate("Required property 'resources' not found in JSON. Path ''"));
  return {
    sections: {
      source,
      symbolic: isJsonObject(resources),
      parameters: section('parameters'),
      variables: section('variables'),
      definitions: section('definitions'),
      outputs: section('outputs'),
      resources: readResources(resources, errors),
      functions: readFunctions(source['functions']),
    },
    errors,
  };
}

/** Wraps a problem found before deployment in the sentence Azure puts around it. */
export function invalidTemplate(what: string, target?: string): TemplateError {
  return new TemplateError(
    'InvalidTemplate',
    `Deployment template validation failed: '${what}'.`,
    target === undefined ? {} : { target },
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readResources(
  resources: Json,
  errors: TemplateError[],
): { symbol?: string; definition: JsonObject }[] {
  if (typeof resources !== 'object') {
    errors.push(invalidTemplate("the section 'resources' must be an array or an object"));
  }
  const entries: [string | undefined, Json][] = Array.isArray(resources)
    ? resources.map((definition) => [undefined, definition])
    : isJsonObject(resources)
      ? Object.entries(resources)
      : [];
  return entries.flatMap(([symbol, definition], index) => {
    if (isJsonObject(definition))
      return [symbol === undefined ? { definition } : { symbol, definition }];
    errors.push(invalidTemplate(`the resource '${symbol ?? index}' must be an object`));
    return [];
  });
}

function readFunctions(functions: Json | undefined): Map<string, UserFunction> {
  const result = new Map<string, UserFunction>();
  for (const namespace of Array.isArray(functions) ? functions : []) {
    if (!isJsonObject(namespace) || !isJsonObject(namespace['members'])) continue;
    for (const [name, member] of Object.entries(namespace['members'])) {
      if (!isJsonObject(member) || !isJsonObject(member['output'])) continue;
      const parameters = Array.isArray(member['parameters']) ? member['parameters'] : [];
      result.set(`${textOf(namespace['namespace'] ?? null)}.${name}`.toLowerCase(), {
        parameters: parameters
          .filter(isJsonObject)
          .map((parameter) => textOf(parameter['name'] ?? null)),
        output: member['output']['value'] ?? null,
      });
    }
  }
  return result;
}
