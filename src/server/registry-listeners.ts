import type { LoginServers } from '../registry/login-servers.js';
import type { RegistryHost } from '../registry/registry-host.js';
import { answerUnreadable } from '../registry/unreadable.js';
import type { CertificateAuthority } from './certificate-authority.js';
import { Listener } from './listener.js';
import type { PortBook } from './ports.js';

const LOOPBACK = '127.0.0.1';

/** A loopback port for each registry: its login server is `localhost:<port>`, the same after a restart. */
export class RegistryListeners implements LoginServers {
  readonly #ports: PortBook;
  readonly #authority: CertificateAuthority;
  readonly #host: () => RegistryHost;
  readonly #listeners = new Map<string, Listener>();

  /** @param host asked for at each request: the host is made after the listeners */
  constructor(ports: PortBook, authority: CertificateAuthority, host: () => RegistryHost) {
    this.#ports = ports;
    this.#authority = authority;
    this.#host = host;
  }

  async allocate(registryName: string): Promise<string> {
    const name = registryName.toLowerCase();
    const open = this.#listeners.get(name) ?? (await this.#open(name));
    return `localhost:${open.port}`;
  }

  async release(registryName: string): Promise<void> {
    const name = registryName.toLowerCase();
    const listener = this.#listeners.get(name);
    this.#listeners.delete(name);
    await listener?.close();
    await this.#ports.forget(`registry/${name}`);
  }

  /** Where a registry of this Lazurite answers plain HTTP, e.g. `'http://127.0.0.1:5001'`. */
  baseUrl(registryName: string): string | undefined {
    const listener = this.#listeners.get(registryName.toLowerCase());
    return listener && `http://${LOOPBACK}:${listener.port}`;
  }

  /** The registry whose listener an address is, e.g. of `'localhost:5001'`. */
  nameAt(server: string): string | undefined {
    const port = Number(/^(?:localhost|127\.0\.0\.1):(\d+)$/i.exec(server)?.[1]);
    return [...this.#listeners].find(([, listener]) => listener.port === port)?.[0];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
    this.#listeners.clear();
  }

  async #open(name: string): Promise<Listener> {
    let listener: Listener | undefined;
    await this.#ports.open(
      `registry/${name}`,
      async (port) => {
        listener = await Listener.open({
          host: LOOPBACK,
          port,
          authority: this.#authority,
          prepare: answerUnreadable,
          onRequest: (request, response) => {
            const registry = this.#host().get(name);
            if (registry) void registry.handle(request, response);
            else response.writeHead(404).end();
          },
        });
        return listener.port;
      },
      { keep: true },
    );
    if (!listener) throw new Error('the port was opened without a listener');
    this.#listeners.set(name, listener);
    return listener;
  }
}
