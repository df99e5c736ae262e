import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { evaluateExpression, evaluateValue } from './evaluator.js';
import type { Expression } from './expression/ast.js';
import { isExpression, parseExpression } from './expression/parser.js';
import type { ResourceIndex } from './resource-index.js';
import type { ResourceInstance } from './resource-instance.js';
import { TemplateError } from './template-error.js';
import { invalidTemplate } from './template-reader.js';

/** Fills in `dependsOn` of every instance. Problems go to `errors`. */
export function linkDependencies(
  instances: readonly ResourceInstance[],
  index: ResourceIndex,
  errors: TemplateError[],
): ResourceInstance[] {
  return instances.map((instance) => {
    const keys = new Set<string>();
    let isOwn = false;
    if (instance.parentKey !== undefined) keys.add(instance.parentKey);
    for (const entry of explicitEntries(instance, errors)) {
      const targets = index.resolve(entry);
      if (targets.length === 0 && !isEmptyLoop(entry, instance))
        errors.push(
          invalidTemplate(
            `The resource '${entry}' is not defined in the template. Please see https://aka.ms/arm-template for usage details.`,
            `resources.${instance.planned.symbolicName ?? instance.planned.name}.dependsOn`,
          ),
        );
      for (const target of targets) keys.add(target.planned.key);
      const [only, another] = targets;
      if (another === undefined && only?.planned.key === instance.planned.key) isOwn = true;
    }
    for (const target of referenced(instance, index, errors)) keys.add(target.planned.key);
    for (const previous of previousBatch(instance, index)) keys.add(previous.planned.key);
    // what names itself alone is a cycle; a name that others share may well mean them
    if (!isOwn) keys.delete(instance.planned.key);
    return { ...instance, planned: { ...instance.planned, dependsOn: [...keys] } };
  });
}

function explicitEntries(instance: ResourceInstance, errors: TemplateError[]): string[] {
  const declared = instance.definition['dependsOn'];
  if (declared === undefined || declared === null) return [];
  try {
    const value = evaluateValue(declared, instance.context);
    return (Array.isArray(value) ? value : [value]).filter((entry) => typeof entry === 'string');
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    errors.push(error);
    return [];
  }
}

/** A symbolic name of a loop that came out with no instance is defined, though it finds none. */
function isEmptyLoop(entry: string, instance: ResourceInstance): boolean {
  const { template } = instance.context;
  const resources = isJsonObject(template) ? template['resources'] : undefined;
  if (isJsonObject(resources)) return entry.replace(/\[\d+\]$/, '') in resources;
  const all = Array.isArray(resources) ? resources.filter(isJsonObject) : [];
  return all.some(
    (resource) => isJsonObject(resource['copy']) && resource['copy']['name'] === entry,
  );
}

function previousBatch(instance: ResourceInstance, index: ResourceIndex): ResourceInstance[] {
  const { loop, planned } = instance;
  if (!loop?.batch) return [];
  const before = loop.batch - 1;
  const siblings = index.resolve(planned.symbolicName ?? loop.name);
  return siblings.filter(
    (sibling) => sibling.loop?.batch === before && sibling.definition === instance.definition,
  );
}

/**
 * Resources of the template that the body reads by `reference()` or `list*()`: by symbolic name, by name, or
 * by an id without an api-version, which is only legal for a resource of the template.
 */
function referenced(
  instance: ResourceInstance,
  index: ResourceIndex,
  errors: TemplateError[],
): ResourceInstance[] {
  const found: ResourceInstance[] = [];
  const visit = (expression: Expression): void => {
    if (expression.kind === 'access') {
      visit(expression.base);
      visit(expression.property);
    }
    if (expression.kind !== 'call') return;
    expression.args.forEach(visit);
    if (!/^(references?|list.*)$/i.test(expression.name)) return;
    const [target] = expression.args;
    const name = target && constantText(target, instance);
    if (name === undefined) return;
    if (!name.startsWith('/')) found.push(...index.bySymbol(name), ...index.byName(name));
    else if (expression.args.length === 1) found.push(...index.byId(name));
  };
  for (const text of expressionTexts(bodyOf(instance))) {
    try {
      visit(parseExpression(text.slice(1, -1)));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      errors.push(error);
    }
  }
  return found;
}

/** Names depend on parameters, variables and the loop's index only; anything else is no name. */
function constantText(expression: Expression, instance: ResourceInstance): string | undefined {
  try {
    const value = evaluateExpression(expression, instance.context);
    return typeof value === 'string' ? value : undefined;
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** The body without what belongs to another scope: a nested template's expressions, child resources. */
function bodyOf({ planned, definition }: ResourceInstance): Json {
  const body = without(definition, 'resources', 'dependsOn');
  const properties = body['properties'];
  if (planned.nested?.expressionScope !== 'inner' || !isJsonObject(properties)) return body;
  return { ...body, properties: without(properties, 'template') };
}

function without(object: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function* expressionTexts(value: Json): Generator<string> {
  if (typeof value === 'string') {
    if (isExpression(value)) yield value;
  } else if (Array.isArray(value)) {
    for (const item of value) yield* expressionTexts(item);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (isExpression(key)) yield key;
      yield* expressionTexts(item);
    }
  }
}

/** @returns the id of a resource on a cycle, or undefined. Time and memory are linear in resources and edges. */
export function findCycle(instances: readonly ResourceInstance[]): string | undefined {
  const open = new Map(instances.map(({ planned }) => [planned.key, planned.dependsOn.length]));
  const dependents = new Map<string, string[]>();
  for (const { planned } of instances)
    for (const key of planned.dependsOn) {
      const list = dependents.get(key);
      if (list) list.push(planned.key);
      else dependents.set(key, [planned.key]);
    }
  const ready = [...open].filter(([, count]) => count === 0).map(([key]) => key);
  for (let key = ready.pop(); key !== undefined; key = ready.pop()) {
    open.delete(key);
    for (const dependent of dependents.get(key) ?? []) {
      const left = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return instances.find(({ planned }) => open.has(planned.key))?.planned.id;
}
