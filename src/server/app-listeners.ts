import { isPublic } from '../apps/ingress/routing.js';
import type { AppService } from '../apps/service.js';
import { speaksTcp } from '../apps/ingress/tcp.js';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import type { CertificateAuthority } from './certificate-authority.js';
import { Listener, TcpListener } from './listener.js';
import type { PortBook } from './ports.js';

/** A loopback port for each app with external ingress, so that its page needs no name resolution. */
export class AppListeners {
  readonly #ports: PortBook;
  readonly #authority: CertificateAuthority;
  readonly #apps: AppService;
  readonly #logger: Logger;
  readonly #listeners = new Map<string, Listener | TcpListener>();
  /** Changes are applied one after the other. */
  #settled: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(ports: PortBook, authority: CertificateAuthority, apps: AppService, logger: Logger) {
    this.#ports = ports;
    this.#authority = authority;
    this.#apps = apps;
    this.#logger = logger;
    apps.onChange(() => {
      this.sync().catch((error: unknown) => {
        logger.error({ error: messageOf(error) }, 'app listeners out of step');
      });
    });
  }

  /** Opens what is missing and closes what is no longer wanted. */
  async sync(): Promise<void> {
    this.#settled = this.#settled.catch(() => undefined).then(() => this.#reconcile());
    return this.#settled;
  }

  /** `'http://localhost:41234'` or `'tcp://…'`, or undefined when the app has no listener. */
  url(appKey: string): string | undefined {
    const listener = this.#listeners.get(appKey);
    const scheme = listener instanceof TcpListener ? 'tcp' : 'http';
    return listener && `${scheme}://localhost:${listener.port}`;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#settled;
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
  }

  async #reconcile(): Promise<void> {
    const wanted = new Map<string, boolean>();
    for (const app of this.#apps.apps()) {
      const { ingress } = app.configuration;
      const environment = this.#apps.environment(app.environmentKey);
      if (ingress && isPublic(app, environment)) wanted.set(app.key, speaksTcp(ingress));
    }
    for (const [key, listener] of this.#listeners) {
      const fits = wanted.get(key) === listener instanceof TcpListener;
      if (wanted.has(key) && fits && !this.#closed) continue;
      this.#listeners.delete(key);
      await listener.close();
      if (!this.#apps.app(key)) await this.#ports.forget(`app/${key}`);
    }
    for (const [key, tcp] of wanted) {
      if (this.#listeners.has(key) || this.#closed) continue;
      try {
        await this.#open(key, tcp);
      } catch (error) {
        this.#logger.error({ app: key, error: messageOf(error) }, 'no listener for the app');
      }
    }
  }

  async #open(key: string, tcp: boolean): Promise<void> {
    await this.#ports.open(
      `app/${key}`,
      async (port) => {
        const address = { host: '127.0.0.1', port };
        const listener = await (tcp ? this.#openTcp(key, address) : this.#openWeb(key, address));
        this.#listeners.set(key, listener);
        return listener.port;
      },
      { keep: false },
    );
  }

  #openTcp(key: string, address: { host: string; port: number }): Promise<TcpListener> {
    return TcpListener.open(address, (socket) => {
      void this.#apps.ingress.connect(key, socket);
    });
  }

  #openWeb(key: string, address: { host: string; port: number }): Promise<Listener> {
    return Listener.open({
      ...address,
      authority: this.#authority,
      http2: () => true,
      onRequest: (request, response) => {
        void this.#apps.ingress.handleForApp(key, request, response);
      },
      onUpgrade: (request, socket, head) => {
        void this.#apps.ingress.upgradeForApp(key, request, socket, head);
      },
    });
  }
}
