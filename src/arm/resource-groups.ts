import { isJsonObject, type JsonObject } from '../base/json.js';
import type { Entry, MetadataStore } from '../storage/metadata-store.js';
import { armErrors } from './errors.js';
import { findRegion, normaliseLocation, regions } from './regions.js';
import { groupIdOf, subscriptionIdOf } from './resource-id.js';

const COLLECTION = 'arm.groups';
const NAME = /^[\p{L}\p{N}_().-]{1,90}$/u;

export interface ResourceGroup extends JsonObject {
  id: string;
  name: string;
  type: string;
  /** e.g. `'koreacentral'` */
  location: string;
  tags: JsonObject;
  properties: { provisioningState: 'Succeeded' | 'Deleting' };
}

/** Resource groups, stored by the lower-case id. */
export class ResourceGroups {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  get(subscriptionId: string, name: string): Promise<ResourceGroup | undefined> {
    return this.#store.get<ResourceGroup>(COLLECTION, groupIdOf(subscriptionId, name).key);
  }

  /** @throws ArmError ResourceGroupNotFound */
  async require(subscriptionId: string, name: string): Promise<ResourceGroup> {
    const group = await this.get(subscriptionId, name);
    if (group === undefined) throw armErrors.groupNotFound(name);
    return group;
  }

  /** @throws ArmError ResourceGroupNotFound, ResourceGroupBeingDeleted */
  async requireWritable(subscriptionId: string, name: string): Promise<ResourceGroup> {
    const group = await this.require(subscriptionId, name);
    if (isDeleting(group)) throw armErrors.groupBeingDeleted(name);
    return group;
  }

  /** In the order of their names. */
  async list(subscriptionId: string): Promise<ResourceGroup[]> {
    const prefix = `${subscriptionIdOf(subscriptionId).key}/`;
    const entries = await this.#store.list<ResourceGroup>(COLLECTION, { prefix });
    return entries.map(({ value }: Entry<ResourceGroup>) => value);
  }

  /**
   * Creates the group or replaces its tags.
   *
   * @throws ArmError InvalidResourceGroup, LocationRequired, LocationNotAvailableForResourceGroup,
   *   InvalidResourceGroupLocation, ResourceGroupBeingDeleted
   */
  async put(
    subscriptionId: string,
    name: string,
    body: JsonObject,
  ): Promise<{ created: boolean; group: ResourceGroup }> {
    if (!NAME.test(name) || name.endsWith('.')) throw armErrors.invalidGroupName(name);
    const location = locationOf(body);
    const existing = await this.get(subscriptionId, name);
    if (existing !== undefined) {
      if (isDeleting(existing)) throw armErrors.groupBeingDeleted(name);
      if (existing.location !== location) {
        throw armErrors.groupLocationConflict(location, existing.location);
      }
    }
    const group = makeGroup(subscriptionId, existing?.name ?? name, location, tagsOf(body));
    await this.save(group);
    return { created: existing === undefined, group };
  }

  async patch(subscriptionId: string, name: string, body: JsonObject): Promise<ResourceGroup> {
    const existing = await this.requireWritable(subscriptionId, name);
    if (body['tags'] === undefined) return existing;
    const group = { ...existing, tags: tagsOf(body) };
    await this.save(group);
    return group;
  }

  async save(group: ResourceGroup): Promise<void> {
    await this.#store.put(COLLECTION, group.id.toLowerCase(), group);
  }

  async remove(group: ResourceGroup): Promise<void> {
    await this.#store.delete(COLLECTION, group.id.toLowerCase());
  }
}

/** Whether everything in the group is on its way out. */
export function isDeleting(group: ResourceGroup): boolean {
  return group.properties.provisioningState === 'Deleting';
}

function makeGroup(
  subscriptionId: string,
  name: string,
  location: string,
  tags: JsonObject,
): ResourceGroup {
  return {
    id: groupIdOf(subscriptionId, name).text,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    tags,
    properties: { provisioningState: 'Succeeded' },
  };
}

function locationOf(body: JsonObject): string {
  const { location } = body;
  if (typeof location !== 'string' || location === '') throw armErrors.locationRequired();
  const region = findRegion(location);
  if (region !== undefined) return region.name;
  const names = regions.map(({ name }) => name).join(',');
  throw armErrors.groupLocationUnavailable(normaliseLocation(location), names);
}

function tagsOf(body: JsonObject): JsonObject {
  const { tags } = body;
  if (tags === undefined || tags === null) return {};
  if (isJsonObject(tags) && Object.values(tags).every((value) => typeof value === 'string')) {
    return tags;
  }
  throw armErrors.invalidContent("The value of 'tags' is not an object of texts.");
}
