import { Failure } from '../../base/failure.js';
import type { Digest } from '../../oci/digest.js';
import { parseManifest } from '../../oci/manifest.js';
import type { RepositoryName, Tag } from '../../oci/reference.js';
import type { RegistryInventory } from '../../remote/registry-client.js';
import type { OpenRepository } from '../image-access.js';
import { OciLayout } from '../layout/oci-layout.js';
import type { ImageLocation } from '../location.js';
import { BulkCopy, type BulkOptions, type BulkResult } from './bulk-copy.js';
import { repositoryFolder, requireApart } from './repository-folders.js';

export interface ExportSource {
  /** e.g. `'localhost:5000'` */
  registry: string;
  inventory: RegistryInventory;
  openRepository: OpenRepository;
}

/**
 * Writes every repository of a registry as an OCI image layout of its own: `DIR/<repository>`, each tag under
 * its name, and by digest whatever no tag leads to. Byte for byte, verified, and repeatable: what is there is
 * not fetched again, and what the registry no longer has stays.
 *
 * @throws RemoteError, DocumentError; Failure when a repository is not there
 */
export async function exportRegistry(
  source: ExportSource,
  directory: string,
  options: BulkOptions = {},
): Promise<BulkResult> {
  const { signal } = options;
  const all = await source.inventory.repositories(signal);
  const chosen = options.repositories ?? all;
  const missing = chosen.find((repository) => !all.includes(repository));
  if (missing !== undefined) throw new Failure(`${source.registry} has no repository ${missing}`);
  requireApart(chosen);
  const bulk = new BulkCopy(source.openRepository, { ...options, referrers: true });
  for (const repository of chosen) {
    await exportRepository(bulk, source, { repository, directory, signal });
    bulk.result.repositories++;
  }
  return bulk.result;
}

interface RepositoryExport {
  repository: RepositoryName;
  directory: string;
  signal: AbortSignal | undefined;
}

async function exportRepository(
  bulk: BulkCopy,
  { registry, inventory }: ExportSource,
  { repository, directory, signal }: RepositoryExport,
): Promise<void> {
  const folder = repositoryFolder(directory, repository);
  const copy = (named: { tag: Tag } | { digest: Digest }): Promise<void> => {
    const suffix = 'tag' in named ? `:${named.tag}` : `@${named.digest}`;
    const name = `${repository}${suffix}`;
    const reference = { registry, repository, ...named };
    const target: ImageLocation = {
      ...{ kind: 'oci', text: `oci:${folder}${suffix}`, directory: folder },
      ...('tag' in named ? { name: named.tag } : { digest: named.digest }),
    };
    return bulk.copy(name, { kind: 'registry', text: `${registry}/${name}`, reference }, target);
  };
  for (const tag of await inventory.tags(repository, signal)) await copy({ tag: tag as Tag });
  const digests = (await inventory.manifests(repository, signal)) ?? [];
  const layout = await OciLayout.create(folder);
  const known = new Set<Digest>();
  for (const entry of await layout.readIndex()) await follow(layout, entry.digest, known);
  for (const digest of digests) {
    if (known.has(digest)) continue;
    await copy({ digest });
    await follow(layout, digest, known);
  }
}

/** Adds the manifest and all that it leads to. */
async function follow(layout: OciLayout, digest: Digest, known: Set<Digest>): Promise<void> {
  if (known.has(digest) || !(await layout.hasBlob(digest))) return;
  known.add(digest);
  const { bytes, mediaType } = await layout.getManifest(digest);
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind !== 'index') return;
  for (const child of parsed.index.manifests) await follow(layout, child.digest, known);
}
