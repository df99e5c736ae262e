import type { RepositoryName } from '../../oci/reference.js';
import type { RepositoryClient } from '../../remote/registry-client.js';

export interface FetchOptions {
  /** A new directory is made in it; its owner removes it. */
  directory: string;
  /** For private repositories, e.g. a personal access token. */
  token?: string | undefined;
  /** For artifacts of registries, which are refused when absent. */
  openRepository?: (registry: string, repository: RepositoryName) => RepositoryClient;
  signal?: AbortSignal | undefined;
}

/** A source that was fetched. */
export interface FetchedSource {
  /** Its root, or the folder of it that was asked for. */
  directory: string;
  /** Of a git repository, e.g. `'0f3c…'`. */
  commit?: string;
  branch?: string;
}
