import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/failure.js';
import type { Logger } from '../../base/logger.js';
import type { HttpPlane } from '../../http/plane.js';
import type { AppDocument, IngressConfiguration, RevisionDocument } from '../documents.js';
import type { Replica } from '../replica/replica.js';
import type { RevisionController } from '../revision-controller.js';
import type { AppState } from '../state.js';
import { corsHeaders, isAddressAllowed, isPreflight } from './access.js';
import { affinityCookie, stickyReplica } from './affinity.js';
import { isSecure } from './headers.js';
import { HostNames } from './host-names.js';
import { PAGES, refuseUpgrade, sendPage } from './pages.js';
import type { Page } from './pages.js';
import { proxyRequest } from './proxy.js';
import { proxyHttp2 } from './proxy-http2.js';
import { proxyUpgrade } from './proxy-upgrade.js';
import { labelled, sharesOf, WeightedTurns } from './routing.js';
import type { HostTarget, Share } from './routing.js';
import { proxyConnection, speaksTcp, tcpPortsOf } from './tcp.js';
import { TrafficRecord } from './traffic-record.js';

export interface IngressOptions {
  state: AppState;
  revisions: RevisionController;
  clock: Clock;
  logger: Logger;
  /** Whether replicas share this machine's network. */
  sharedNetwork: boolean;
}

/** How long a request waits for a revision that is starting, e.g. from zero. */
const READY_TIMEOUT_MS = 60_000;

/** Revisions that a request may wait for, one after the other. */
const MAX_ROUTES = 3;

/** One app's requests: who gets them, and whose turn it is. */
interface Route {
  app: AppDocument;
  revisions: readonly RevisionDocument[];
  shares: readonly Share[];
  turns: WeightedTurns;
}

/** Brings requests to replicas: by host name for the gateway, by app for listeners of its own. */
export class Ingress implements HttpPlane {
  readonly name = 'ingress';
  readonly traffic = new TrafficRecord();
  readonly #options: IngressOptions;
  readonly #routes = new Map<string, Route>();
  readonly #turns = new Map<string, WeightedTurns>();
  readonly #names: HostNames;
  #closed = false;

  constructor(options: IngressOptions) {
    this.#options = options;
    this.#names = new HostNames(options.state, options.sharedNetwork);
    options.state.onChange((appKey) => {
      if (appKey === undefined) this.#routes.clear();
      else this.#routes.delete(appKey);
    });
  }

  /** Takes requests whose host is an app's or lies in an environment's domain. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    return this.#handle(this.#names.outside(hostName(request)), request, response);
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<boolean> {
    return this.#upgrade(this.#names.outside(hostName(request)), request, socket, head);
  }

  /** The same for calls from inside an environment, where apps have more names. */
  inside(environmentKey: string): Required<Pick<HttpPlane, 'handle' | 'upgrade'>> {
    const target = (request: IncomingMessage): HostTarget | undefined =>
      this.#names.inside(environmentKey, hostName(request));
    return {
      handle: (request, response) => this.#handle(target(request), request, response),
      upgrade: (request, socket, head) => this.#upgrade(target(request), request, socket, head),
    };
  }

  /** Whether a name leads here from inside an environment, e.g. `'hello'`, or any in an environment's domain. */
  resolves(environmentKey: string, name: string): boolean {
    return this.#names.resolves(environmentKey, name);
  }

  /** Whether a name is an app's, or would be if there were such an app. */
  isAppHost(name: string): boolean {
    return isAppDomain(name) || this.#names.outside(name) !== undefined;
  }

  /** Host names that the world outside may call. */
  publicHosts(): string[] {
    return this.#names.publicHosts();
  }

  async #handle(
    target: HostTarget | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    const host = hostName(request);
    if (!target) {
      if (!isAppDomain(host)) return false;
      sendPage(response, PAGES.notFound);
      return true;
    }
    const ingress = this.#options.state.app(target.appKey)?.configuration.ingress;
    if (ingress && !ingress.allowInsecure && !isSecure(request)) {
      response.writeHead(301, {
        location: `https://${request.headers.host ?? host}${request.url ?? '/'}`,
        'content-length': 0,
      });
      response.end();
      return true;
    }
    await this.#serve(target, request, response);
    return true;
  }

  async #upgrade(
    target: HostTarget | undefined,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<boolean> {
    if (target) await this.#serveUpgrade(target, request, socket, head);
    else if (isAppDomain(hostName(request))) refuseUpgrade(socket, PAGES.notFound);
    else return false;
    return true;
  }

  /** Answers a request for an app, whatever its host. Never throws. */
  async handleForApp(
    appKey: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    await this.#serve({ appKey }, request, response);
  }

  async upgradeForApp(
    appKey: string,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    await this.#serveUpgrade({ appKey }, request, socket, head);
  }

  /** Joins a connection with an app behind `transport: tcp`. Never throws. */
  async connect(appKey: string, socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    const { ingress } = this.#options.state.app(appKey)?.configuration ?? {};
    const allowed =
      ingress &&
      !this.#closed &&
      isAddressAllowed(socket.remoteAddress, ingress.ipSecurityRestrictions);
    if (!allowed) {
      socket.destroy();
      return;
    }
    const port = ingress.targetPort;
    const refusal = await this.#withReplica({ appKey }, undefined, (replica) =>
      proxyConnection(socket, { replica, port }),
    );
    if (refusal) socket.destroy();
  }

  /** Apps behind `transport: tcp` by the port that programs of their environment reach them at. */
  tcpPorts(environmentKey: string): Map<number, string> {
    const apps = this.#options.state.apps();
    return tcpPortsOf(apps.filter((app) => app.environmentKey === environmentKey));
  }

  close(): void {
    this.#closed = true;
  }

  async #serve(
    target: HostTarget,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      await this.#serveOrThrow(target, request, response);
    } catch (error) {
      this.#options.logger.error({ error: messageOf(error), ...target }, 'ingress failed');
      sendPage(response, PAGES.reset);
    }
  }

  async #serveOrThrow(
    target: HostTarget,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { ingress } = this.#options.state.app(target.appKey)?.configuration ?? {};
    if (!ingress || speaksTcp(ingress) || this.#closed) {
      sendPage(response, PAGES.notFound);
      return;
    }
    if (!isAddressAllowed(request.socket.remoteAddress, ingress.ipSecurityRestrictions)) {
      sendPage(response, PAGES.forbidden);
      return;
    }
    const headers = corsHeaders(request, ingress.corsPolicy);
    if (ingress.corsPolicy && isPreflight(request)) {
      response.writeHead(204, headers).end();
      return;
    }
    const refusal = await this.#withReplica(target, request, async (replica) => {
      if (ingress.stickySessions) {
        headers['set-cookie'] = affinityCookie(replica, isSecure(request));
      }
      const proxy = speaksHttp2(ingress) ? proxyHttp2 : proxyRequest;
      await proxy(request, response, { replica, port: ingress.targetPort }, headers);
      this.traffic.answered(replica.spec.revisionKey, response.statusCode);
    });
    if (refusal) sendPage(response, refusal);
  }

  async #serveUpgrade(
    target: HostTarget,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const { ingress } = this.#options.state.app(target.appKey)?.configuration ?? {};
    if (!ingress || speaksTcp(ingress) || this.#closed) {
      refuseUpgrade(socket, PAGES.notFound);
      return;
    }
    if (!isAddressAllowed(request.socket.remoteAddress, ingress.ipSecurityRestrictions)) {
      refuseUpgrade(socket, PAGES.forbidden);
      return;
    }
    if (speaksHttp2(ingress)) {
      refuseUpgrade(socket, PAGES.upgradeRefused);
      return;
    }
    const port = ingress.targetPort;
    const refusal = await this.#withReplica(target, request, (replica) =>
      proxyUpgrade(request, socket, head, { replica, port }),
    );
    if (refusal) refuseUpgrade(socket, refusal);
  }

  /**
   * Finds a replica, waits for one if need be, and counts the request while it is served.
   *
   * @returns the page to answer with when there is no replica
   */
  async #withReplica(
    target: HostTarget,
    request: IncomingMessage | undefined,
    serve: (replica: Replica) => Promise<void>,
  ): Promise<Page | undefined> {
    for (let tries = 0; tries < MAX_ROUTES; tries++) {
      const route = this.#route(target.appKey);
      const revision = route && this.#choose(route, target);
      if (!route || !revision) return PAGES.notFound;
      const ended = this.#options.revisions.requests.begins(revision.key);
      try {
        const replica =
          this.#readyReplica(revision.key, request, route.app) ??
          (await this.#awaitReplica(revision.key));
        if (replica) {
          await serve(replica);
          return undefined;
        }
      } finally {
        ended();
      }
      // one that was replaced while the request waited for it has a successor; else the share is lost
      if (this.#options.state.revision(revision.key)?.active) break;
    }
    return PAGES.noHealthyUpstream;
  }

  #readyReplica(
    revisionKey: string,
    request: IncomingMessage | undefined,
    app: AppDocument,
  ): Replica | undefined {
    const { revisions } = this.#options;
    if (request && app.configuration.ingress?.stickySessions) {
      const sticky = stickyReplica(request, revisions.replicas(revisionKey));
      if (sticky) return sticky;
    }
    return revisions.requests.pick(revisionKey);
  }

  /** The first that becomes ready; how long that took is remembered of a revision that was at zero. */
  async #awaitReplica(revisionKey: string): Promise<Replica | undefined> {
    const { revisions, clock } = this.#options;
    const wasAtZero = revisions.replicas(revisionKey).every(({ stopping }) => stopping);
    const begun = clock.now().getTime();
    const replica = await revisions.requests.awaitReady(revisionKey, READY_TIMEOUT_MS);
    if (replica && wasAtZero) this.traffic.woken(revisionKey, clock.now().getTime() - begun);
    return replica;
  }

  #choose(route: Route, target: HostTarget): RevisionDocument | undefined {
    const { app, revisions, shares, turns } = route;
    if (target.label !== undefined) return labelled(app, revisions, target.label);
    if (target.revisionName !== undefined) {
      return revisions.find(({ active, name }) => active && name === target.revisionName);
    }
    return turns.next(shares);
  }

  #route(appKey: string): Route | undefined {
    const known = this.#routes.get(appKey);
    if (known) return known;
    const app = this.#options.state.app(appKey);
    if (!app) {
      this.#turns.delete(appKey);
      return undefined;
    }
    const revisions = this.#options.state.revisions(appKey);
    const turns = this.#turns.get(appKey) ?? new WeightedTurns();
    this.#turns.set(appKey, turns);
    const route = { app, revisions, shares: sharesOf(app, revisions), turns };
    this.#routes.set(appKey, route);
    return route;
  }
}

function speaksHttp2({ transport }: IngressConfiguration): boolean {
  return transport.toLowerCase() === 'http2';
}

function hostName(request: IncomingMessage): string {
  return (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
}

function isAppDomain(host: string): boolean {
  return host.endsWith('.azurecontainerapps.io');
}
