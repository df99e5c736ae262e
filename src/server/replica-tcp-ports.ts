import type { Server } from 'node:net';
import type { AppService } from '../apps/service.js';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import type { Sandbox } from '../runtime/runtime.js';

/** One replica and the ports that are open at its gateway. */
interface Place {
  environmentKey: string;
  ports: Map<number, Server>;
}

/** Ports of apps behind `transport: tcp`, at the gateway of every replica of their environment. */
export class ReplicaTcpPorts {
  readonly #apps: () => AppService;
  readonly #logger: Logger;
  readonly #places = new Map<Sandbox, Place>();
  /** Changes are applied one after the other. */
  #settled: Promise<void> = Promise.resolve();

  constructor(apps: () => AppService, logger: Logger) {
    this.#apps = apps;
    this.#logger = logger;
  }

  /** @param witness closes with the sandbox */
  async add(sandbox: Sandbox, environmentKey: string, witness: Server): Promise<void> {
    this.#places.set(sandbox, { environmentKey, ports: new Map() });
    witness.once('close', () => this.#places.delete(sandbox));
    await this.sync();
  }

  /** Opens what is missing and closes what is no longer wanted; a port that can't be had is logged. */
  sync(): Promise<void> {
    this.#settled = this.#settled.then(async () => {
      for (const [sandbox, place] of this.#places) await this.#reconcile(sandbox, place);
    });
    return this.#settled;
  }

  async #reconcile(sandbox: Sandbox, { environmentKey, ports }: Place): Promise<void> {
    const wanted = this.#apps().ingress.tcpPorts(environmentKey);
    for (const [port, server] of ports) {
      if (wanted.has(port)) continue;
      server.close();
      ports.delete(port);
    }
    for (const port of wanted.keys()) {
      if (ports.has(port) || !this.#places.has(sandbox)) continue;
      try {
        ports.set(port, await this.#open(sandbox, environmentKey, port));
      } catch (error) {
        this.#logger.error(
          { port, error: messageOf(error) },
          'no port for an app inside a replica',
        );
      }
    }
  }

  async #open(sandbox: Sandbox, environmentKey: string, port: number): Promise<Server> {
    const server = await sandbox.listen('gateway', port);
    // Who has the port is asked at each connection: it may have gone from one app to another.
    server.on('connection', (socket) => {
      const { ingress } = this.#apps();
      const appKey = ingress.tcpPorts(environmentKey).get(port);
      if (appKey === undefined) socket.destroy();
      else void ingress.connect(appKey, socket);
    });
    return server;
  }
}
