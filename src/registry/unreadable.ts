import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { codeOf } from '../base/failure.js';
import { errorBody, RegistryError } from './errors.js';

/**
 * Answers what is no request that Node can read in the registry's words too, and who closes its side after the
 * request as well as anyone.
 */
export function answerUnreadable(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, response);
  });
  server.on('clientError', (fault: Error, socket: Duplex) => {
    const response = answering.get(socket);
    const isMidAnswer = response?.headersSent === true && !response.writableFinished;
    if (!socket.writable || isMidAnswer) {
      socket.destroy(); // more bytes would be taken for a part of that answer
      return;
    }
    socket.end(textOf(refusalOf(fault)), () => socket.destroy());
  });
  Object.assign(server, { httpAllowHalfOpen: true }); // Node's types don't know it
}

/** @see https://nodejs.org/docs/latest-v20.x/api/http.html#event-clienterror */
function refusalOf(fault: Error): RegistryError {
  switch (codeOf(fault)) {
    case 'HPE_HEADER_OVERFLOW':
      return new RegistryError('BAD_REQUEST', {
        status: 431,
        message: 'the head of the request is too large',
      });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new RegistryError('SIZE_INVALID', {
        message: 'the extensions of a chunk are too large',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RegistryError('REQUEST_TIMEOUT');
    default:
      return new RegistryError('BAD_REQUEST', { message: 'this is no request of HTTP/1.1' });
  }
}

function textOf(error: RegistryError): string {
  const body = JSON.stringify(errorBody(error));
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
