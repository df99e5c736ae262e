import type { IncomingMessage, ServerResponse } from 'node:http';

/** Control-plane bodies are small; a template of 4 MiB is Azure's own limit. */
export const MAX_CONTROL_BODY_BYTES = 4 * 1024 * 1024;

export class BodyTooLargeError extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`request body is larger than ${limit} bytes`);
    this.name = 'BodyTooLargeError';
    this.limit = limit;
  }
}

/** A body that nobody wants is let in up to here, so that a client that is still sending sees the answer. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;
const MAX_DISCARD_MS = 10_000;
const discarding = new WeakSet<IncomingMessage>();

/**
 * Lets the rest of a body go by, and hangs up when that takes too long. To be called with the answer, or before
 * it: closed at once, the connection would take the answer with it.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed || discarding.has(request)) return;
  discarding.add(request);
  const { socket } = request;
  let discarded = 0;
  const giveUp = (): void => {
    socket.destroy();
  };
  const timer = setTimeout(giveUp, MAX_DISCARD_MS);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MAX_DISCARDED_BYTES) giveUp();
  });
  request.once('close', () => {
    clearTimeout(timer);
  });
  request.resume();
}

/**
 * Reads a whole body. The connection stays open when it is too large, for the answer.
 *
 * @throws BodyTooLargeError as soon as more than `limit` bytes have come.
 */
export async function readBody(
  request: IncomingMessage,
  limit = MAX_CONTROL_BODY_BYTES,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) {
      discardRest(request);
      throw new BodyTooLargeError(limit);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Ends the response with JSON. `headers` may override the content type. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}
