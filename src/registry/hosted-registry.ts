import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { discardRest } from '../http/body.js';
import type { BlobStore } from '../storage/blob-store.js';
import type { Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import { isAllowed, type Identity, type NeededAccess } from './access.js';
import { ANONYMOUS_NAME, Authenticator, type AuthenticatorOptions } from './authenticator.js';
import { unauthorized } from './challenge.js';
import { writeError } from './error-writer.js';
import { refuse, RegistryError } from './errors.js';
import { Exchange } from './exchange.js';
import type { RegistryMetrics } from './metrics.js';
import { openLocalRepository, type LocalRepository } from './local-repository.js';
import { createNetworkGuard, type NetworkGuard } from './network-rules.js';
import { OPERATIONS, type Operation } from './operations.js';
import { listHoldings, noteImport } from './holdings.js';
import type {
  HostedRegistry,
  ManifestHolding,
  RegistrySettings,
  RegistryWebhook,
  RepositoryUsage,
} from './registry-host.js';
import { PullLimiter } from './pull-limit.js';
import type { RegistryStore } from './registry-store.js';
import type { RegistryEvent } from './request-context.js';
import { parseRoute, type Route } from './route.js';
import { exchangeToken, getToken, postToken } from './token-endpoint.js';
import { UsageCounter } from './usage.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import type { Webhooks } from './webhooks.js';

export interface ServedRegistryOptions {
  settings: RegistrySettings;
  store: RegistryStore;
  blobs: BlobStore;
  authentication: AuthenticatorOptions;
  metrics: RegistryMetrics;
  webhooks: Webhooks;
  /** Told of each push and deletion that is done. */
  onEvent?: ((settings: RegistrySettings, event: RegistryEvent) => void) | undefined;
  logger: Logger;
}

/** Answers the requests of one registry: lets in, finds the operation, checks access, runs it. */
export class ServedRegistry implements HostedRegistry {
  readonly store: RegistryStore;
  readonly #options: ServedRegistryOptions;
  readonly #authenticator: Authenticator;
  readonly #log: Logger;
  readonly #usage: UsageCounter;
  #settings: RegistrySettings;
  #guard: NetworkGuard;
  #pulls: PullLimiter | undefined;

  constructor(options: ServedRegistryOptions) {
    this.#options = options;
    this.store = options.store;
    this.#settings = options.settings;
    this.#guard = createNetworkGuard(options.settings.networkRules);
    this.#authenticator = new Authenticator(options.settings, options.authentication);
    this.#limitPulls(options.settings);
    this.#usage = new UsageCounter(options.store);
    this.#log = options.logger.child({ registry: options.settings.name });
  }

  get settings(): RegistrySettings {
    return this.#settings;
  }

  /** @throws Failure when the network rules are malformed; then nothing has changed */
  configure(settings: RegistrySettings): void {
    this.#guard = createNetworkGuard(settings.networkRules);
    this.#settings = settings;
    this.#authenticator.configure(settings);
    this.#limitPulls(settings);
  }

  /** What was counted stays as long as the limit does. */
  #limitPulls({ anonymousPullLimit: limit }: RegistrySettings): void {
    const { pulls, seconds } = this.#pulls?.limit ?? {};
    if (limit?.pulls === pulls && limit?.seconds === seconds) return;
    this.#pulls = limit && new PullLimiter(limit, this.#options.authentication.clock);
  }

  holdings(name: RepositoryName): Promise<ManifestHolding[]> {
    return listHoldings(this.store, name);
  }

  noteImport(name: RepositoryName, digest: Digest, source: string): Promise<void> {
    return noteImport(this.store, name, digest, source);
  }

  async pingWebhook(name: string): Promise<string | undefined> {
    const isNamed = (one: RegistryWebhook): boolean =>
      one.name.toLowerCase() === name.toLowerCase();
    const webhook = this.#settings.webhooks?.find(isNamed);
    return webhook && this.#options.webhooks.ping(this.#settings, webhook);
  }

  webhookDeliveries(name: string): readonly WebhookDelivery[] {
    return this.#options.webhooks.deliveries(this.#settings, name);
  }

  usage(): Promise<RepositoryUsage[]> {
    return this.#usage.count();
  }

  repository(name: RepositoryName): LocalRepository {
    const { store, blobs } = this.#options;
    return openLocalRepository(
      { store, blobs, sparse: this.#settings.sparseIndexes === true },
      name,
    );
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request, response);
    const route = parseRoute(exchange.path);
    try {
      this.#checkAddress(exchange);
      if (route === undefined) throw new RegistryError('NOT_FOUND');
      await this.#dispatch(exchange, route);
      if (!request.complete) discardRest(request);
    } catch (error) {
      this.#refuse(exchange, error);
    }
    this.#options.metrics.count(this.#settings.name, route?.kind ?? 'unknown', exchange);
  }

  /** A refusal that cannot be written ends the connection, not the process. */
  #refuse(exchange: Exchange, error: unknown): void {
    try {
      if (isRefusedLogin(exchange, error)) this.#logRefusedLogin(exchange);
      writeError(exchange, error, this.#log);
    } catch (fault) {
      const { method, correlationId } = exchange;
      this.#log.error({ method, correlationId, error: messageOf(fault) }, 'refusal not written');
      exchange.response.destroy();
    }
  }

  /** Without the name that was given: some people type their password there. */
  #logRefusedLogin({ address, method, path, correlationId }: Exchange): void {
    this.#log.warn({ address, method, path, correlationId }, 'access refused');
  }

  #checkAddress({ address }: Exchange): void {
    if (!this.#guard(address)) throw refuse.firewall(address);
  }

  #dispatch(exchange: Exchange, route: Route): Promise<void> {
    switch (route.kind) {
      case 'base':
        return this.#answerBase(exchange);
      case 'token':
        return this.#answerToken(exchange);
      case 'exchange':
        requireMethod(exchange, ['POST']);
        return exchangeToken(exchange, this.#authenticator);
      case 'metrics':
        return this.#answerMetrics(exchange);
      default: {
        const methods: Readonly<Record<string, unknown>> = OPERATIONS[route.kind];
        requireMethod(exchange, Object.keys(methods));
        // The table pairs every kind of route with operations on that kind.
        return this.#run(exchange, route, methods[exchange.method] as Operation<Route>);
      }
    }
  }

  async #run(exchange: Exchange, route: Route, operation: Operation<Route>): Promise<void> {
    const type = 'repository' in route ? 'repository' : 'registry';
    const name = 'repository' in route ? route.repository : listOf(route);
    const needed: NeededAccess = { type, name, actions: operation.scope };
    const identity = await this.#identify(exchange, needed);
    const allowed = operation.anyOf.some((action) =>
      isAllowed(identity.access, { type, name, actions: [action] }),
    );
    if (!allowed) {
      throw unauthorized(exchange, needed, identity.isAnonymous ? undefined : 'insufficient_scope');
    }
    if (route.kind === 'manifest' && exchange.method === 'GET') {
      this.#countPull(exchange, identity, needed);
    }
    await operation.run(
      {
        exchange,
        identity,
        settings: this.#settings,
        store: this.store,
        blobs: this.#options.blobs,
        announce: (events) => this.#announce(events, identity, exchange),
      },
      route,
    );
  }

  /** As at Docker Hub a token is needed where pulls are counted: else nobody would come to show credentials. */
  #countPull(exchange: Exchange, { name, isAnonymous }: Identity, needed: NeededAccess): void {
    if (!this.#pulls || !(isAnonymous || name === ANONYMOUS_NAME)) return;
    if (exchange.header('authorization') === undefined) throw unauthorized(exchange, needed);
    for (const [header, value] of Object.entries(this.#pulls.count(exchange.address))) {
      exchange.response.setHeader(header, value);
    }
  }

  async #identify(exchange: Exchange, needed: NeededAccess | undefined): Promise<Identity> {
    const result = await this.#authenticator.authenticate(exchange.header('authorization'));
    if (result.kind === 'identity') return result.identity;
    if (result.kind === 'rejected') throw unauthorized(exchange, needed, 'invalid_token');
    const { anonymous } = this.#authenticator;
    if (anonymous === undefined) throw unauthorized(exchange, needed);
    return anonymous;
  }

  /** Demands credentials even where pulling needs none: clients find the token service this way. */
  async #answerBase(exchange: Exchange): Promise<void> {
    requireMethod(exchange, ['GET', 'HEAD']);
    const identity = await this.#identify(exchange, undefined);
    if (identity.isAnonymous && !this.#settings.anonymousAccess) {
      throw unauthorized(exchange, undefined);
    }
    exchange.sendJson(200, {});
  }

  #answerToken(exchange: Exchange): Promise<void> {
    requireMethod(exchange, ['GET', 'POST']);
    return exchange.method === 'GET'
      ? getToken(exchange, this.#authenticator)
      : postToken(exchange, this.#authenticator);
  }

  /** Metrics name repositories: they need the same rights as the catalog. */
  async #answerMetrics(exchange: Exchange): Promise<void> {
    requireMethod(exchange, ['GET']);
    const needed = { type: 'registry', name: 'catalog', actions: ['*'] } as const;
    const identity = await this.#identify(exchange, needed);
    if (!isAllowed(identity.access, needed)) throw unauthorized(exchange, needed);
    const text = Buffer.from(this.#options.metrics.render(this.#settings.name, await this.usage()));
    const type = ['Content-Type', 'text/plain; version=0.0.4; charset=utf-8'];
    exchange.send(200, [...type, 'Content-Length', text.length], text);
  }

  #announce(
    events: readonly RegistryEvent[],
    identity: Identity,
    exchange: Exchange,
  ): Promise<void> {
    for (const event of events) {
      const { action, repository, digest, tag } = event;
      this.#log.info({ action, repository, digest, tag, by: identity.name }, 'image changed');
      this.#options.onEvent?.(this.#settings, event);
    }
    return this.#options.webhooks.announce(this.#settings, events, {
      actor: identity.name,
      method: exchange.method,
      host: exchange.host,
      correlationId: exchange.correlationId,
      userAgent: exchange.header('user-agent') ?? '',
      address: exchange.address,
    });
  }
}

/** Whether someone was turned away who showed a password; tokens run out all the time. */
function isRefusedLogin(exchange: Exchange, error: unknown): boolean {
  if (!(error instanceof RegistryError) || error.code !== 'UNAUTHORIZED') return false;
  const { method, path } = exchange;
  const isForm = method === 'POST' && path.startsWith('/oauth2/');
  return isForm || /^basic /i.test(exchange.header('authorization') ?? '');
}

/** What a list of repositories is called in token scopes. */
function listOf({ kind }: Route): string {
  return kind === 'acr-deleted-catalog' ? 'deleted_catalog' : 'catalog';
}

function requireMethod(exchange: Exchange, allowed: readonly string[]): void {
  if (!allowed.includes(exchange.method)) throw refuse.unsupported(exchange.method, allowed);
}
