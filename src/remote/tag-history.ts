import { parseDigest } from '../oci/digest.js';
import { DocumentError, isRecord, parseJsonObject, type JsonRecord } from '../oci/document.js';
import { MAX_MANIFEST_BYTES } from '../oci/manifest.js';
import { readAnswer } from './answer.js';
import { RemoteError, type TagHistory, type UntaggedManifest } from './registry-client.js';
import type { Session } from './session.js';

const MAX_MANIFESTS = 200;

/**
 * Asks Container Registry's own API about a tag.
 *
 * @returns undefined when the registry has no such API, or does not let these credentials use it
 * @throws RemoteError when it can't be reached, or answers with something else
 */
export async function readTagHistory(
  session: Session,
  repository: string,
  tag: string,
  signal?: AbortSignal,
): Promise<TagHistory | undefined> {
  try {
    const shown = await getJson(session, `/acr/v1/${repository}/_tags/${tag}`, signal);
    const attributes = isRecord(shown['tag']) ? shown['tag'] : {};
    const query = `n=${MAX_MANIFESTS}&orderby=timedesc`;
    const listed = await getJson(session, `/acr/v1/${repository}/_manifests?${query}`, signal);
    return {
      createdTime: timeOf(attributes, 'createdTime'),
      lastUpdateTime: timeOf(attributes, 'lastUpdateTime'),
      untagged: untaggedOf(listed['manifests']),
    };
  } catch (error) {
    if (error instanceof DocumentError) {
      throw new RemoteError('bad-content', error.message, { cause: error });
    }
    const hasNone =
      error instanceof RemoteError &&
      error.status !== undefined &&
      error.status >= 400 &&
      error.status < 500;
    if (hasNone) return undefined;
    throw error;
  }
}

async function getJson(
  session: Session,
  target: string,
  signal: AbortSignal | undefined,
): Promise<JsonRecord> {
  const response = await session.request({
    method: 'GET',
    target,
    asked: 'manifest',
    actions: 'metadata_read',
    signal,
  });
  const bytes = await readAnswer(response, MAX_MANIFEST_BYTES);
  return parseJsonObject(bytes, 'attributes', MAX_MANIFEST_BYTES);
}

function timeOf(record: JsonRecord, field: string): string {
  const value = record[field];
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) {
    throw new DocumentError(`attributes.${field} is not a time`);
  }
  return value;
}

function untaggedOf(manifests: unknown): UntaggedManifest[] {
  if (!Array.isArray(manifests)) throw new DocumentError('attributes.manifests is not a list');
  return manifests.filter(isRecord).flatMap((manifest) => {
    const { digest: text, mediaType, tags } = manifest;
    const digest = typeof text === 'string' ? parseDigest(text) : undefined;
    const tagged = Array.isArray(tags) && tags.length > 0;
    if (digest === undefined || typeof mediaType !== 'string' || tagged) return [];
    return [{ digest, mediaType, createdTime: timeOf(manifest, 'createdTime') }];
  });
}
