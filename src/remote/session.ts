import type { Clock } from '../base/clock.js';
import type { RepositoryName } from '../oci/reference.js';
import { refusal, retryAfter, type Asked } from './answer.js';
import { parseChallenges } from './challenge.js';
import { RemoteError, type Credentials, type RegistryEndpoint } from './registry-client.js';
import { basicAuthorization, fetchToken } from './token.js';
import type { HttpRequest, HttpResponse, Transport } from './transport.js';

export interface SessionOptions {
  endpoint: RegistryEndpoint;
  repository: string;
  credentials: Credentials | undefined;
  transport: Transport;
  clock: Clock;
  userAgent: string;
}

export interface SessionRequest {
  method: HttpRequest['method'];
  /** Absolute path under the endpoint, or a URL the registry handed out. */
  target: string | URL;
  headers?: Record<string, string>;
  body?: HttpRequest['body'];
  asked: Asked;
  /** What the token must allow. */
  actions: 'pull' | 'pull,push' | 'delete' | 'metadata_read';
  /** Another repository that the token must let us pull from. */
  alsoPull?: RepositoryName | undefined;
  /** What the token must be for, when it is not the session's repository, e.g. `'registry:catalog:*'`. */
  scope?: string;
  signal?: AbortSignal | undefined;
}

const MAX_ATTEMPTS = 4;
const MAX_REDIRECTS = 5;
/** Longest pause a registry may ask for; beyond that its refusal is passed on. */
const MAX_PAUSE_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const RETRIED_STATUS = new Set([408, 429, 500, 502, 503, 504]);

/** Requests to one repository: credentials, redirects and polite retries. */
export class Session {
  readonly #options: SessionOptions;
  readonly #base: URL;
  /** `Authorization` values by the access they allow; the last ones that a token server gave. */
  readonly #authorizations = new Map<string, string>();
  /** Renewals under way: parallel requests that are refused together wait for one. */
  readonly #renewals = new Map<string, Promise<string | undefined>>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#base = new URL(options.endpoint.baseUrl);
  }

  /**
   * @returns the answer to a request that succeeded (2xx)
   * @throws RemoteError
   */
  async request(request: SessionRequest): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(request, attempt);
      if ('response' in outcome) return outcome.response;
      await this.#options.clock.sleep(outcome.pauseMs, request.signal);
    }
  }

  async #attempt(
    request: SessionRequest,
    attempt: number,
  ): Promise<{ response: HttpResponse } | { pauseMs: number }> {
    const url = this.#url(request.target);
    const last = attempt >= MAX_ATTEMPTS;
    let response: HttpResponse;
    try {
      response = await this.#authorized(request, url);
    } catch (error) {
      // An upload that broke off has to begin with a new session.
      const repeatable = request.body === undefined || request.asked !== 'upload';
      if (last || !repeatable || !isTransient(error)) throw error;
      return { pauseMs: backOff(attempt) };
    }
    if (response.status >= 200 && response.status < 300) return { response };
    const pauseMs = retryPause(response, attempt);
    const retry = !last && RETRIED_STATUS.has(response.status) && pauseMs <= MAX_PAUSE_MS;
    if (!retry) throw await refusal({ method: request.method, url }, response, request.asked);
    response.body.destroy();
    return { pauseMs };
  }

  /** A 401 is answered with credentials once: a token may have expired, or never been asked for. */
  async #authorized(request: SessionRequest, url: URL): Promise<HttpResponse> {
    const key = accessKey(request);
    const used = this.#authorizations.get(key);
    const response = await this.#followRedirects(request, url);
    if (response.status !== 401) return response;
    const renewed = await this.#renew(key, used, response, request).catch((error: unknown) => {
      response.body.destroy(); // unread, it would keep the process alive
      throw error;
    });
    if (renewed === undefined) return response;
    response.body.resume();
    return this.#followRedirects(request, url);
  }

  #renew(
    key: string,
    used: string | undefined,
    refused: HttpResponse,
    request: SessionRequest,
  ): Promise<string | undefined> {
    const current = this.#authorizations.get(key);
    if (current !== used) return Promise.resolve(current); // another request was quicker
    const running = this.#renewals.get(key);
    if (running) return running;
    const renewal = this.#answerChallenge(refused, request, used !== undefined)
      .then((authorization) => {
        if (authorization !== undefined) this.#authorizations.set(key, authorization);
        return authorization;
      })
      .finally(() => this.#renewals.delete(key));
    this.#renewals.set(key, renewal);
    return renewal;
  }

  async #answerChallenge(
    response: HttpResponse,
    request: SessionRequest,
    hadAuthorization: boolean,
  ): Promise<string | undefined> {
    const { credentials, userAgent, transport, endpoint, repository } = this.#options;
    const challenges = parseChallenges(response.headers['www-authenticate'] ?? '');
    const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
    if (bearer) {
      const scopes = [request.scope ?? `repository:${repository}:${request.actions}`];
      if (request.alsoPull !== undefined) scopes.push(`repository:${request.alsoPull}:pull`);
      const token = await fetchToken(
        {
          challenge: bearer,
          scopes,
          credentials,
          registryUrl: this.#base,
          headers: { 'User-Agent': userAgent },
          signal: request.signal,
        },
        (tokenRequest) => transport.send({ ...tokenRequest, ...trustOf(endpoint) }),
      );
      return `Bearer ${token}`;
    }
    const basic = challenges.some((challenge) => challenge.scheme === 'basic');
    return basic && credentials && !hadAuthorization ? basicAuthorization(credentials) : undefined;
  }

  async #followRedirects(request: SessionRequest, start: URL): Promise<HttpResponse> {
    let url = start;
    for (let hops = 0; ; hops++) {
      const response = await this.#send(request, url);
      const location = response.headers.location;
      const redirected = [301, 302, 303, 307, 308].includes(response.status);
      if (!redirected || location === undefined) return response;
      response.body.resume();
      if (hops === MAX_REDIRECTS) {
        throw new RemoteError('bad-content', `${start.origin} redirects more than ${hops} times`);
      }
      url = redirectTarget(location, url);
    }
  }

  #send(request: SessionRequest, url: URL): Promise<HttpResponse> {
    const { transport, endpoint, userAgent } = this.#options;
    // Storage behind a redirect must not see the registry's token.
    const authorization =
      url.origin === this.#base.origin ? this.#authorizations.get(accessKey(request)) : undefined;
    return transport.send({
      method: request.method,
      url,
      headers: {
        'User-Agent': userAgent,
        ...request.headers,
        ...(authorization !== undefined && { Authorization: authorization }),
      },
      ...trustOf(endpoint),
      signal: request.signal,
      ...(request.body && { body: request.body }),
    });
  }

  #url(target: string | URL): URL {
    return target instanceof URL ? target : new URL(target, this.#base);
  }

  /** Resolves a `Location` against the endpoint. */
  locate(location: string): URL {
    return redirectTarget(location, this.#base);
  }
}

/** Requests with the same key can use one token. */
function accessKey({ actions, alsoPull, scope }: SessionRequest): string {
  return `${scope ?? actions} ${alsoPull ?? ''}`;
}

function trustOf({ ca, insecure }: RegistryEndpoint): Pick<HttpRequest, 'ca' | 'insecure'> {
  return { ca, insecure };
}

function redirectTarget(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) {
    throw new RemoteError('bad-content', `${from.origin} answered with a malformed Location`);
  }
  const url = new URL(location, from);
  const downgrade = from.protocol === 'https:' && url.protocol === 'http:';
  if (downgrade || !/^https?:$/.test(url.protocol)) {
    throw new RemoteError('bad-content', `${from.origin} redirects to ${url.origin}: not followed`);
  }
  return url;
}

/** A dropped connection is worth another try; a refused one or an unknown name is not. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof RemoteError) || error.kind !== 'unreachable') return false;
  const cause = error.cause;
  return !(cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED');
}

function backOff(attempt: number): number {
  return FIRST_PAUSE_MS * 2 ** (attempt - 1);
}

function retryPause(response: HttpResponse, attempt: number): number {
  const politely = response.status === 429 ? 4 : 1;
  return retryAfter(response).retryAfterMs ?? backOff(attempt) * politely;
}
