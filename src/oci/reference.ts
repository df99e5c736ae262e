import { parseDigest, type Digest } from './digest.js';

declare const brand: unique symbol;

/** `'team/app'`: path components of lower-case letters, digits and separators. */
export type RepositoryName = string & { readonly [brand]: 'RepositoryName' };
/** `'v1.0'`: at most 128 characters. */
export type Tag = string & { readonly [brand]: 'Tag' };

/** A name an image is pulled by. At least one of `tag` and `digest` is set; the digest wins. */
export interface Reference {
  /** Host with optional port, e.g. `'localhost:5001'`, `'docker.io'`. */
  registry: string;
  repository: RepositoryName;
  tag?: Tag;
  digest?: Digest;
}

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests */
const REPOSITORY =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
/** A host name, an IPv4 address or a bracketed IPv6 one, with an optional port. */
const REGISTRY =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
/** Registries count `host/name` against 255 characters; the name alone may use them all. */
const MAX_REPOSITORY_LENGTH = 255;

export function parseRepositoryName(text: string): RepositoryName | undefined {
  return text.length <= MAX_REPOSITORY_LENGTH && REPOSITORY.test(text)
    ? (text as RepositoryName)
    : undefined;
}

export function parseTag(text: string): Tag | undefined {
  return TAG.test(text) ? (text as Tag) : undefined;
}

/**
 * Parses what people type after `docker pull`: `alpine`, `team/app:v1`, `localhost:5001/a/b@sha256:…`.
 * A name without a registry belongs to Docker Hub, and a one-component one to its `library/`;
 * without tag and digest the tag is `latest`.
 *
 * @returns undefined when the text is no reference (upper-case repository, empty tag, bad digest, …).
 * @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go
 */
export function parseReference(text: string): Reference | undefined {
  const { head: beforeDigest, tail: digestText } = splitLast(text, '@');
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (digestText !== undefined && digest === undefined) return undefined;

  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  const tag = hasTag ? parseTag(beforeDigest.slice(colon + 1)) : undefined;
  if (hasTag && tag === undefined) return undefined;

  const { registry, path } = splitRegistry(hasTag ? beforeDigest.slice(0, colon) : beforeDigest);
  const repository = parseRepositoryName(path);
  if (repository === undefined || !isRegistry(registry)) return undefined;
  const implied = tag ?? (digest ? undefined : ('latest' as Tag));
  return { registry, repository, ...(implied && { tag: implied }), ...(digest && { digest }) };
}

/** The canonical text, e.g. `'docker.io/library/alpine:latest'`. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag ? `:${reference.tag}` : '';
  const digest = reference.digest ? `@${reference.digest}` : '';
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

function splitLast(text: string, separator: string): { head: string; tail?: string } {
  const at = text.lastIndexOf(separator);
  return at < 0 ? { head: text } : { head: text.slice(0, at), tail: text.slice(at + 1) };
}

/** A port above 65535 can never answer. */
function isRegistry(text: string): boolean {
  return REGISTRY.test(text) && Number(/:(\d+)$/.exec(text)?.[1] ?? 0) <= 65_535;
}

/** The first component is a registry when it holds a dot or a colon, is `localhost`, or has upper case. */
function splitRegistry(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  if (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()) {
    const registry = first.toLowerCase() === 'index.docker.io' ? 'docker.io' : first;
    const rest = name.slice(slash + 1);
    return {
      registry,
      path: registry === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest,
    };
  }
  return { registry: 'docker.io', path: slash < 0 ? `library/${name}` : name };
}
