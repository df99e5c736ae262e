/** An address, split but not judged: names and references are as sent, percent-decoded. */
export type Route =
  | { kind: 'base' }
  | { kind: 'catalog' }
  | { kind: 'manifest'; repository: string; reference: string }
  | { kind: 'blob'; repository: string; digest: string }
  | { kind: 'uploads'; repository: string }
  | { kind: 'upload'; repository: string; id: string }
  | { kind: 'tags'; repository: string }
  | { kind: 'referrers'; repository: string; digest: string }
  | { kind: 'acr-catalog' }
  | { kind: 'acr-repository'; repository: string }
  | { kind: 'acr-tags'; repository: string }
  | { kind: 'acr-tag'; repository: string; tag: string }
  | { kind: 'acr-manifests'; repository: string }
  | { kind: 'acr-manifest'; repository: string; digest: string }
  | { kind: 'acr-deleted-catalog' }
  | { kind: 'acr-deleted-manifests'; repository: string }
  | { kind: 'acr-deleted-manifest'; repository: string; digest: string }
  | { kind: 'acr-deleted-tags'; repository: string }
  | { kind: 'token' }
  | { kind: 'exchange' }
  | { kind: 'metrics' };

export type RouteKind = Route['kind'];

const FIXED: Readonly<Record<string, Route>> = {
  '/v2': { kind: 'base' },
  '/v2/': { kind: 'base' },
  '/v2/_catalog': { kind: 'catalog' },
  '/acr/v1/_catalog': { kind: 'acr-catalog' },
  '/acr/v1/_deleted/_catalog': { kind: 'acr-deleted-catalog' },
  '/oauth2/token': { kind: 'token' },
  '/oauth2/exchange': { kind: 'exchange' },
  '/metrics': { kind: 'metrics' },
};

/**
 * Finds what a path means. Repository names have slashes, and may hold words like `blobs` themselves,
 * so a path is read from its end.
 *
 * @returns undefined when the path is none of the registry's
 */
export function parseRoute(path: string): Route | undefined {
  const fixed = FIXED[path];
  if (fixed !== undefined) return fixed;
  if (path.startsWith('/v2/')) return parseDistribution(path);
  if (path.startsWith('/acr/v1/_deleted/')) return parseDeleted(path.slice(17));
  if (path.startsWith('/acr/v1/')) return parseAcr(path.slice(8));
  return undefined;
}

function parseDistribution(path: string): Route | undefined {
  const lastSlash = path.lastIndexOf('/');
  const nounSlash = path.lastIndexOf('/', lastSlash - 1);
  if (nounSlash < 4) return undefined;
  const noun = path.slice(nounSlash + 1, lastSlash);
  const last = decode(path.slice(lastSlash + 1));
  const repository = decode(path.slice(4, nounSlash));
  switch (noun) {
    case 'manifests':
      return { kind: 'manifest', repository, reference: last };
    case 'blobs':
      return last === 'uploads'
        ? { kind: 'uploads', repository }
        : { kind: 'blob', repository, digest: last };
    case 'uploads':
      return parseUpload(path.slice(4, nounSlash), last);
    case 'tags':
      return last === 'list' ? { kind: 'tags', repository } : undefined;
    case 'referrers':
      return { kind: 'referrers', repository, digest: last };
    default:
      return undefined;
  }
}

function parseUpload(head: string, id: string): Route | undefined {
  if (!head.endsWith('/blobs')) return undefined;
  const repository = decode(head.slice(0, -'/blobs'.length));
  return id === '' ? { kind: 'uploads', repository } : { kind: 'upload', repository, id };
}

function parseAcr(rest: string): Route | undefined {
  const parts = splitNoun(rest, ['_tags', '_manifests']);
  if (parts === undefined) return { kind: 'acr-repository', repository: decode(rest) };
  const { repository, noun, item } = parts;
  if (noun === '_tags') {
    return item === undefined
      ? { kind: 'acr-tags', repository }
      : { kind: 'acr-tag', repository, tag: item };
  }
  return item === undefined
    ? { kind: 'acr-manifests', repository }
    : { kind: 'acr-manifest', repository, digest: item };
}

function parseDeleted(rest: string): Route | undefined {
  const parts = splitNoun(rest, ['_tags', '_manifests']);
  if (parts === undefined) return undefined;
  const { repository, noun, item } = parts;
  if (noun === '_tags') {
    return item === undefined ? { kind: 'acr-deleted-tags', repository } : undefined;
  }
  return item === undefined
    ? { kind: 'acr-deleted-manifests', repository }
    : { kind: 'acr-deleted-manifest', repository, digest: item };
}

function splitNoun(rest: string, nouns: readonly string[]) {
  for (const noun of nouns) {
    const at = rest.lastIndexOf(`/${noun}`);
    if (at < 0) continue;
    const tail = rest.slice(at + noun.length + 1);
    if (tail !== '' && !tail.startsWith('/')) continue;
    const item = tail.length > 1 ? decode(tail.slice(1)) : undefined;
    return { repository: decode(rest.slice(0, at)), noun, item };
  }
  return undefined;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % is in no name; the parser of names refuses it
  }
}
