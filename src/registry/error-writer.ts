import type { Logger } from '../base/logger.js';
import { codeOf, messageOf } from '../base/failure.js';
import { BodyTooLargeError } from '../http/body.js';
import { DocumentError } from '../oci/document.js';
import { StorageFullError, UploadBusyError } from '../storage/storage-error.js';
import { RegistryError } from './errors.js';
import type { Exchange } from './exchange.js';

/** A body that nobody read is let in up to here, so that a client that is still sending sees the answer. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;
const MAX_DISCARD_MS = 10_000;

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
  const item = { code: error.code, message: error.message };
  const body = { errors: [error.detail === undefined ? item : { ...item, detail: error.detail }] };
  boundUnreadBody(exchange);
  exchange.sendJson(error.status, body, Object.entries(error.headers).flat());
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

function isGone(exchange: Exchange): boolean {
  const { request } = exchange;
  return request.socket.destroyed || codeOf(request.errored) === 'ECONNRESET';
}

/** The connection stays open meanwhile: closed at once, it would take the answer with it. */
function boundUnreadBody({ request }: Exchange): void {
  if (request.complete) return;
  let discarded = 0;
  const giveUp = (): void => {
    request.socket.destroy();
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
