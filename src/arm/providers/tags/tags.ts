import { isJsonObject, textOf, type Json, type JsonObject } from '../../../base/json.js';
import { armErrors } from '../../errors.js';
import type { RequestContext, Resource, ResourceProvider, WriteResult } from '../../provider.js';
import { propertiesOf } from '../../resource-documents.js';
import type { ResourceGroups } from '../../resource-groups.js';
import {
  containerOf,
  GROUP_TYPE,
  isRootScope,
  nameOf,
  type ResourceId,
} from '../../resource-id.js';
import type { ResourceOperations } from '../../resource-operations.js';

const TYPE = 'Microsoft.Resources/tags';

export interface TagsProviderOptions {
  resources: ResourceOperations;
  groups: ResourceGroups;
}

/** The tags of a group or a resource as a resource of their own: `{scope}/providers/Microsoft.Resources/tags/default`. */
export function createTagsProvider(options: TagsProviderOptions): ResourceProvider {
  const write = async (
    id: ResourceId,
    context: RequestContext,
    change: (before: JsonObject) => JsonObject,
  ): Promise<WriteResult> => {
    if (nameOf(id) !== 'default') throw armErrors.resourceNotFound(id);
    const before = await readTags(options, id, context);
    const after = change(before);
    await writeTags(options, id, context, before, after);
    return { created: false, resource: describe(id, after) };
  };
  return {
    type: TYPE,
    apiVersions: ['2024-11-01', '2021-04-01'],
    tracking: 'none',
    get: async (id, context) =>
      nameOf(id) === 'default' ? describe(id, await readTags(options, id, context)) : undefined,
    list: async () => [],
    put: (id, body, context) => write(id, context, () => tagsOf(body)),
    patch: (id, body, context) => {
      const tags = tagsOf(body);
      return write(id, context, (before) => patchTags(textOf(body['operation']), before, tags));
    },
    delete: async (id, context) => {
      await write(id, context, () => ({}));
    },
  };
}

function patchTags(operation: string, before: JsonObject, tags: JsonObject): JsonObject {
  switch (operation.toLowerCase()) {
    case 'merge':
      return { ...before, ...tags };
    case 'replace':
      return tags;
    case 'delete':
      return Object.fromEntries(
        Object.entries(before).filter(([name, value]) => tags[name] !== value),
      );
    default:
      throw armErrors.invalidContent("'operation' must be Merge, Replace or Delete.");
  }
}

async function readTags(
  { resources, groups }: TagsProviderOptions,
  id: ResourceId,
  context: RequestContext,
): Promise<JsonObject> {
  const scope = scopeOf(id);
  const tagged: JsonObject =
    scope.type === GROUP_TYPE
      ? await groups.require(scope.subscriptionId, nameOf(scope))
      : await resources.get(scope, context);
  const { tags } = tagged;
  return isJsonObject(tags) ? tags : {};
}

async function writeTags(
  { resources, groups }: TagsProviderOptions,
  id: ResourceId,
  context: RequestContext,
  before: JsonObject,
  tags: JsonObject,
): Promise<void> {
  const scope = scopeOf(id);
  if (scope.type === GROUP_TYPE) {
    await groups.patch(scope.subscriptionId, nameOf(scope), { tags });
    return;
  }
  const dropped = Object.keys(before).map((name): [string, Json] => [name, null]);
  const patch = { ...Object.fromEntries(dropped), ...tags };
  const { pending } = await resources.patch(scope, { tags: patch }, context);
  await pending;
}

function scopeOf(id: ResourceId): ResourceId {
  const scope = containerOf(id);
  if (scope !== undefined && (scope.type === GROUP_TYPE || !isRootScope(scope))) return scope;
  throw armErrors.notImplemented('tags of a subscription');
}

function tagsOf(body: JsonObject): JsonObject {
  const { tags } = propertiesOf(body);
  if (isJsonObject(tags) && Object.values(tags).every((value) => typeof value === 'string')) {
    return tags;
  }
  throw armErrors.invalidContent("'properties.tags' must be an object of texts.");
}

function describe(id: ResourceId, tags: JsonObject): Resource {
  return { id: id.text, name: 'default', type: TYPE, properties: { tags } };
}
