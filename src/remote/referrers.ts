import type { Descriptor } from '../oci/descriptor.js';
import { DocumentError } from '../oci/document.js';
import { MAX_MANIFEST_BYTES, parseManifest } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { readAnswer } from './answer.js';
import { nextPage } from './next-page.js';
import { RemoteError } from './registry-client.js';
import type { Session } from './session.js';
import type { HttpResponse } from './transport.js';

/** A list that goes on for ever is no list. */
const MAX_PAGES = 100;
const MAX_REFERRERS = 20_000;
/** How registries answer that have never heard of referrers. */
const UNSUPPORTED_STATUS = new Set([400, 404, 405, 501]);

/**
 * Lists what names a subject, page by page.
 *
 * @returns undefined when the registry has no such list
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function listReferrers(
  session: Session,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Descriptor[] | undefined> {
  const found: Descriptor[] = [];
  let target: string | URL | undefined = path;
  for (let page = 0; target !== undefined; page++) {
    if (page >= MAX_PAGES || found.length > MAX_REFERRERS) {
      throw new RemoteError('bad-content', `the list of referrers at ${path} does not end`);
    }
    const response = await getPage(session, target, signal);
    if (response === undefined) return undefined;
    found.push(...(await readPage(response)));
    target = nextPage(session, response);
  }
  return found;
}

async function getPage(
  session: Session,
  target: string | URL,
  signal: AbortSignal | undefined,
): Promise<HttpResponse | undefined> {
  try {
    const headers = { Accept: MEDIA_TYPE.ociIndex };
    const response = await session.request({
      ...{ method: 'GET', target, headers, asked: 'manifest', actions: 'pull', signal },
    });
    if ((response.headers['content-type'] ?? '').startsWith(MEDIA_TYPE.ociIndex)) return response;
    response.body.destroy(); // a web page at an unknown address
    return undefined;
  } catch (error) {
    const status = error instanceof RemoteError ? error.status : undefined;
    if (status !== undefined && UNSUPPORTED_STATUS.has(status)) return undefined;
    throw error;
  }
}

async function readPage(response: HttpResponse): Promise<Descriptor[]> {
  const bytes = await readAnswer(response, MAX_MANIFEST_BYTES);
  try {
    const parsed = parseManifest(bytes, MEDIA_TYPE.ociIndex);
    return parsed.kind === 'index' ? parsed.index.manifests : [];
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new RemoteError('bad-content', `list of referrers: ${error.message}`, { cause: error });
  }
}
