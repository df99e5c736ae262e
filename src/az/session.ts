import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject } from '../base/json.js';
import { containerAppError, errorOf, jsonBody, operationError, sdkError } from './arm-error.js';
import { AzError } from './az-error.js';
import type { Connection } from '../base/connection.js';
import type { HttpRequest, HttpResponse, Transport } from './transport.js';
import { textAt } from './json-path.js';

/** Where a command writes. */
export interface AzIo {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whether stdout is a terminal and NO_COLOR is unset. */
  colour: boolean;
  environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  signal?: AbortSignal;
  /** For commands at which somebody types. */
  keyboard?: Keyboard;
}

/** Where a person types, and how large the window is. */
export interface Keyboard {
  input: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  size(): { columns: number; rows: number };
  /** @returns how to stop */
  onResize(listener: () => void): () => void;
}

/** How the failure of a request is worded: by the client library, or by the commands of one kind. */
export type ErrorStyle = 'sdk' | 'containerapp' | 'deployment';

export interface ArmRequest {
  method: string;
  /** `'/subscriptions/…'`, or an absolute address that an answer named. */
  path: string;
  apiVersion?: string;
  query?: Readonly<Record<string, string>>;
  body?: Json | string;
  style?: ErrorStyle;
}

const POLL_FIRST_MS = 50;
/** What has taken a second is asked about again after a fifth of one. */
const POLL_GROWTH = 1.25;
const POLL_LONGEST_MS = 1_000;
const TERMINAL = new Set(['succeeded', 'failed', 'canceled']);

/** One command's conversation with a Lazurite: tokens, ARM requests, long-running operations, messages. */
export class Session {
  readonly io: AzIo;
  readonly #open: () => { connection: Connection; http: Transport };
  readonly #onlyErrors: boolean;
  readonly #tokens = new Map<string, Promise<string>>();
  readonly commandPath: string;

  /** @param options.open connects on first use, so that commands without a request need no Lazurite */
  constructor(options: {
    open: () => { connection: Connection; http: Transport };
    io: AzIo;
    commandPath: string;
    onlyShowErrors?: boolean;
  }) {
    this.#open = options.open;
    this.io = options.io;
    this.commandPath = options.commandPath;
    this.#onlyErrors = options.onlyShowErrors === true;
  }

  /** @throws Failure when no Lazurite is running */
  get connection(): Connection {
    return this.#open().connection;
  }

  get http(): Transport {
    return this.#open().http;
  }

  /** `/subscriptions/{id}` */
  get subscription(): string {
    return `/subscriptions/${this.connection.subscriptionId}`;
  }

  warn(message: string): void {
    if (!this.#onlyErrors) this.io.stderr(`WARNING: ${message}\n`);
  }

  /** @param scope e.g. `'https://management.azure.com//.default'`; the token is asked for once. */
  token(scope = `${this.connection.armAudience}/.default`): Promise<string> {
    let token = this.#tokens.get(scope);
    if (!token) {
      token = this.#requestToken(scope);
      this.#tokens.set(scope, token);
    }
    return token;
  }

  async #requestToken(scope: string): Promise<string> {
    const answer = await this.requestToken(scope, this.connection);
    const token = answer['access_token'];
    if (typeof token !== 'string')
      throw new AzError('The token endpoint answered no access_token.');
    return token;
  }

  /** The token endpoint's whole answer. @throws AzError with the endpoint's own description. */
  async requestToken(
    scope: string,
    identity: { clientId: string; clientSecret: string },
  ): Promise<JsonObject> {
    const response = await this.http.send({
      method: 'POST',
      url: this.connection.tokenEndpoint,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        client_id: identity.clientId,
        grant_type: 'client_credentials',
        client_info: '1',
        client_secret: identity.clientSecret,
        scope,
      }).toString(),
    });
    const body = jsonBody(response);
    if (!isJsonObject(body) || response.status !== 200) {
      const description = isJsonObject(body) ? body['error_description'] : undefined;
      throw new AzError(
        typeof description === 'string'
          ? description
          : `The token endpoint answered ${response.status} ${response.reason}.`,
      );
    }
    return body;
  }

  /** One ARM request with a token; no status is an error yet. */
  async exchange(request: ArmRequest): Promise<HttpResponse> {
    const body =
      request.body === undefined || typeof request.body === 'string'
        ? request.body
        : JSON.stringify(request.body);
    const sent: HttpRequest = {
      method: request.method,
      url: this.#url(request),
      headers: {
        authorization: `Bearer ${await this.token()}`,
        accept: 'application/json',
        'user-agent': 'AZURECLI/2.91.0 (lazurite)',
        'x-ms-client-request-id': process.getBuiltinModule('node:crypto').randomUUID(),
        commandname: this.commandPath,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    };
    return await this.http.send(sent);
  }

  /** One ARM request. @throws AzError when the status is 400 or more. */
  async arm(request: ArmRequest): Promise<HttpResponse> {
    const response = await this.exchange(request);
    if (response.status >= 400) {
      throw request.style === 'containerapp' ? containerAppError(response) : sdkError(response);
    }
    return response;
  }

  /** One ARM request that answers a JSON object. @throws AzError */
  async armJson(request: ArmRequest): Promise<JsonObject> {
    const body = jsonBody(await this.arm(request));
    if (!isJsonObject(body)) throw new AzError(`${request.path} answered no JSON object.`);
    return body;
  }

  /** All pages of a list. @throws AzError */
  async armList(request: ArmRequest): Promise<JsonObject[]> {
    const items: JsonObject[] = [];
    let next: ArmRequest | undefined = request;
    while (next) {
      const page: JsonObject = await this.armJson(next);
      const value = page['value'];
      if (Array.isArray(value)) items.push(...value.filter((item) => isJsonObject(item)));
      const link = page['nextLink'];
      next =
        typeof link === 'string' && link !== ''
          ? { ...styled(request), method: 'GET', path: link }
          : undefined;
    }
    return items;
  }

  /**
   * A request that may run long. Follows `Azure-AsyncOperation`, else `Location`, else the resource's own
   * `provisioningState`, and answers the resource as it is at the end.
   *
   * @returns undefined when the answer has no body, as after a delete.
   * @throws AzError with the operation's error.
   */
  async armOperation(
    request: ArmRequest,
    options: { wait: boolean },
  ): Promise<JsonObject | undefined> {
    const first = await this.arm(request);
    const body = jsonBody(first);
    const initial = isJsonObject(body) ? body : undefined;
    if (!options.wait) return initial;
    const operation = headerOf(first, 'azure-asyncoperation');
    if (operation !== undefined) {
      await this.#pollStatus(operation, first, request);
      if (request.method === 'PUT' || request.method === 'PATCH') return await this.#final(request);
      return undefined;
    }
    const location = headerOf(first, 'location');
    if (first.status === 202 && location !== undefined)
      return await this.#pollLocation(location, first, request);
    if (request.method !== 'PUT' && request.method !== 'PATCH') return initial;
    return await this.#pollResource(initial, first, request);
  }

  async #pollStatus(url: string, first: HttpResponse, request: ArmRequest): Promise<void> {
    let last = first;
    for (const pause = new Pause(); ;) {
      if (last !== first) await pause.wait(last, this.io.signal);
      last = await this.arm({ ...styled(request), method: 'GET', path: url });
      const body = jsonBody(last);
      if (!isJsonObject(body) || typeof body['status'] !== 'string') {
        throw new AzError('Http response body lack of necessary property: status');
      }
      const status = body['status'].toLowerCase();
      if (status === 'succeeded') return;
      if (TERMINAL.has(status)) {
        const error = errorOf(body);
        if (request.style === 'containerapp' && error) {
          throw new AzError(`(${textAt(error, 'code') ?? ''}) ${textAt(error, 'message') ?? ''}`);
        }
        // Deployments show the whole status document, as the service sent it.
        if (request.style === 'deployment') throw new AzError(last.body.toString('utf8'));
        throw operationError(body);
      }
    }
  }

  async #pollLocation(
    url: string,
    first: HttpResponse,
    request: ArmRequest,
  ): Promise<JsonObject | undefined> {
    let last = first;
    for (const pause = new Pause(); ;) {
      if (last !== first) await pause.wait(last, this.io.signal);
      last = await this.exchange({ ...styled(request), method: 'GET', path: url });
      if (last.status === 404 && request.method === 'DELETE') return undefined;
      if (last.status >= 400) throw sdkError(last);
      if (last.status === 202) continue;
      const body = jsonBody(last);
      return isJsonObject(body) ? body : undefined;
    }
  }

  async #pollResource(
    initial: JsonObject | undefined,
    first: HttpResponse,
    request: ArmRequest,
  ): Promise<JsonObject | undefined> {
    let resource = initial;
    let last = first;
    const pause = new Pause();
    while (!isDone(resource)) {
      await pause.wait(last, this.io.signal);
      last = await this.arm({ ...styled(request), method: 'GET', path: request.path });
      const body = jsonBody(last);
      resource = isJsonObject(body) ? body : undefined;
    }
    const properties = resource?.['properties'];
    const state = isJsonObject(properties) ? properties['provisioningState'] : undefined;
    if (typeof state === 'string' && /^(failed|canceled)$/i.test(state)) {
      throw operationError({ status: state, ...(isJsonObject(properties) ? properties : {}) });
    }
    return resource;
  }

  async #final(request: ArmRequest): Promise<JsonObject> {
    return await this.armJson({
      ...styled(request),
      method: 'GET',
      path: request.path,
    });
  }

  #url(request: ArmRequest): string {
    const absolute = /^https?:\/\//i.test(request.path);
    const url = new URL(absolute ? request.path : this.connection.gateway + request.path);
    if (request.apiVersion !== undefined && !url.searchParams.has('api-version')) {
      url.searchParams.set('api-version', request.apiVersion);
    }
    for (const [name, value] of Object.entries(request.query ?? {})) {
      url.searchParams.set(name, value);
    }
    return url.href.replaceAll('+', '%20');
  }
}

/** A growing pause, never longer than the server's `Retry-After` when it sends one. */
class Pause {
  #next = POLL_FIRST_MS;

  async wait(response: HttpResponse, signal: AbortSignal | undefined): Promise<void> {
    const asked = Number(headerOf(response, 'retry-after') ?? Number.NaN) * 1000;
    const longest = asked > 0 ? asked : POLL_LONGEST_MS;
    await delay(Math.min(this.#next, longest), undefined, signal ? { signal } : {});
    this.#next *= POLL_GROWTH;
  }
}

function styled(request: ArmRequest): { apiVersion?: string; style?: ErrorStyle } {
  return {
    ...(request.apiVersion === undefined ? {} : { apiVersion: request.apiVersion }),
    ...(request.style === undefined ? {} : { style: request.style }),
  };
}

function isDone(resource: JsonObject | undefined): boolean {
  const properties = resource?.['properties'];
  const state = isJsonObject(properties) ? properties['provisioningState'] : undefined;
  return typeof state !== 'string' || TERMINAL.has(state.toLowerCase());
}

function headerOf(response: HttpResponse, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
