import type { Digest } from '../oci/digest.js';
import { isRunnablePlatform } from '../oci/platform.js';
import type { RepositoryName } from '../oci/reference.js';
import { COLLECTION, manifestKey, type ManifestDocument } from './documents.js';
import type { ManifestHolding } from './registry-host.js';
import type { RegistryStore } from './registry-store.js';

interface ImportDocument {
  source: string;
}

/** The manifests of a repository, the latest first. */
export async function listHoldings(
  store: RegistryStore,
  repository: RepositoryName,
): Promise<ManifestHolding[]> {
  const [documents, tags] = await Promise.all([
    store.manifestDocuments(repository),
    store.tagIndex(repository),
  ]);
  const latestFirst = [...documents].sort((a, b) =>
    a.document.lastUpdateTime > b.document.lastUpdateTime ? -1 : 1,
  );
  return Promise.all(
    latestFirst.map(async ({ digest, document }) => {
      const origin = await store.metadata.get<ImportDocument>(
        COLLECTION.imports,
        manifestKey(store.name, repository, digest),
      );
      return {
        digest,
        tags: tags.tagsOf(digest),
        platforms: platformsOf(document),
        isIndex: document.manifests.length > 0,
        ...(origin && { importedFrom: origin.source }),
      };
    }),
  );
}

/** Remembers where a manifest was imported from. */
export async function noteImport(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
  source: string,
): Promise<void> {
  const document: ImportDocument = { source };
  await store.metadata.put(
    COLLECTION.imports,
    manifestKey(store.name, repository, digest),
    document,
  );
}

function platformsOf({ manifests, os, architecture }: ManifestDocument) {
  return [...manifests, { os, architecture }].flatMap((one) => {
    const platform = { os: one.os ?? '', architecture: one.architecture ?? '' };
    return platform.os !== '' && isRunnablePlatform(platform) ? [platform] : [];
  });
}
