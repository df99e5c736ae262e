import type { Clock } from '../base/clock.js';
import { systemClock } from '../base/clock.js';
import { isJsonObject, type JsonObject } from '../base/json.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { armErrors } from './errors.js';
import { KeyedLock } from './keyed-lock.js';
import { mergePatch } from './merge-patch.js';
import type {
  Preview,
  RequestContext,
  Resource,
  ResourceAction,
  ResourceProvider,
  WriteResult,
} from './provider.js';
import { makeResource, propertiesOf, ResourceDocuments } from './resource-documents.js';
import type { ResourceId } from './resource-id.js';

/** A write as the type's own rules see it. */
export interface DocumentWrite {
  id: ResourceId;
  body: JsonObject;
  /** `body.properties`. */
  given: JsonObject;
  existing: Resource | undefined;
  context: RequestContext;
}

export interface DocumentProviderOptions {
  type: string;
  metadata: MetadataStore;
  clock?: Clock;
  apiVersions?: readonly string[];
  tracking?: ResourceProvider['tracking'];
  /** What is stored under `properties`. @throws ArmError for what breaks the type's rules */
  properties(write: DocumentWrite): JsonObject | Promise<JsonObject>;
  /** `properties` changes nothing, so what-if may ask it. */
  pure?: boolean;
  /** What is stored as `identity`; what the body says when absent. */
  identity?: (write: DocumentWrite) => JsonObject | Promise<JsonObject>;
  /** Told after each change, e.g. to put it to work. */
  changed?: (id: ResourceId, resource: Resource | undefined) => Promise<void>;
  actions?: Readonly<Record<string, ResourceAction>>;
}

/** A type that is all there is to it: a stored document with rules. Writes are done when they are answered. */
export function createDocumentProvider(options: DocumentProviderOptions): ResourceProvider {
  const { type, metadata, apiVersions, tracking, actions, changed } = options;
  const clock = options.clock ?? systemClock;
  const documents = new ResourceDocuments(metadata, type);
  const lock = new KeyedLock();

  const make = async (
    id: ResourceId,
    body: JsonObject,
    existing: Resource | undefined,
    context: RequestContext,
  ): Promise<Resource> => {
    const asked = { id, body, given: propertiesOf(body), existing, context };
    const properties = await options.properties(asked);
    const identity = isJsonObject(body['identity']) ? await options.identity?.(asked) : undefined;
    const named = identity === undefined ? body : { ...body, identity };
    return makeResource({ id, type, body: named, existing, properties, context, clock });
  };

  const write = async (
    id: ResourceId,
    body: JsonObject,
    context: RequestContext,
  ): Promise<WriteResult> => {
    const existing = await documents.get(id);
    const resource = await make(id, body, existing, context);
    await documents.put(resource);
    await changed?.(id, resource);
    return { created: existing === undefined, resource };
  };

  const preview = async (
    id: ResourceId,
    body: JsonObject,
    context: RequestContext,
  ): Promise<Preview | undefined> => {
    const before = await documents.get(id);
    return before && { before, after: await make(id, body, before, context) };
  };

  return {
    type,
    ...(options.pure === true ? { preview } : {}),
    ...(apiVersions === undefined ? {} : { apiVersions }),
    ...(tracking === undefined ? {} : { tracking }),
    ...(actions === undefined ? {} : { actions }),
    get: (id) => documents.get(id),
    list: (scope) => documents.list(scope),
    put: (id, body, context) => lock.run(id.key, () => write(id, body, context)),
    patch: (id, body, context) =>
      lock.run(id.key, async () => {
        const existing = await documents.get(id);
        if (existing === undefined) throw armErrors.resourceNotFound(id);
        return write(id, mergePatch(existing, body), context);
      }),
    delete: async (id) => {
      await documents.delete(id);
      await changed?.(id, undefined);
    },
  };
}
