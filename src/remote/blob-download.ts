import { Readable } from 'node:stream';
import { parseContentRange } from '../http/byte-range.js';
import type { Descriptor } from '../oci/descriptor.js';
import { RemoteError } from './registry-client.js';
import type { Session } from './session.js';
import { networkError, type HttpResponse } from './transport.js';
import { verifyContent } from './verified-stream.js';

/** A transfer that breaks goes on where it stopped, but not for ever. */
const MAX_RESUMES = 8;

export interface BlobRequest {
  session: Session;
  /** Path of the blob under the endpoint. */
  target: string;
  descriptor: Descriptor;
  signal: AbortSignal | undefined;
}

/** Opens a blob: verified while it flows, and continued by range requests when the connection breaks. */
export async function openBlob(request: BlobRequest): Promise<Readable> {
  const first = await get(request, 0);
  requireDeclaredLength(first, request.descriptor);
  return new BlobDownload(request, first).stream();
}

/** A body that is announced longer than the blob is not read at all. */
function requireDeclaredLength(response: HttpResponse, descriptor: Descriptor): void {
  const declared = Number(response.headers['content-length'] ?? descriptor.size);
  if (declared <= descriptor.size || response.headers['content-encoding'] !== undefined) return;
  response.body.destroy();
  throw new RemoteError(
    'bad-content',
    `blob ${descriptor.digest} is announced with ${declared} bytes instead of ${descriptor.size}`,
  );
}

async function get({ session, target, signal }: BlobRequest, from: number): Promise<HttpResponse> {
  return session.request({
    method: 'GET',
    target,
    ...(from > 0 && { headers: { Range: `bytes=${from}-` } }),
    asked: 'blob',
    actions: 'pull',
    signal,
  });
}

class BlobDownload {
  readonly #request: BlobRequest;
  #response: HttpResponse;
  #received = 0;
  /** Bytes to come that were received before. */
  #repeated = 0;
  #resumes = 0;

  constructor(request: BlobRequest, first: HttpResponse) {
    this.#request = request;
    this.#response = first;
    // An error between two reads is seen by the next one.
    first.body.on('error', () => undefined);
  }

  stream(): Readable {
    const verified = verifyContent(this.#request.descriptor);
    const source = Readable.from(this.#chunks(), { objectMode: false });
    source.on('error', (error) => verified.destroy(error));
    verified.on('close', () => {
      this.#response.body.destroy();
      source.destroy();
    });
    // A failure before anyone reads must not end the process; whoever reads later still gets it.
    verified.on('error', () => undefined);
    return source.pipe(verified);
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      try {
        for await (const chunk of this.#response.body as AsyncIterable<Buffer>) {
          const fresh = chunk.subarray(this.#repeated);
          this.#repeated -= chunk.length - fresh.length;
          this.#received += fresh.length;
          if (fresh.length > 0) yield fresh;
        }
        return;
      } catch (error) {
        await this.#resume(error);
      }
    }
  }

  async #resume(error: unknown): Promise<void> {
    const { signal, descriptor } = this.#request;
    if (signal?.aborted || isAbort(error)) throw error;
    const broken = networkError(error, new URL('http://registry'));
    if (this.#received >= descriptor.size || ++this.#resumes > MAX_RESUMES) throw broken;
    this.#response = await get(this.#request, this.#received);
    this.#response.body.on('error', () => undefined);
    this.#repeated = this.#received - this.#start();
    if (this.#repeated >= 0) return;
    throw new RemoteError('bad-content', `blob ${descriptor.digest} continues at another place`);
  }

  /** Where the answer begins: a registry without ranges sends everything again. */
  #start(): number {
    if (this.#response.status !== 206) return 0;
    const range = parseContentRange(this.#response.headers['content-range'] ?? '');
    return range?.first ?? Infinity;
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && /^(?:AbortError|TimeoutError)$/.test(error.name);
}
