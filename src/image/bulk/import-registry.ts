import { Failure } from '../../base/failure.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { parseTag, type RepositoryName } from '../../oci/reference.js';
import type { OpenRepository } from '../image-access.js';
import { LayoutContent } from '../layout/layout-content.js';
import { directoryFiles } from '../layout/layout-files.js';
import { REF_NAME } from '../layout/layout-names.js';
import { BulkCopy, type BulkOptions, type BulkResult } from './bulk-copy.js';
import { findRepositories, repositoryFolder } from './repository-folders.js';

export interface ImportTarget {
  /** e.g. `'localhost:5000'` */
  registry: string;
  openRepository: OpenRepository;
}

/**
 * Pushes what `exportRegistry` wrote: every image layout below the folder, under its path as the repository.
 * What the registry has already is not sent again.
 *
 * @throws RemoteError, DocumentError; Failure when the folder holds no such layouts
 */
export async function importRegistry(
  directory: string,
  target: ImportTarget,
  options: BulkOptions = {},
): Promise<BulkResult> {
  const all = await findRepositories(directory);
  const chosen = options.repositories ?? all;
  const missing = chosen.find((repository) => !all.includes(repository));
  if (missing !== undefined) throw new Failure(`${directory} has no repository ${missing}`);
  if (chosen.length === 0) {
    throw new Failure(`there are no image layouts in ${directory}`, {
      why: 'each repository of an export is a folder with a file "oci-layout"',
      help: 'name the folder that `lazurite registry export` wrote',
    });
  }
  // Referrers are entries of their own in every layout.
  const bulk = new BulkCopy(target.openRepository, { ...options, referrers: false });
  for (const repository of chosen) {
    await importRepository(
      bulk,
      target.registry,
      repositoryFolder(directory, repository),
      repository,
    );
    bulk.result.repositories++;
  }
  return bulk.result;
}

async function importRepository(
  bulk: BulkCopy,
  registry: string,
  folder: string,
  repository: RepositoryName,
): Promise<void> {
  const content = await LayoutContent.open(directoryFiles(folder));
  for (const entry of await content.readIndex()) {
    const named = nameOf(entry, folder);
    const { digest } = entry;
    const name = 'tag' in named ? `${repository}:${named.tag}` : `${repository}@${digest}`;
    await bulk.copy(
      name,
      { kind: 'oci', text: `oci:${folder}@${digest}`, directory: folder, digest },
      {
        kind: 'registry',
        text: `${registry}/${name}`,
        reference: { registry, repository, ...named },
      },
    );
  }
}

function nameOf({ annotations, digest }: Descriptor, folder: string) {
  const name = annotations?.[REF_NAME];
  if (name === undefined) return { digest };
  const tag = parseTag(name);
  if (tag !== undefined) return { tag };
  throw new Failure(`${folder} holds an image named "${name}", which is no tag`, {
    help: `copy it under another name: lazurite image copy oci:${folder}@${digest} REGISTRY/REPOSITORY:TAG`,
  });
}
