import type { Logger } from '../base/logger.js';
import { codeOf, messageOf } from '../base/failure.js';
import { BodyTooLargeError, discardRest } from '../http/body.js';
import { DocumentError } from '../oci/document.js';
import { StorageFullError, UploadBusyError } from '../storage/storage-error.js';
import { errorBody, RegistryError } from './errors.js';
import type { Exchange } from './exchange.js';

/** Answers with the error; the only place that does. Details of unexpected ones go to the log alone. */
export function writeError(exchange: Exchange, thrown: unknown, log: Logger): void {
  const error = toRegistryError(thrown);
  const { method, path, correlationId } = exchange;
  if (isGone(exchange)) {
    log.debug({ method, path, correlationId, error: messageOf(thrown) }, 'client went away');
    exchange.response.destroy();
    return;
  }
  if (error.code === 'UNKNOWN') {
    log.error({ method, path, correlationId, error: messageOf(thrown) }, 'request failed');
  }
  const { response } = exchange;
  if (response.headersSent) {
    response.destroy(); // the body is broken off where it stands: a shorter one would look whole
    return;
  }
  discardRest(exchange.request);
  exchange.sendJson(error.status, errorBody(error), Object.entries(error.headers).flat());
}

function toRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  if (error instanceof DocumentError) {
    return new RegistryError('MANIFEST_INVALID', { message: error.message });
  }
  if (error instanceof StorageFullError) return new RegistryError('INSUFFICIENT_STORAGE');
  if (error instanceof UploadBusyError) {
    return new RegistryError('CONFLICT', { message: error.message });
  }
  if (error instanceof BodyTooLargeError) {
    return new RegistryError('SIZE_INVALID', { message: error.message });
  }
  return new RegistryError('UNKNOWN');
}

function isGone({ request, socket }: Exchange): boolean {
  return socket.destroyed || codeOf(request.errored) === 'ECONNRESET';
}
