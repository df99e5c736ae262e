import { isJsonObject, type Json, type JsonObject } from '../../../base/json.js';
import type { ValuePath } from '../../../template/known-values.js';
import type { Position } from '../../source/position.js';
import type { DeclaringTemplate } from './deployment-walk.js';

/** Where a value stands, and how it is written there. */
export interface Place {
  position: Position;
  text: string;
}

/** Leads from an evaluated value back to the source. */
export interface TemplateLocator {
  /**
   * The place of a value, or of what is nearest to it: the expression that it comes from.
   *
   * @param chain the templates around the declaration, outermost first
   */
  locate(chain: readonly DeclaringTemplate[], definition: JsonObject, path: ValuePath): Place;
  /** Where a parameter of the outermost template is declared. */
  parameter(name: string): Position | undefined;
}

/** Declarations of one template in the order of their text; children in `resources` follow their parent. */
export function declarationsOf(template: JsonObject): JsonObject[] {
  const { resources } = template;
  const keyed = resources !== undefined && isJsonObject(resources) ? Object.values(resources) : [];
  const own: Json[] = Array.isArray(resources) ? resources : keyed;
  return own.flatMap((resource) =>
    isJsonObject(resource) ? [resource, ...declarationsOf(resource)] : [],
  );
}
