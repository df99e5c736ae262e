import { on, once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { messageOf } from '../base/failure.js';
import { AzError } from './az-error.js';

/** An open WebSocket. */
export interface ClientSocket {
  send(frame: Buffer): void;
  /** Ends when the server closes. */
  frames(): AsyncIterable<Buffer>;
  close(): void;
}

interface SocketOptions {
  headers: Record<string, string>;
  /** PEM of the authority that the server's certificate is checked against. */
  ca: string | undefined;
  signal: AbortSignal | undefined;
}

/** @throws AzError with the server's words when it refuses */
export async function openClientSocket(
  address: string,
  { headers, ca, signal }: SocketOptions,
): Promise<ClientSocket> {
  const url = address.replace(/^http/, 'ws');
  const socket = new WebSocket(url, { headers, ...(ca !== undefined && { ca }) });
  signal?.addEventListener('abort', () => {
    socket.terminate();
  });
  const messages = on(socket, 'message'); // from the beginning: the first may come with the handshake
  socket.once('close', () => {
    void messages.return?.();
  });
  await opened(socket, address);
  return {
    send: (frame) => {
      if (socket.readyState === socket.OPEN) socket.send(frame);
    },
    async *frames() {
      try {
        for await (const [data] of messages as AsyncIterable<[Buffer]>) yield data;
      } catch (error) {
        throw new AzError(`The connection broke off: ${messageOf(error)}`, { cause: error });
      }
    },
    close: () => {
      socket.close();
    },
  };
}

async function opened(socket: WebSocket, address: string): Promise<void> {
  const refused = new Promise<never>((_resolve, reject) => {
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      void refusal(response).then((error) => {
        reject(error);
        socket.terminate();
      });
    });
  });
  try {
    await Promise.race([once(socket, 'open'), refused]);
  } catch (error) {
    if (error instanceof AzError) throw error;
    throw new AzError(`Could not reach ${new URL(address).host}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function refusal(response: IncomingMessage): Promise<AzError> {
  const body = await text(response).catch(() => '');
  const words = /"message":("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  const status = `Handshake status ${response.statusCode ?? 0} ${response.statusMessage ?? ''}`;
  return new AzError(words === undefined ? status : `${status}: ${String(JSON.parse(words))}`);
}
