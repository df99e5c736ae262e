import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../base/clock.js';
import { textOf } from '../../../base/json.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { createDocumentProvider } from '../../document-provider.js';
import { ArmError } from '../../errors.js';
import type { ResourceProvider } from '../../provider.js';
import { ResourceDocuments } from '../../resource-documents.js';
import { nameOf } from '../../resource-id.js';

export const IDENTITIES_TYPE = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const NAME = /^[A-Za-z0-9][\w-]{2,127}$/;

/** A managed identity as tokens and role assignments know it. */
export interface ManagedIdentity {
  /** e.g. `'/subscriptions/…/userAssignedIdentities/puller'` */
  resourceId: string;
  name: string;
  clientId: string;
  /** Object id of its service principal. */
  principalId: string;
}

/** User-assigned managed identities. Their ids are made up once and stay. */
export function createIdentitiesProvider(options: {
  metadata: MetadataStore;
  tenantId: string;
  clock?: Clock;
}): ResourceProvider {
  return createDocumentProvider({
    ...options,
    type: IDENTITIES_TYPE,
    apiVersions: ['2024-11-30', '2023-01-31', '2022-01-31-preview'],
    pure: true,
    properties({ id, existing }) {
      const name = nameOf(id);
      if (!NAME.test(name)) throw invalidName(name);
      const before = existing?.properties ?? {};
      return {
        tenantId: options.tenantId,
        principalId: before['principalId'] ?? randomUUID(),
        clientId: before['clientId'] ?? randomUUID(),
      };
    },
  });
}

/** Every user-assigned identity there is; whom the directory knows and the token endpoints may ask. */
export async function listManagedIdentities(metadata: MetadataStore): Promise<ManagedIdentity[]> {
  const resources = await new ResourceDocuments(metadata, IDENTITIES_TYPE).list();
  return resources.map(({ id, name, properties }) => ({
    resourceId: id,
    name,
    clientId: textOf(properties['clientId']),
    principalId: textOf(properties['principalId']),
  }));
}

/** @param resourceId in any letter case */
export async function findManagedIdentity(
  metadata: MetadataStore,
  resourceId: string,
): Promise<ManagedIdentity | undefined> {
  const wanted = resourceId.toLowerCase();
  const all = await listManagedIdentities(metadata);
  return all.find((identity) => identity.resourceId.toLowerCase() === wanted);
}

function invalidName(name: string): ArmError {
  return new ArmError({
    status: 400,
    code: 'InvalidResourceName',
    message:
      `The identity name '${name}' is invalid. It has 3 to 128 letters, digits, '-' or '_', ` +
      'and begins with a letter or digit.',
  });
}
