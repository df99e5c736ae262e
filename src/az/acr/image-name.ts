import { AzError } from '../az-error.js';

/** `app:v1`, `app@sha256:…` or `app` (which means `app:latest`). */
export type ImageName =
  | { repository: string; tag: string; digest?: undefined }
  | { repository: string; digest: string; tag?: undefined };

/** @throws AzError for anything else */
export function parseImageName(text: string): ImageName {
  const [beforeAt, digest, ...more] = text.split('@');
  if (beforeAt && digest && more.length === 0) return { repository: beforeAt, digest };
  if (!text.includes('@')) {
    const [repository, tag, ...rest] = text.split(':');
    if (repository && tag && rest.length === 0) return { repository, tag };
    if (repository && tag === undefined) return { repository, tag: 'latest' };
  }
  throw new AzError(
    "The name of the image may include a tag in the format 'name:tag' or digest in the format 'name@digest'.",
  );
}
