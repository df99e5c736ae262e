import { parseDigest, type Digest } from '../oci/digest.js';
import {
  DocumentError,
  isRecord,
  optionalStringArray,
  parseJsonObject,
  type JsonRecord,
} from '../oci/document.js';
import { parseRepositoryName, type RepositoryName } from '../oci/reference.js';
import { readAnswer } from './answer.js';
import { nextPage } from './next-page.js';
import { RemoteError, type RegistryInventory } from './registry-client.js';
import type { Session } from './session.js';

const MAX_PAGE_BYTES = 16 * 1024 * 1024;
const PAGE_SIZE = 1000;
/** A list that goes on for ever is no list. */
const MAX_PAGES = 10_000;

/** Reads the lists of a registry to their ends. */
export function createInventory(session: Session): RegistryInventory {
  return {
    async repositories(signal) {
      const path = `/v2/_catalog?n=${PAGE_SIZE}`;
      const names: RepositoryName[] = [];
      for await (const page of pages(session, { path, scope: 'registry:catalog:*', signal })) {
        for (const text of optionalStringArray(page, 'repositories', 'catalog') ?? []) {
          const name = parseRepositoryName(text);
          if (name === undefined) throw new DocumentError(`catalog: "${text}" is no repository`);
          names.push(name);
        }
      }
      return names;
    },
    async tags(repository, signal) {
      const path = `/v2/${repository}/tags/list?n=${PAGE_SIZE}`;
      const scope = `repository:${repository}:pull`;
      const tags: string[] = [];
      for await (const page of pages(session, { path, scope, signal })) {
        tags.push(...(optionalStringArray(page, 'tags', 'tag list') ?? []));
      }
      return tags;
    },
    async manifests(repository, signal) {
      const path = `/acr/v1/${repository}/_manifests?n=${PAGE_SIZE}`;
      const scope = `repository:${repository}:metadata_read`;
      const digests: Digest[] = [];
      try {
        for await (const page of pages(session, { path, scope, signal })) {
          digests.push(...entriesOf(page).map(digestOfEntry));
        }
      } catch (error) {
        if (isUnknownAddress(error)) return undefined;
        throw error;
      }
      return digests;
    },
  };
}

async function* pages(
  session: Session,
  list: { path: string; scope: string; signal: AbortSignal | undefined },
): AsyncGenerator<JsonRecord> {
  const { path, scope, signal } = list;
  let target: string | URL | undefined = path;
  for (let count = 0; target !== undefined; count++) {
    if (count === MAX_PAGES) throw new RemoteError('bad-content', `${path} does not end`);
    const response = await session.request({
      ...{ method: 'GET', target, asked: 'manifest', actions: 'pull', scope, signal },
    });
    const bytes = await readAnswer(response, MAX_PAGE_BYTES);
    yield parseJsonObject(bytes, path, MAX_PAGE_BYTES);
    target = nextPage(session, response);
  }
}

function entriesOf(page: JsonRecord): readonly unknown[] {
  const entries = page['manifests'];
  if (!Array.isArray(entries)) throw new DocumentError('manifest list: no "manifests"');
  return entries;
}

function digestOfEntry(entry: unknown): Digest {
  const text = isRecord(entry) ? entry['digest'] : undefined;
  const digest = typeof text === 'string' ? parseDigest(text) : undefined;
  if (digest === undefined) throw new DocumentError('manifest list: an entry has no digest');
  return digest;
}

/** Registries of other kinds have a web page there, or nothing. */
function isUnknownAddress(error: unknown): boolean {
  if (error instanceof DocumentError) return true;
  return error instanceof RemoteError && [400, 404, 405, 501].includes(error.status ?? 0);
}
