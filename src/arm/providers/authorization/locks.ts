import type { Clock } from '../../../base/clock.js';
import { textOf } from '../../../base/json.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { createDocumentProvider } from '../../document-provider.js';
import { ArmError, armErrors } from '../../errors.js';
import type { ResourceProvider } from '../../provider.js';
import { ResourceDocuments } from '../../resource-documents.js';
import { isInside, type ResourceId } from '../../resource-id.js';

const TYPE = 'Microsoft.Authorization/locks';
const LEVELS = ['CanNotDelete', 'ReadOnly'];

/** Management locks at any scope. */
export function createLocksProvider(options: {
  metadata: MetadataStore;
  clock?: Clock;
}): ResourceProvider {
  const provider = createDocumentProvider({
    ...options,
    type: TYPE,
    apiVersions: ['2020-05-01', '2016-09-01'],
    tracking: 'none',
    pure: true,
    properties({ given }) {
      const level = LEVELS.find((known) => known === given['level']);
      if (level === undefined) {
        throw armErrors.invalidContent(`'level' must be one of ${LEVELS.join(', ')}.`);
      }
      return { level, notes: given['notes'] ?? null };
    },
  });
  return { ...provider, extension: true };
}

/** Refuses what a lock forbids. */
export class Locks {
  readonly #documents: ResourceDocuments;

  constructor(metadata: MetadataStore) {
    this.#documents = new ResourceDocuments(metadata, TYPE);
  }

  /**
   * Locks of the resource and of everything above count; for a group that is deleted those inside, too.
   *
   * @throws ArmError ScopeLocked (409)
   */
  async check(
    operation: 'write' | 'delete',
    id: ResourceId,
    options: { inside?: boolean } = {},
  ): Promise<void> {
    if (id.type.toLowerCase() === TYPE.toLowerCase()) return;
    const locks = await this.#documents.list();
    const found = locks.filter((lock) => {
      const scope = scopeOf(lock.id).toLowerCase();
      const level = textOf(lock.properties['level']);
      const forbids = operation === 'delete' || level === 'ReadOnly';
      const above = id.key === scope || id.key.startsWith(`${scope}/`);
      return forbids && (above || (options.inside === true && isInside(lock, id)));
    });
    if (found.length > 0)
      throw scopeLocked(
        operation,
        id,
        found.map((lock) => scopeOf(lock.id)),
      );
  }
}

function scopeOf(lockId: string): string {
  return lockId.slice(0, lockId.toLowerCase().lastIndexOf(`/providers/${TYPE.toLowerCase()}/`));
}

function scopeLocked(operation: string, id: ResourceId, scopes: readonly string[]): ArmError {
  return new ArmError({
    status: 409,
    code: 'ScopeLocked',
    message:
      `The scope '${id.text}' cannot perform ${operation} operation because following scope(s) are locked: ` +
      `'${scopes.join("', '")}'. Please remove the lock and try again.`,
  });
}
