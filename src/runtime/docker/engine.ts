import { request as httpRequest, Agent, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import type { Duplex, Readable } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { codeOf, Failure, messageOf } from '../../base/failure.js';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';
import { negotiateVersion } from './api-version.js';
import type { EngineAddress } from './engine-address.js';

/** The engine refused a request. */
export class EngineError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'EngineError';
    this.status = status;
  }
}

export interface EngineCall {
  query?: Record<string, string>;
  body?: Json;
  /** Sent as it comes, as a tar archive. */
  upload?: Readable;
  signal?: AbortSignal | undefined;
}

type Method = 'GET' | 'POST' | 'DELETE';

/** A Docker-compatible engine over HTTP. */
export class Engine {
  readonly address: EngineAddress;
  /** e.g. `'Docker 20.10.24'` or `'Podman Engine 4.3.1'`. */
  readonly name: string;
  /** e.g. `'1.41'` */
  readonly apiVersion: string;
  /** Of the programs that it runs, as Docker writes it, e.g. `'amd64'`. */
  readonly architecture: string;
  readonly #connection: Connection;

  private constructor(connection: Connection, name: string, version: JsonObject) {
    this.#connection = connection;
    this.address = connection.address;
    this.name = name;
    this.architecture = textOf(version['Arch']);
    const newest = textOf(version['ApiVersion']);
    const oldest = textOf(version['MinAPIVersion']) || newest;
    this.apiVersion = negotiateVersion({ newest, oldest }, name);
  }

  /** @throws Failure when nothing answers there, or nothing that can be understood. */
  static async connect(address: EngineAddress): Promise<Engine> {
    const connection = new Connection(address);
    const version = await send(connection, 'GET', '/version').then(json).catch(refusal(address));
    if (!isJsonObject(version as Json)) throw new Failure(`no container engine at ${address.text}`);
    const document = version as JsonObject;
    return new Engine(connection, nameOf(document), document);
  }

  /** Parsed answer; null when it is empty. @throws EngineError */
  async call(method: Method, path: string, call: EngineCall = {}): Promise<Json> {
    const body = await text(await this.open(method, path, call));
    return body === '' ? null : (JSON.parse(body) as Json);
  }

  /** The answer as it comes. @throws EngineError */
  open(method: Method, path: string, call: EngineCall = {}): Promise<IncomingMessage> {
    return send(this.#connection, method, `/v${this.apiVersion}${path}`, call);
  }

  /** The answer, or undefined when there is no such thing. @throws EngineError */
  async find(path: string): Promise<JsonObject | undefined> {
    try {
      const found = await this.call('GET', path);
      return isJsonObject(found) ? found : undefined;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** A connection that is the container's own from here on. @throws EngineError */
  upgrade(path: string, body: Json): Promise<Duplex> {
    return upgrade(this.#connection, `/v${this.apiVersion}${path}`, body);
  }

  get isPodman(): boolean {
    return this.name.startsWith('Podman');
  }

  close(): void {
    this.#connection.agent.destroy();
  }
}

class Connection {
  readonly address: EngineAddress;
  readonly agent: Agent;

  constructor(address: EngineAddress) {
    this.address = address;
    this.agent = address.tcp?.tls
      ? new TlsAgent({ keepAlive: true, ...address.tcp.tls })
      : new Agent({ keepAlive: true });
  }

  get options() {
    const { socketPath, tcp } = this.address;
    return {
      agent: this.agent,
      ...(socketPath ? { socketPath } : tcp),
      headers: { host: 'docker' },
    };
  }
}

async function send(
  connection: Connection,
  method: Method,
  path: string,
  { query, body, upload, signal }: EngineCall = {},
): Promise<IncomingMessage> {
  const start = connection.address.tcp?.tls ? httpsRequest : httpRequest;
  const search = query ? `?${new URLSearchParams(query).toString()}` : '';
  const request = start({
    ...connection.options,
    method,
    path: path + search,
    ...(signal && { signal }),
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  if (upload) {
    request.setHeader('content-type', 'application/x-tar');
    answered.catch(() => undefined); // the upload fails with it
    // An engine that refuses answers before it has read everything.
    await Promise.race([pipeline(upload, request), answered]);
  } else if (body === undefined) {
    request.end();
  } else {
    request.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  }
  const response = await answered;
  const status = response.statusCode ?? 0;
  if (status < 400) return response;
  throw new EngineError(status, errorText(await text(response)));
}

function upgrade(connection: Connection, path: string, body: Json): Promise<Duplex> {
  const start = connection.address.tcp?.tls ? httpsRequest : httpRequest;
  const content = JSON.stringify(body);
  const { headers, ...options } = connection.options;
  const request = start({
    ...options,
    agent: false,
    method: 'POST',
    path,
    headers: {
      ...headers,
      connection: 'Upgrade',
      upgrade: 'tcp',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(content),
    },
  });
  return new Promise((resolve, reject) => {
    request
      .once('upgrade', (_response, stream: Duplex, head: Buffer) => {
        if (head.length > 0) stream.unshift(head);
        resolve(stream);
      })
      .once('response', (response) => {
        text(response).then((words) => {
          reject(new EngineError(response.statusCode ?? 0, errorText(words)));
        }, reject);
      })
      .once('error', reject)
      .end(content);
  });
}

/** `{"message":"No such container: x"}` */
function errorText(body: string): string {
  try {
    const parsed = JSON.parse(body) as Json;
    if (isJsonObject(parsed)) return textOf(parsed['message']) || body;
  } catch {
    // not the engine's own words, e.g. a proxy's
  }
  return body.trim();
}

function nameOf(version: JsonObject): string {
  const components = Array.isArray(version['Components']) ? version['Components'] : [];
  const [first] = components.filter(isJsonObject);
  const name = textOf(first?.['Name']).replace(/^Engine$/, 'Docker') || 'Docker';
  return `${name} ${textOf(version['Version'])}`;
}

function refusal(address: EngineAddress): (error: unknown) => never {
  return (error) => {
    const code = codeOf(error);
    const help =
      code === 'EACCES'
        ? 'add yourself to the group that owns the socket, e.g. sudo usermod -aG docker $USER, and log in again'
        : 'start it (systemctl start docker; podman system service), or name another with DOCKER_HOST';
    throw new Failure(`no container engine answers at ${address.text}`, {
      why: `${address.source}: ${messageOf(error)}`,
      help,
      cause: error,
    });
  };
}
