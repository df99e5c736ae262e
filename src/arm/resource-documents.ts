import type { Clock } from '../base/clock.js';
import { isJsonObject, type JsonObject } from '../base/json.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { armErrors } from './errors.js';
import type { RequestContext, Resource } from './provider.js';
import { nameOf, type ResourceId } from './resource-id.js';

/** The stored resources of one type, by their lower-case ids. */
export class ResourceDocuments {
  readonly #store: MetadataStore;
  readonly #collection: string;

  /** @param type e.g. `'Microsoft.OperationalInsights/workspaces'` */
  constructor(store: MetadataStore, type: string) {
    this.#store = store;
    this.#collection = `arm.resource.${type.toLowerCase()}`;
  }

  get(id: ResourceId): Promise<Resource | undefined> {
    return this.#store.get<Resource>(this.#collection, id.key);
  }

  /** Everything within a scope: a subscription, a group or a parent. Everything there is without one. */
  async list(scope?: ResourceId): Promise<Resource[]> {
    const prefix = scope === undefined ? '' : `${scope.key}/`;
    const entries = await this.#store.list<Resource>(this.#collection, { prefix });
    return entries.map(({ value }) => value);
  }

  async put(resource: Resource): Promise<void> {
    await this.#store.put(this.#collection, resource.id.toLowerCase(), resource);
  }

  async delete(id: ResourceId): Promise<void> {
    await this.#store.delete(this.#collection, id.key);
  }

  /** Deletes what is nested in a resource that goes. */
  async deleteWithin(parent: ResourceId): Promise<void> {
    for (const { id } of await this.list(parent)) {
      await this.#store.delete(this.#collection, id.toLowerCase());
    }
  }
}

/**
 * The part that all tracked resources have in common. Location, tags and identity come from the body;
 * the name keeps the letter case it was created with.
 *
 * @throws ArmError InvalidRequestContent for tags that are no texts
 */
export function makeResource(options: {
  id: ResourceId;
  type: string;
  body: JsonObject;
  existing: Resource | undefined;
  properties: JsonObject;
  context: RequestContext;
  clock: Clock;
}): Resource {
  const { id, type, body, existing, properties, context, clock } = options;
  const { location, identity } = body;
  return {
    id: existing?.id ?? id.text,
    name: existing?.name ?? nameOf(id),
    type,
    ...(typeof location === 'string'
      ? { location: location.toLowerCase().replaceAll(' ', '') }
      : {}),
    tags: readTags(body),
    ...(isJsonObject(identity) ? { identity } : {}),
    systemData: systemData(existing, context, clock),
    properties,
  };
}

/** Who made and last changed the resource, and when. */
function systemData(
  existing: Resource | undefined,
  context: RequestContext,
  clock: Clock,
): JsonObject {
  const now = clock.now().toISOString();
  const before = existing?.['systemData'];
  const created = isJsonObject(before)
    ? before
    : { createdBy: context.caller, createdByType: 'Application', createdAt: now };
  return {
    ...created,
    lastModifiedBy: context.caller,
    lastModifiedByType: 'Application',
    lastModifiedAt: now,
  };
}

/** @throws ArmError InvalidRequestContent (400) */
function readTags(body: JsonObject): JsonObject {
  const { tags } = body;
  if (tags === undefined || tags === null) return {};
  if (isJsonObject(tags) && Object.values(tags).every((value) => typeof value === 'string')) {
    return tags;
  }
  throw armErrors.invalidContent("The value of 'tags' is not an object of texts.");
}

/** `body.properties`, or an empty object. @throws ArmError InvalidRequestContent when it is something else */
export function propertiesOf(body: JsonObject): JsonObject {
  const { properties } = body;
  if (properties === undefined || properties === null) return {};
  if (isJsonObject(properties)) return properties;
  throw armErrors.invalidContent("The value of 'properties' is not an object.");
}
