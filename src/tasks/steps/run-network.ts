import { connect, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { ContainerRuntime, Sandbox } from '../../runtime/runtime.js';

export interface RunNetworkOptions {
  /** Unique on this machine. */
  name: string;
  /** Names of the loopback address inside. */
  stepIds: readonly string[];
  /** e.g. `'localhost:5001'`, `'labacr.azurecr.io'`; reached from inside under this name. */
  loginServer: string;
  /** Where that registry really answers, e.g. `'http://127.0.0.1:5001'`. */
  registryUrl: string | undefined;
}

/**
 * The network that the containers of a run share, in which each goes by the id of its step. It is one of its
 * own where there is a way out of it, since steps fetch what they need; else it is this machine's.
 */
export class RunNetwork {
  readonly #options: RunNetworkOptions;
  #sandbox: Promise<Sandbox> | undefined;

  constructor(options: RunNetworkOptions) {
    this.#options = options;
  }

  static isOwn({ info }: ContainerRuntime): boolean {
    const { egress } = info.network;
    return info.ownNetwork && egress !== 'none' && egress !== 'host';
  }

  /** Made when the first container needs it. */
  open(runtime: ContainerRuntime): Promise<Sandbox> {
    this.#sandbox ??= this.#open(runtime);
    return this.#sandbox;
  }

  async close(): Promise<void> {
    const sandbox = await this.#sandbox?.catch(() => undefined);
    await sandbox?.remove();
  }

  async #open(runtime: ContainerRuntime): Promise<Sandbox> {
    const { name, stepIds, loginServer, registryUrl } = this.#options;
    const isOwn = RunNetwork.isOwn(runtime);
    const { hostname, port } = new URL(`https://${loginServer}`);
    const sandbox = await runtime.createSandbox({
      id: `task-${name}`,
      hostname: 'acb',
      network: isOwn ? 'own' : 'host',
      hosts: hostname === 'localhost' ? stepIds : [...stepIds, hostname],
    });
    if (isOwn && registryUrl !== undefined) {
      const server = await sandbox.listen('inside', Number(port || '443'));
      forwardTo(server, Number(new URL(registryUrl).port));
    }
    return sandbox;
  }
}

function forwardTo(server: Server, port: number): void {
  server.on('connection', (client: Socket) => {
    const registry = connect({ port, host: '127.0.0.1' });
    Promise.all([pipeline(client, registry), pipeline(registry, client)]).catch(() => {
      client.destroy();
    });
  });
}
