import { textOf } from '../../base/json.js';
import { ArmError } from '../errors.js';
import { KeyedLock } from '../keyed-lock.js';
import { containerOf, nameOf, parseResourceId, type ResourceId } from '../resource-id.js';
import { deploymentErrors } from './deployment-errors.js';
import type { DeploymentStore } from './deployment-store.js';

/** How many deployments a group or the subscription keeps. */
const MOST = 800;
/** Beyond so many the oldest are deleted… */
const CROWDED = 700;
/** …until so many are left. */
const ROOMY = 600;

/**
 * Keeps the number of deployments at a scope within Azure's limit: the oldest are deleted when it comes near, with what
 * they recorded; resources stay. A lock against deletion keeps them, and then the limit refuses new ones.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-history-deletions
 */
export class DeploymentHistory {
  readonly #store: DeploymentStore;
  /** The keys of the deployments at each scope that was asked for. */
  readonly #kept = new Map<string, Set<string>>();
  readonly #trimming = new KeyedLock();

  constructor(store: DeploymentStore) {
    this.#store = store;
  }

  /**
   * Counts a deployment in that is about to be stored.
   *
   * @throws ArmError DeploymentQuotaExceeded (409)
   */
  async admit(id: ResourceId): Promise<void> {
    const kept = await this.#keptAt(scopeOf(id));
    if (kept.has(id.key)) return;
    if (kept.size >= MOST) throw deploymentErrors.quotaExceeded(nameOf(id), MOST, kept.size);
    kept.add(id.key);
  }

  forget(id: ResourceId): void {
    this.#kept.get(scopeOf(id).key)?.delete(id.key);
  }

  /**
   * Deletes the oldest deployments at the scope of this one, if there are too many.
   *
   * @param remove deletes one, unless it runs; what it refuses with an ArmError, e.g. for a lock, ends the attempt
   */
  async trim(id: ResourceId, remove: (id: ResourceId) => Promise<void>): Promise<void> {
    const scope = scopeOf(id);
    const kept = await this.#keptAt(scope);
    if (kept.size <= CROWDED) return;
    await this.#trimming.run(scope.key, async () => {
      if (kept.size <= CROWDED) return;
      for (const oldest of await this.#oldestFirst(scope)) {
        if (kept.size <= ROOMY) return;
        try {
          await remove(oldest);
        } catch (error) {
          if (error instanceof ArmError) return;
          throw error;
        }
      }
    });
  }

  async #keptAt(scope: ResourceId): Promise<Set<string>> {
    const known = this.#kept.get(scope.key);
    if (known !== undefined) return known;
    const stored = await this.#store.list(scope);
    // Somebody else may have asked meanwhile.
    const kept = this.#kept.get(scope.key) ?? new Set(stored.map(({ id }) => id.toLowerCase()));
    this.#kept.set(scope.key, kept);
    return kept;
  }

  async #oldestFirst(scope: ResourceId): Promise<ResourceId[]> {
    const stored = await this.#store.list(scope);
    const age = ({ properties }: (typeof stored)[number]): string =>
      textOf(properties['timestamp']);
    return stored
      .sort((one, other) => age(one).localeCompare(age(other)))
      .map(({ id }) => parseResourceId(id))
      .filter((id) => id !== undefined);
  }
}

/** The group or the subscription. */
function scopeOf(id: ResourceId): ResourceId {
  return containerOf(id) ?? id;
}
