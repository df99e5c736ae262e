import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../../base/clock.js';
import { systemClock } from '../../../base/clock.js';
import type { Json, JsonObject } from '../../../base/json.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { ArmError, armErrors } from '../../errors.js';
import { KeyedLock } from '../../keyed-lock.js';
import { mergePatch } from '../../merge-patch.js';
import type { ActionResult, RequestContext, Resource, ResourceProvider } from '../../provider.js';
import { makeResource, propertiesOf, ResourceDocuments } from '../../resource-documents.js';
import { nameOf, type ResourceId } from '../../resource-id.js';

const TYPE = 'Microsoft.OperationalInsights/workspaces';
const KEYS_COLLECTION = 'arm.workspaceKeys';
const NAME = /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/;

interface WorkspaceKeys {
  primarySharedKey: string;
  secondarySharedKey: string;
}

export interface WorkspacesOptions {
  metadata: MetadataStore;
  clock?: Clock;
}

/** Log Analytics workspaces: an id for the logs to go to, and the keys to send them with. */
export function createWorkspacesProvider(options: WorkspacesOptions): ResourceProvider {
  const clock = options.clock ?? systemClock;
  const documents = new ResourceDocuments(options.metadata, TYPE);
  const lock = new KeyedLock();

  const make = (
    id: ResourceId,
    body: JsonObject,
    existing: Resource | undefined,
    context: RequestContext,
  ): Resource => {
    if (!NAME.test(nameOf(id))) throw invalidName(nameOf(id));
    const properties = makeProperties(propertiesOf(body), existing, clock);
    return makeResource({ id, type: TYPE, body, existing, properties, context, clock });
  };

  const write = (id: ResourceId, body: JsonObject, context: RequestContext) =>
    lock.run(id.key, async () => {
      const existing = await documents.get(id);
      const resource = make(id, body, existing, context);
      if (existing === undefined) await options.metadata.put(KEYS_COLLECTION, id.key, makeKeys());
      await documents.put(resource);
      return { created: existing === undefined, resource };
    });

  const keys = async (id: ResourceId): Promise<ActionResult> => {
    const stored = await options.metadata.get<WorkspaceKeys>(KEYS_COLLECTION, id.key);
    if (stored === undefined) throw armErrors.resourceNotFound(id);
    return { status: 200, body: { ...stored } };
  };

  return {
    type: TYPE,
    apiVersions: ['2025-02-01', '2023-09-01', '2022-10-01', '2020-08-01'],
    get: (id) => documents.get(id),
    list: (scope) => documents.list(scope),
    put: write,
    preview: async (id, body, context) => {
      const before = await documents.get(id);
      return before && { before, after: make(id, body, before, context) };
    },
    patch: async (id, body, context) => {
      const existing = await documents.get(id);
      if (existing === undefined) throw armErrors.resourceNotFound(id);
      return write(id, mergePatch(existing, body), context);
    },
    delete: async (id) => {
      await documents.delete(id);
      await options.metadata.delete(KEYS_COLLECTION, id.key);
    },
    actions: { sharedkeys: keys, listkeys: keys },
  };
}

function makeProperties(
  given: JsonObject,
  existing: Resource | undefined,
  clock: Clock,
): JsonObject {
  const now = clock.now().toISOString();
  const before = existing?.properties ?? {};
  return {
    customerId: before['customerId'] ?? randomUUID(),
    provisioningState: 'Succeeded',
    sku: {
      name: 'PerGB2018',
      lastSkuUpdate: before['createdDate'] ?? now,
      ...objectOf(given['sku']),
    },
    retentionInDays: retention(given['retentionInDays']) ?? before['retentionInDays'] ?? 30,
    features: {
      legacy: 0,
      searchVersion: 1,
      enableLogAccessUsingOnlyResourcePermissions: true,
      ...objectOf(given['features']),
    },
    workspaceCapping: {
      dailyQuotaGb: -1,
      dataIngestionStatus: 'RespectQuota',
      ...objectOf(given['workspaceCapping']),
    },
    publicNetworkAccessForIngestion: given['publicNetworkAccessForIngestion'] ?? 'Enabled',
    publicNetworkAccessForQuery: given['publicNetworkAccessForQuery'] ?? 'Enabled',
    createdDate: before['createdDate'] ?? now,
    modifiedDate: now,
  };
}

/** @throws ArmError BadRequest for what the pricing plans have not: 7 days in one, 30 to 730 in the others */
function retention(days: Json | undefined): number | undefined {
  if (days === undefined || days === null) return undefined;
  if (typeof days !== 'number' || !Number.isInteger(days)) {
    throw armErrors.invalidContent("'properties.retentionInDays' is not a whole number.");
  }
  if (days === 7 || (days >= 30 && days <= 730)) return days;
  throw new ArmError({
    status: 400,
    code: 'BadRequest',
    message: "'RetentionInDays' property doesn't match the SKU limits.",
  });
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function makeKeys(): WorkspaceKeys {
  return {
    primarySharedKey: randomBytes(64).toString('base64'),
    secondarySharedKey: randomBytes(64).toString('base64'),
  };
}

function invalidName(name: string): ArmError {
  return new ArmError({
    status: 400,
    code: 'InvalidResourceName',
    message:
      `'${name}' is not a valid workspace name. Workspace names have 4 to 63 letters, digits or '-', ` +
      "and neither begin nor end with '-'.",
  });
}
