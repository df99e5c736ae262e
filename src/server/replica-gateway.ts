import type { Server } from 'node:net';
import type { ConnectReplica, ReplicaSpec } from '../apps/replica/replica.js';
import type { AppService } from '../apps/service.js';
import { NameServer } from '../apps/network/name-server.js';
import { hostUpstream, type Upstream } from '../apps/network/upstream.js';
import type { Logger } from '../base/logger.js';
import type { HttpPlane } from '../http/plane.js';
import { Acceptor } from './acceptor.js';
import type { CertificateAuthority } from './certificate-authority.js';
import { Gateway } from './gateway.js';
import { ReplicaTcpPorts } from './replica-tcp-ports.js';

const DNS_PORT = 53;
/** Where programs expect HTTP and HTTPS; each of them speaks both. */
const WEB_PORTS = [80, 443];

/** Lazurite's own name inside a replica. */
const OWN_NAME = 'lazurite.internal';

/**
 * A port that each replica finds on its own loopback or at the metadata service's address, as programs on Azure do,
 * e.g. that of managed identity. `server` hears the programs of this replica and nobody else, so who asks needs no proof.
 */
export interface ReplicaService {
  at: 'inside' | 'metadata';
  /** e.g. `42356` */
  port: number;
  serve(server: Server, replica: ReplicaSpec): void;
}

export interface ReplicaGatewayOptions {
  /** Asked for at each request: the apps are made after what their replicas are connected to. */
  apps: () => AppService;
  authority: CertificateAuthority;
  /** Where the runtime lets a replica find Lazurite; undefined where it cannot. */
  address: string | undefined;
  /** Names that lead to a registry of this Lazurite, e.g. `'acrlab.azurecr.io'`. */
  isRegistry: (name: string) => boolean;
  services: readonly ReplicaService[];
  logger: Logger;
  upstream?: Upstream;
}

/** One environment as its replicas see it. */
interface Inside {
  names: NameServer;
  web: Acceptor;
}

/** Lazurite as the programs of a replica find it: names, the ingress on 80 and 443, services on their loopback. */
export class ReplicaGateway {
  readonly #options: ReplicaGatewayOptions;
  readonly #upstream: Upstream;
  readonly #environments = new Map<string, Inside>();
  readonly #tcp: ReplicaTcpPorts;
  #planes: readonly HttpPlane[] = [];

  constructor(options: ReplicaGatewayOptions) {
    this.#options = options;
    this.#upstream = options.upstream ?? hostUpstream();
    this.#tcp = new ReplicaTcpPorts(options.apps, options.logger);
  }

  readonly connect: ConnectReplica = async (sandbox, replica) => {
    const { apps, address, services } = this.#options;
    for (const service of services) {
      // Only where there is a gateway is there a way to it.
      if (service.at === 'metadata' && address === undefined) continue;
      service.serve(await sandbox.listen(service.at, service.port), replica);
    }
    const environmentKey = apps().workload(replica.appKey)?.environmentKey;
    if (environmentKey === undefined || address === undefined) return;
    const { names, web } = this.#inside(environmentKey, address);
    const [datagrams, streams, ...servers] = await Promise.all([
      sandbox.bind(DNS_PORT),
      sandbox.listen('gateway', DNS_PORT),
      ...WEB_PORTS.map((port) => sandbox.listen('gateway', port)),
    ]);
    names.serveDatagrams(datagrams);
    names.serveStreams(streams);
    for (const server of servers) web.serve(server);
    await this.#tcp.add(sandbox, environmentKey, streams);
  };

  /** What answers, besides apps, from now on; called before the first replica starts. */
  offer(planes: readonly HttpPlane[]): void {
    this.#planes = planes;
    this.#options.apps().onChange(() => {
      void this.#tcp.sync();
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#environments.values()].map(({ web }) => web.close()));
  }

  #inside(environmentKey: string, address: string): Inside {
    const known = this.#environments.get(environmentKey);
    if (known) return known;
    const { apps, isRegistry, authority, logger } = this.#options;
    const ingress: HttpPlane = {
      name: 'ingress',
      handle: (request, response, url) =>
        apps().ingress.inside(environmentKey).handle(request, response, url),
      upgrade: (request, socket, head, url) =>
        apps().ingress.inside(environmentKey).upgrade(request, socket, head, url),
    };
    const gateway = new Gateway([ingress, ...this.#planes], logger);
    const inside: Inside = {
      names: new NameServer({
        addressOf: (name) =>
          name === OWN_NAME || isRegistry(name) || apps().ingress.resolves(environmentKey, name)
            ? address
            : undefined,
        upstream: this.#upstream,
      }),
      web: new Acceptor({
        authority,
        http2: (name) => apps().ingress.resolves(environmentKey, name),
        onRequest: gateway.onRequest,
        onUpgrade: gateway.onUpgrade,
      }),
    };
    this.#environments.set(environmentKey, inside);
    return inside;
  }
}
