import type { RepositoryAction } from './registry-host.js';

/** What a bearer token or a user may do with one kind of thing, in the words of token scopes. */
export interface AccessEntry {
  type: 'repository' | 'registry';
  /** e.g. `'team/app'`, or `'catalog'`; a repository may end in `*`. */
  name: string;
  /** e.g. `['pull', 'push']`; `*` is all. */
  actions: string[];
}

/** What a request needs. */
export interface NeededAccess {
  type: 'repository' | 'registry';
  name: string;
  actions: readonly string[];
}

/** Whoever sends a request. */
export interface Identity {
  /** For logs and webhooks, e.g. `'acrlabacr'`. */
  name: string;
  access: readonly AccessEntry[];
  /** Showed no credentials. */
  isAnonymous?: boolean;
  /**
   * Whether blobs may be taken over from every repository of the registry: a token names only the one
   * that is pushed to, and a client that mounts without saying from where cannot ask for more.
   */
  mountsFromAnywhere?: boolean;
}

export const FULL_ACCESS: readonly AccessEntry[] = [
  { type: 'repository', name: '*', actions: ['*'] },
  { type: 'registry', name: 'catalog', actions: ['*'] },
  { type: 'registry', name: 'deleted_catalog', actions: ['*'] },
];

/** What pulling needs and no more. */
export const PULL_ACCESS: readonly AccessEntry[] = [
  { type: 'repository', name: '*', actions: ['pull', 'metadata_read'] },
];

/** Scope maps speak of `content/read`, token scopes of `pull`. */
export const SCOPE_ACTION: Readonly<Record<RepositoryAction, string>> = {
  'content/read': 'pull',
  'content/write': 'push',
  'content/delete': 'delete',
  'metadata/read': 'metadata_read',
  'metadata/write': 'metadata_write',
};

/** All that `*` means for a repository. */
const REPOSITORY_ACTIONS = [
  'pull',
  'push',
  'delete',
  'metadata_read',
  'metadata_write',
  'deleted_read',
  'deleted_restore',
];

export function mayPullAnything(access: readonly AccessEntry[]): boolean {
  return access.some(
    (entry) => entry.type === 'repository' && entry.name === '*' && covers(entry, entry, 'pull'),
  );
}

export function isAllowed(access: readonly AccessEntry[], needed: NeededAccess): boolean {
  return needed.actions.every((action) => access.some((entry) => covers(entry, needed, action)));
}

/** The part of what was asked that is allowed; undefined when nothing is. */
export function grant(access: readonly AccessEntry[], asked: AccessEntry): AccessEntry | undefined {
  const wanted = asked.actions.flatMap((action) =>
    action === '*' && asked.type === 'repository' ? REPOSITORY_ACTIONS : [action],
  );
  const actions = wanted.filter((action) => access.some((entry) => covers(entry, asked, action)));
  return actions.length === 0 ? undefined : { ...asked, actions: [...new Set(actions)] };
}

function covers(
  entry: AccessEntry,
  { type, name }: { type: string; name: string },
  action: string,
): boolean {
  if (entry.type !== type || !matchesName(entry.name, name)) return false;
  return entry.actions.includes('*') || entry.actions.includes(action);
}

function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/**
 * Parses `repository:team/app:pull,push` (also several, space-separated).
 * What is malformed is left out, as other registries do.
 *
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/scope.md
 */
export function parseScopes(text: string): AccessEntry[] {
  return text.split(' ').flatMap((scope) => {
    const first = scope.indexOf(':');
    const last = scope.lastIndexOf(':');
    if (first <= 0 || last <= first) return [];
    const type = scope.slice(0, first).replace(/\(.*\)$/, '');
    if (type !== 'repository' && type !== 'registry') return [];
    const actions = scope.slice(last + 1).split(',');
    return [{ type, name: scope.slice(first + 1, last), actions: actions.filter(Boolean) }];
  });
}

export function formatScope({ type, name, actions }: NeededAccess): string {
  return `${type}:${name}:${actions.join(',')}`;
}
