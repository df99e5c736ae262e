import { Failure, messageOf } from '../../base/failure.js';
import { DocumentError } from '../../oci/document.js';
import { RemoteError } from '../../remote/registry-client.js';
import type { Refusal } from './image-facts.js';

/** An index leads to indexes without end. */
export class TooDeepError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TooDeepError';
  }
}

/**
 * What a failed request means for the image.
 *
 * @throws the error itself when it is no registry's doing
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof TooDeepError) return { kind: 'too-deep', message: error.message };
  if (error instanceof DocumentError) return { kind: 'bad-content', message: error.message };
  if (error instanceof RemoteError) {
    return { kind: error.kind, message: error.registryMessage ?? error.message };
  }
  // What the user's files or helper of credentials have wrong with them.
  if (error instanceof Failure) {
    return { kind: 'unauthorized', message: [error.message, error.why].filter(Boolean).join(': ') };
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { kind: 'unreachable', message: messageOf(error) };
  }
  throw error;
}

/** @returns the answer, or the refusal in its place */
export async function orRefusal<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    return refusalOf(error);
  }
}
