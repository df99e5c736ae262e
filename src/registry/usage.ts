import type { Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import type { RepositoryUsage } from './registry-host.js';
import type { RegistryStore } from './registry-store.js';

/** Storage use of repositories; counted again only where something has changed. */
export class UsageCounter {
  readonly #store: RegistryStore;
  readonly #known = new Map<string, { at: string; bytes: number }>();

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  async count(): Promise<RepositoryUsage[]> {
    const usages: RepositoryUsage[] = [];
    for (const repository of this.#store.repositories()) {
      const document = this.#store.repository(repository);
      if (document === undefined) continue;
      const { lastUpdateTime, manifestCount, tagCount } = document;
      let known = this.#known.get(repository);
      if (known?.at !== lastUpdateTime) {
        known = { at: lastUpdateTime, bytes: await this.#bytesOf(repository) };
        this.#known.set(repository, known);
      }
      usages.push({ repository, bytes: known.bytes, manifests: manifestCount, tags: tagCount });
    }
    return usages;
  }

  async #bytesOf(repository: RepositoryName): Promise<number> {
    const blobs = new Set<Digest>();
    let bytes = 0;
    for (const { document } of await this.#store.manifestDocuments(repository)) {
      bytes += document.size;
      for (const digest of document.blobs) blobs.add(digest);
    }
    for (const digest of blobs) {
      const link = await this.#store.links.find(this.#store.scope(repository), digest);
      bytes += link?.size ?? 0;
    }
    return bytes;
  }
}
