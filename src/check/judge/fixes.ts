import { formatPlatform, type Platform } from '../../oci/platform.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import { runnablePlatforms } from '../facts/runnable-platforms.js';
import type { FoundImage } from '../facts/image-facts.js';

/** Docker Hub's per-architecture copies of the official images; the plain name has every platform. */
const ARCHITECTURE_ORGANISATIONS =
  /^(?:amd64|arm32v[567]|arm64v8|i386|ppc64le|riscv64|s390x|winamd64)\/(.+)$/;

/** Registries whose images are made by others: nobody can push a platform there. */
const PUBLIC = new Set(['mcr.microsoft.com', 'registry.k8s.io', 'quay.io', 'gcr.io']);

/** The command that gives the image the platforms it lacks. */
export function buildCommand(image: FoundImage, missing: readonly Platform[]): string {
  const { reference } = image;
  const official = ARCHITECTURE_ORGANISATIONS.exec(reference.repository)?.[1];
  if (reference.registry === 'docker.io' && official !== undefined) {
    return `use the image of every platform instead: ${official}${reference.tag ? `:${reference.tag}` : ''}`;
  }
  if (isPublic(reference)) {
    return `lazurite image platforms ${shortName(reference)}   # pick a tag or an image that has ${names(missing)}`;
  }
  const present = image.kind === 'index' ? runnablePlatforms(image.entries) : own(image);
  const platforms = names([...present, ...missing]);
  return `docker buildx build --platform ${platforms} -t ${taggedName(reference)} --push .`;
}

/** The command that reads an image's layers, without a limit of time. */
export function verifyCommand({ reference }: FoundImage): string {
  return `lazurite image verify ${shortName(reference)}`;
}

function own({ platform }: FoundImage): Platform[] {
  return platform && platform.os !== '' ? [platform] : [];
}

function isPublic({ registry, repository }: Reference): boolean {
  return PUBLIC.has(registry) || (registry === 'docker.io' && repository.startsWith('library/'));
}

function names(platforms: readonly Platform[]): string {
  return [...new Set(platforms.map(formatPlatform))].join(',');
}

/** The name to push to: a digest can't be pushed to. */
export function taggedName({ registry, repository, tag }: Reference): string {
  return formatReference({ registry, repository, tag: tag ?? ('latest' as Reference['tag'] & {}) });
}

/** Without `docker.io/library/`, as people write it. */
export function shortName(reference: Reference): string {
  return formatReference(reference).replace(/^docker\.io\/(?:library\/)?/, '');
}

/** How one logs in to a registry. */
export function loginCommand(registry: string): string {
  const azure = /^([a-z0-9]+)\.azurecr\.io$/i.exec(registry)?.[1];
  return azure === undefined ? `docker login ${registry}` : `az acr login --name ${azure}`;
}
