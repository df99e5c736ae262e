import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A group of HTTP endpoints behind the gateway. */
export interface HttpPlane {
  /** For logs, e.g. `'arm'`. */
  readonly name: string;
  /**
   * Answers the request if it belongs to this plane. A plane that says true has taken the response:
   * it ends it, with an error body of its own protocol if need be, and never throws.
   */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>;
  /** The same for a connection upgrade (WebSocket). */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): Promise<boolean>;
}
