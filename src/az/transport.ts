import { readFileSync } from 'node:fs';
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Agent as SecureAgent } from 'node:https';
import { codeOf, messageOf } from '../base/failure.js';
import { AzError } from './az-error.js';
import type { ClientSocket } from './client-socket.js';

export interface HttpRequest {
  method: string;
  /** Absolute, `http:` or `https:`. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** For hosts that are not Lazurite's: trust the public roots besides the local CA. */
  publicRoots?: boolean;
  /** Milliseconds without a byte before the request fails; 5 minutes unless told. */
  idleTimeout?: number;
}

export interface HttpResponse {
  status: number;
  /** `'Not Found'` */
  reason: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const IDLE_TIMEOUT_MS = 300_000;

// Loaded when the first request goes out: commands that send none start a tenth faster without them.
const plainHttp = () => process.getBuiltinModule('node:http');
const secureHttp = () => process.getBuiltinModule('node:https');

/** Sends requests over kept-alive connections, trusting the local CA. Call `close` when done. */
export class Transport {
  readonly #caFile: string;
  readonly #onExchange: (line: string) => void;
  #plain: Agent | undefined;
  #local: SecureAgent | undefined;
  #public: SecureAgent | undefined;

  readonly #signal: AbortSignal | undefined;

  /** @param options.onExchange told each request and answer, without headers, for `--debug` */
  constructor(
    caFile: string,
    options: { onExchange?: (line: string) => void; signal?: AbortSignal } = {},
  ) {
    this.#caFile = caFile;
    this.#onExchange = options.onExchange ?? (() => undefined);
    this.#signal = options.signal;
  }

  /** Reads the whole answer. @throws AzError when no answer comes. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.open(request);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch (error) {
      throw connectionError(request, error);
    }
    return {
      status: response.statusCode ?? 0,
      reason: response.statusMessage ?? '',
      headers: response.headers,
      body: Buffer.concat(chunks),
    };
  }

  /** Answers as soon as the headers are here; the caller reads the body. @throws AzError */
  async open(request: HttpRequest): Promise<IncomingMessage> {
    const url = new URL(request.url);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
      throw new AzError(`No connection adapters were found for '${request.url}'`);
    }
    const secure = url.protocol === 'https:';
    const agent = secure ? this.#secureAgent(request.publicRoots === true) : this.#plainAgent();
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = (secure ? secureHttp() : plainHttp()).request(
        url,
        {
          method: request.method,
          headers: this.#headers(request),
          agent,
          ...(this.#signal ? { signal: this.#signal } : {}),
        },
        (response) => {
          this.#onExchange(`${request.method} ${redact(url)} → ${response.statusCode ?? 0}`);
          resolve(response);
        },
      );
      outgoing.setTimeout(request.idleTimeout ?? IDLE_TIMEOUT_MS, () => {
        outgoing.destroy(new Error('no byte came for too long'));
      });
      outgoing.on('error', (error) => {
        reject(connectionError(request, error));
      });
      outgoing.end(request.body);
    });
  }

  /**
   * Opens a WebSocket.
   *
   * @param address absolute, `http:` or `https:`
   * @throws AzError with the server's words when it refuses
   */
  async openSocket(address: string, headers: Record<string, string>): Promise<ClientSocket> {
    const { openClientSocket } = await import('./client-socket.js');
    const ca = address.startsWith('https:') ? localAuthority(this.#caFile) : undefined;
    return openClientSocket(address, { headers, ca, signal: this.#signal });
  }

  close(): void {
    this.#plain?.destroy();
    this.#local?.destroy();
    this.#public?.destroy();
  }

  #headers(request: HttpRequest): Record<string, string | number> {
    const length = request.body === undefined ? undefined : Buffer.byteLength(request.body);
    const needsLength =
      length !== undefined || request.method === 'POST' || request.method === 'PUT';
    return { ...request.headers, ...(needsLength ? { 'content-length': length ?? 0 } : {}) };
  }

  #plainAgent(): Agent {
    this.#plain ??= new (plainHttp().Agent)({ keepAlive: true });
    return this.#plain;
  }

  #secureAgent(publicRoots: boolean): SecureAgent {
    const { Agent } = secureHttp();
    if (publicRoots) {
      this.#public ??= new Agent({ keepAlive: true, ca: readFileSync(this.#caFile) });
      return this.#public;
    }
    this.#local ??= new Agent({ keepAlive: true, ca: localAuthority(this.#caFile) });
    return this.#local;
  }
}

/** The first certificate of the bundle; parsing the hundred public roots after it would triple start-up. */
function localAuthority(file: string): string {
  const bundle = readFileSync(file, 'utf8');
  const end = '-----END CERTIFICATE-----';
  const at = bundle.indexOf(end);
  return at === -1 ? bundle : bundle.slice(0, at + end.length) + '\n';
}

function connectionError(request: HttpRequest, error: unknown): AzError {
  const host = new URL(request.url).host;
  const refused = codeOf(error) === 'ECONNREFUSED';
  return new AzError(`Could not reach ${host}: ${messageOf(error)}`, {
    cause: error,
    advice: refused
      ? [`Nothing listens on ${host}.`, 'See whether Lazurite still runs: lazurite status']
      : [],
  });
}

function redact(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : url.search.replace(/(sig|token|code)=[^&]*/gi, '$1=…')}`;
}
