import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, Failure } from '../../base/failure.js';
import { parseRepositoryName, type RepositoryName } from '../../oci/reference.js';

/** What an image layout itself keeps in its folder. */
const LAYOUT_ENTRIES = new Set(['blobs', 'index.json', 'oci-layout']);

/** Where a repository lies in an exported registry, e.g. `'backup/team/app'`. */
export function repositoryFolder(directory: string, repository: RepositoryName): string {
  return path.join(directory, ...repository.split('/'));
}

/** @throws Failure when a repository would lie among the files of another one's layout */
export function requireApart(repositories: readonly RepositoryName[]): void {
  const all = new Set<string>(repositories);
  for (const repository of repositories) {
    const parts = repository.split('/');
    const at = parts.findIndex(
      (part, depth) => LAYOUT_ENTRIES.has(part) && all.has(parts.slice(0, depth).join('/')),
    );
    if (at < 0) continue;
    throw new Failure(`${repository} cannot be exported beside ${parts.slice(0, at).join('/')}`, {
      why: `the layout of the second has a "${parts[at] ?? ''}" of its own in its folder`,
      help: 'export them into two folders with --repository',
    });
  }
}

/**
 * The repositories of an exported registry: every image layout below the folder, by name.
 *
 * @throws Failure when the folder is not there, is itself a layout, or holds a layout whose path is no name
 */
export async function findRepositories(directory: string): Promise<RepositoryName[]> {
  const found: RepositoryName[] = [];
  const walk = async (parts: readonly string[]): Promise<void> => {
    const folder = path.join(directory, ...parts);
    const isLayout = await exists(path.join(folder, 'oci-layout'));
    if (isLayout) found.push(requireRepository(parts, folder));
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const isOwn = isLayout && LAYOUT_ENTRIES.has(entry.name);
      if (entry.isDirectory() && !isOwn) await walk([...parts, entry.name]);
    }
  };
  await walk([]).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
    throw new Failure(`there is no folder ${directory}`, { cause: error });
  });
  return found.sort();
}

function requireRepository(parts: readonly string[], folder: string): RepositoryName {
  if (parts.length === 0) {
    throw new Failure(`${folder} is one image layout, not a folder of them`, {
      why: 'each repository of an export has a layout of its own below the folder',
      help: `copy its images one by one: lazurite image copy oci:${folder}:NAME REGISTRY/REPOSITORY:TAG`,
    });
  }
  const repository = parseRepositoryName(parts.join('/'));
  if (repository !== undefined) return repository;
  throw new Failure(`${parts.join('/')} is no name for a repository`, {
    why: `there is an image layout in ${folder}`,
    help: 'rename its folder: lower-case letters and digits, separated by ".", "_", "-" or "/"',
  });
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
