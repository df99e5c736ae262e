import { readBody } from '../http/body.js';
import { RegistryError } from './errors.js';
import type { Exchange } from './exchange.js';

/** For a few MiB at most; whoever needs longer holds up memory and a connection. */
export const DOCUMENT_MS = 60_000;

/**
 * Reads a manifest, a form or another document whole.
 *
 * @throws BodyTooLargeError; RegistryError REQUEST_TIMEOUT when it does not come to its end in time
 */
export async function readDocumentBody({ request }: Exchange, limit: number): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new RegistryError('REQUEST_TIMEOUT'));
    }, DOCUMENT_MS);
  });
  const body = readBody(request, limit);
  body.catch(() => undefined); // it fails when the connection is closed after the answer
  try {
    return await Promise.race([body, late]);
  } finally {
    clearTimeout(timer);
  }
}
