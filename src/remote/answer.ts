import { isRecord } from '../oci/document.js';
import { RemoteError, type RemoteErrorKind } from './registry-client.js';
import type { HttpResponse } from './transport.js';

/** An error page is read this far; the rest is not worth the wait. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Reads a body into memory.
 *
 * @throws RemoteError `bad-content` above `limit` bytes.
 */
export async function readAnswer(response: HttpResponse, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      response.body.destroy();
      throw new RemoteError('bad-content', `the answer is larger than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const KIND_BY_CODE: Readonly<Record<string, RemoteErrorKind>> = {
  MANIFEST_UNKNOWN: 'manifest-unknown',
  NAME_UNKNOWN: 'name-unknown',
  BLOB_UNKNOWN: 'blob-unknown',
  UNAUTHORIZED: 'unauthorized',
  DENIED: 'denied',
  TOOMANYREQUESTS: 'rate-limited',
};

const KIND_BY_STATUS: Readonly<Record<number, RemoteErrorKind>> = {
  401: 'unauthorized',
  403: 'denied',
  429: 'rate-limited',
};

/** What was asked for decides what a 404 without a body means. */
export type Asked = 'manifest' | 'blob' | 'upload' | 'token';

/**
 * Turns an answer that is not a success into a `RemoteError`. Its message has the shape of
 * go-containerregistry's: `GET https://host/v2/…: MANIFEST_UNKNOWN: manifest unknown`.
 */
export async function refusal(
  request: { method: string; url: URL },
  response: HttpResponse,
  asked: Asked,
): Promise<RemoteError> {
  const first = await firstError(response);
  const kind = kindOf(first?.code, response.status, asked);
  const words = first
    ? [first.code, first.message].filter((part) => part !== undefined).join(': ')
    : `unexpected status code ${response.status} ${response.body.statusMessage ?? ''}`.trim();
  const shown = `${request.url.origin}${request.url.pathname}`;
  return new RemoteError(kind, `${request.method} ${shown}: ${words}`, {
    status: response.status,
    ...(first?.code !== undefined && { code: first.code }),
    ...(first?.message !== undefined && { registryMessage: first.message }),
    ...(first?.detail !== undefined && { detail: first.detail }),
    ...retryAfter(response),
  });
}

/**
 * How long the server asked to be left alone, as seconds or as a date.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfter(response: HttpResponse): { retryAfterMs?: number } {
  const header = response.headers['retry-after'];
  if (header === undefined || header.trim() === '') return {};
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return { retryAfterMs: Math.max(0, seconds * 1000) };
  const date = Date.parse(header);
  return Number.isNaN(date) ? {} : { retryAfterMs: Math.max(0, date - Date.now()) };
}

function kindOf(code: string | undefined, status: number, asked: Asked): RemoteErrorKind {
  const byCode = code === undefined ? undefined : KIND_BY_CODE[code];
  if (byCode) return byCode;
  if (status === 404 && asked === 'manifest') return 'manifest-unknown';
  if (status === 404 && asked === 'blob') return 'blob-unknown';
  return KIND_BY_STATUS[status] ?? 'unexpected';
}

interface RegistryErrorBody {
  code?: string;
  message?: string;
  detail?: unknown;
}

/** The first of `{"errors":[…]}`, or an OAuth2 error of a token server. */
async function firstError(response: HttpResponse): Promise<RegistryErrorBody | undefined> {
  let document: unknown;
  try {
    document = JSON.parse((await readAnswer(response, MAX_ERROR_BYTES)).toString('utf8'));
  } catch {
    return undefined; // HTML, an empty body of a HEAD, a dropped connection: the status has to do
  }
  if (!isRecord(document)) return undefined;
  const errors = document['errors'];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (isRecord(first)) {
    return {
      ...textField(first, 'code', 'code'),
      ...textField(first, 'message', 'message'),
      ...('detail' in first && { detail: first['detail'] }),
    };
  }
  const oauth = textField(document, 'error', 'code');
  if (!oauth.code) return undefined;
  return { ...oauth, ...textField(document, 'error_description', 'message') };
}

function textField<K extends string>(
  record: Readonly<Record<string, unknown>>,
  from: string,
  to: K,
): Partial<Record<K, string>> {
  const value = record[from];
  const result: Partial<Record<K, string>> = {};
  if (typeof value === 'string') result[to] = value;
  return result;
}
