import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '../../base/logger.js';
import { BodyTooLargeError, readBody } from '../../http/body.js';
import type { HttpPlane } from '../../http/plane.js';
import { StorageFullError, storageError } from '../../storage/storage-error.js';
import {
  BlobTooLargeError,
  UnknownBlockError,
  type BlobFiles,
  type BlobProperties,
} from './blob-files.js';
import type { UrlSigner } from './signed-url.js';

/**
 * First path segment: clients take it for the storage account. Older ones look for an account, `.blob.` and the suffix
 * of a cloud at the start of the URL, and put the three together again: this name lets them.
 *
 * @see https://github.com/Azure/azure-cli/blob/azure-cli-2.45.0/src/azure-cli/azure/cli/command_modules/acr/_azure_utils.py
 */
export const BLOB_ACCOUNT = 'lazuritestore.blob.localhost';

export interface BlobPlaneOptions {
  files: BlobFiles;
  signer: UrlSigner;
  /** `x-ms-meta-…` of a blob, e.g. a finished log's `Complete`. */
  metadataOf: (blobName: string) => Promise<Record<string, string>>;
  logger: Logger;
}

/** The name of a blob: container, then a path without empty or dotted segments. */
const BLOB_NAME = /^[a-z0-9-]+(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;
const MAX_BLOCK_LIST_BYTES = 8 * 1024 * 1024;
const API_VERSION = '2022-11-02';

/**
 * The part of Azure's blob service that source uploads and log streams need: Put Blob, Put Block, Put
 * Block List, Get Blob with ranges and Get Blob Properties, by signed URL only.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export function createBlobPlane(options: BlobPlaneOptions): HttpPlane {
  return {
    name: 'blobs',
    async handle(request, response, url) {
      const prefix = `/${BLOB_ACCOUNT}/`;
      if (!url.pathname.startsWith(prefix)) return false;
      setCommonHeaders(request, response);
      try {
        const name = decodePath(url.pathname.slice(prefix.length));
        await new BlobExchange(options, request, response, url, name).answer();
      } catch (error) {
        answerFailure(response, error, options.logger);
      }
      return true;
    },
  };
}

function setCommonHeaders(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('x-ms-request-id', randomUUID());
  response.setHeader('x-ms-version', request.headers['x-ms-version'] ?? API_VERSION);
  const clientId = request.headers['x-ms-client-request-id'];
  if (typeof clientId === 'string') response.setHeader('x-ms-client-request-id', clientId);
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** A refusal in the blob service's terms. */
class BlobRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function answerFailure(response: ServerResponse, error: unknown, logger: Logger): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const refusal = toRefusal(error);
  if (refusal === undefined) logger.error({ error }, 'blob request failed');
  const { status, code, message } =
    refusal ?? new BlobRefusal(500, 'InternalError', 'The server encountered an internal error.');
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, {
    'Content-Type': 'application/xml',
    'x-ms-error-code': code,
    'Content-Length': Buffer.byteLength(body),
    ...(status === 413 && { Connection: 'close' }),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function toRefusal(error: unknown): BlobRefusal | undefined {
  if (error instanceof BlobRefusal) return error;
  if (error instanceof BlobTooLargeError || error instanceof BodyTooLargeError) {
    return new BlobRefusal(413, 'RequestBodyTooLarge', error.message);
  }
  if (storageError(error) instanceof StorageFullError) {
    return new BlobRefusal(507, 'InsufficientStorage', 'The disk of the home folder is full.');
  }
  return error instanceof UnknownBlockError
    ? new BlobRefusal(400, 'InvalidBlockList', error.message)
    : undefined;
}

class BlobExchange {
  readonly #options: BlobPlaneOptions;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #url: URL;
  readonly #name: string;

  constructor(
    options: BlobPlaneOptions,
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    name: string,
  ) {
    this.#options = options;
    this.#request = request;
    this.#response = response;
    this.#url = url;
    this.#name = name;
  }

  async answer(): Promise<void> {
    if (!BLOB_NAME.test(this.#name)) throw notFound();
    switch (this.#request.method) {
      case 'PUT':
        this.#authorize('w');
        return this.#put();
      case 'GET':
      case 'HEAD':
        this.#authorize('r');
        return this.#get();
      default:
        throw new BlobRefusal(
          405,
          'UnsupportedHttpVerb',
          'The resource does not support this verb.',
        );
    }
  }

  #authorize(needed: 'r' | 'w'): void {
    if (this.#options.signer.allows(this.#url.pathname, this.#url.searchParams, needed)) return;
    throw new BlobRefusal(
      403,
      'AuthenticationFailed',
      'Server failed to authenticate the request. The signed URL is wrong, expired, or for something else.',
    );
  }

  async #put(): Promise<void> {
    const { files } = this.#options;
    const operation = this.#url.searchParams.get('comp');
    if (operation === 'block') {
      await files.writeBlock(this.#name, this.#blockId(), this.#request);
    } else if (operation === 'blocklist') {
      const list = await readBody(this.#request, MAX_BLOCK_LIST_BYTES);
      await files.commitBlocks(this.#name, parseBlockList(list.toString('utf8')));
    } else if (operation === null) await files.write(this.#name, this.#request);
    else
      throw new BlobRefusal(
        501,
        'NotImplemented',
        `comp=${encodeURIComponent(operation)} is not implemented by Lazurite.`,
      );
    const properties = await files.properties(this.#name);
    this.#response.writeHead(201, {
      'Content-Length': 0,
      'x-ms-request-server-encrypted': 'true',
      ...(properties && propertyHeaders(properties)),
    });
    this.#response.end();
  }

  #blockId(): string {
    const id = this.#url.searchParams.get('blockid') ?? '';
    if (id !== '' && id.length <= 128) return id;
    throw new BlobRefusal(400, 'InvalidQueryParameterValue', 'blockid is missing or too long.');
  }

  async #get(): Promise<void> {
    const { files, metadataOf } = this.#options;
    // The metadata first: when it says that a log is complete, the size read after includes its end.
    const metadata = await metadataOf(this.#name);
    const properties = await files.properties(this.#name);
    if (properties === undefined) throw notFound();
    const header = this.#request.headers['x-ms-range'] ?? this.#request.headers.range;
    const range = parseRange(typeof header === 'string' ? header : undefined, properties.size);
    const { first, last } = range ?? { first: 0, last: properties.size - 1 };
    this.#response.writeHead(range ? 206 : 200, {
      ...propertyHeaders(properties),
      ...Object.fromEntries(
        Object.entries(metadata).map(([key, value]) => [`x-ms-meta-${key}`, value]),
      ),
      'x-ms-blob-type': 'BlockBlob',
      'Accept-Ranges': 'bytes',
      'Content-Type': 'application/octet-stream',
      'Content-Length': last - first + 1,
      ...(range && { 'Content-Range': `bytes ${first}-${last}/${properties.size}` }),
    });
    if (this.#request.method === 'HEAD' || properties.size === 0) this.#response.end();
    else await pipeline(files.read(this.#name, { first, last }), this.#response);
  }
}

function notFound(): BlobRefusal {
  return new BlobRefusal(404, 'BlobNotFound', 'The specified blob does not exist.');
}

function propertyHeaders({ lastModified, etag }: BlobProperties): Record<string, string> {
  return { ETag: etag, 'Last-Modified': lastModified.toUTCString() };
}

/** `bytes=first-last` or `bytes=first-`; a last byte beyond the end means the end. */
function parseRange(
  header: string | undefined,
  size: number,
): { first: number; last: number } | undefined {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Math.min(match[2] ? Number(match[2]) : size - 1, size - 1);
  if (first > last) {
    throw new BlobRefusal(
      416,
      'InvalidRange',
      'The range specified is invalid for the current size of the resource.',
    );
  }
  return { first, last };
}

function parseBlockList(xml: string): string[] {
  const ids = [...xml.matchAll(/<(Latest|Uncommitted|Committed)>([^<]{1,128})<\/\1>/g)];
  if (!xml.includes('<BlockList')) {
    throw new BlobRefusal(400, 'InvalidXmlDocument', 'The body is not a block list.');
  }
  return ids.map((match) => (match[2] ?? '').trim());
}
