import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AzError } from '../az-error.js';
import type { HttpResponse, Transport } from '../transport.js';

/** What one request carries, and what of the blob is in memory. */
const BLOCK_BYTES = 8 * 1024 * 1024;

/**
 * Puts a blob whose length is not known before: at once when it fits one request, else block by block.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/put-block
 */
export class BlobUpload {
  readonly #http: Transport;
  readonly #url: string;

  /** @param url signed, e.g. `'https://…/source/202611260000/….tar.gz?sv=…&sig=…'` */
  constructor(http: Transport, url: string) {
    this.#http = http;
    this.#url = url;
  }

  /** @returns its bytes @throws AzError, or what reading the content throws */
  async send(content: Readable): Promise<number> {
    const ids: string[] = [];
    let size = 0;
    let waiting: Buffer | undefined;
    for await (const block of blocksOf(content)) {
      if (waiting) ids.push(await this.#putBlock(ids.length, waiting));
      waiting = block;
      size += block.length;
    }
    const last = waiting ?? Buffer.alloc(0);
    if (ids.length === 0) await this.#put('', last, { 'x-ms-blob-type': 'BlockBlob' });
    else {
      ids.push(await this.#putBlock(ids.length, last));
      const list = ids.map((id) => `<Latest>${id}</Latest>`).join('');
      const xml = `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`;
      await this.#put('&comp=blocklist', Buffer.from(xml));
    }
    return size;
  }

  async #putBlock(number: number, block: Buffer): Promise<string> {
    // Ids must have one length and be base64.
    const id = Buffer.from(String(number).padStart(6, '0')).toString('base64');
    await this.#put(`&comp=block&blockid=${encodeURIComponent(id)}`, block);
    return id;
  }

  async #put(query: string, body: Buffer, headers: Record<string, string> = {}): Promise<void> {
    const response = await this.#http.send({
      method: 'PUT',
      url: `${this.#url}${query}`,
      headers: {
        ...headers,
        'x-ms-version': '2025-05-05',
        'x-ms-date': new Date().toUTCString(),
        'x-ms-client-request-id': randomUUID(),
        'content-type': 'application/octet-stream',
        accept: 'application/xml',
      },
      body,
    });
    if (response.status !== 201) throw refused(response);
  }
}

function refused({ status, reason, body }: HttpResponse): AzError {
  const why = /<Message>([^<]*)<\/Message>/.exec(body.toString('utf8'))?.[1];
  const words = [`The context could not be uploaded: ${status} ${reason}`, ...(why ? [why] : [])];
  return new AzError(words.join(': '));
}

async function* blocksOf(content: Readable): AsyncGenerator<Buffer, void> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of content as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length < BLOCK_BYTES) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(pieces);
}
