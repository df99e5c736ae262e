import { Failure } from '../base/failure.js';
import type { Mirror } from '../mirror/mirror.js';
import { answering, type LocalEndpoints } from './local-api.js';

/** What `lazurite mirror` asks for. */
export function mirrorEndpoints(mirror: Mirror): LocalEndpoints {
  return {
    '/lazurite/mirror': {
      GET: answering(() => mirror.list()),
      DELETE: answering(({ url }) => mirror.remove(requireQuery(url, 'reference'))),
    },
  };
}

function requireQuery(url: URL, name: string): string {
  const value = url.searchParams.get(name);
  if (value !== null && value !== '') return value;
  throw new Failure(`the query has no "${name}"`, { exitCode: 2 });
}
