import type { MetadataStore } from '../storage/metadata-store.js';
import { codeOf, Failure } from '../base/failure.js';

const COLLECTION = 'loopback-ports';

/**
 * Remembers which loopback port belongs to what, e.g. `'registry/acrlabacr'` → 5001: image references hold
 * the registry's port, so it must outlive a restart.
 */
export class PortBook {
  readonly #metadata: MetadataStore;

  constructor(metadata: MetadataStore) {
    this.#metadata = metadata;
  }

  /**
   * Opens something on the port of `name`: the one it had, else a free one, which is then remembered.
   *
   * @param open called with a port (0 = any free one); answers the port it got
   * @throws Failure when the remembered port is taken and `keep` forbids another.
   */
  async open(
    name: string,
    open: (port: number) => Promise<number>,
    { keep }: { keep: boolean },
  ): Promise<number> {
    const known = await this.#metadata.get<{ port: number }>(COLLECTION, name);
    try {
      const port = await open(known?.port ?? 0);
      if (port !== known?.port) await this.#metadata.put(COLLECTION, name, { port });
      return port;
    } catch (error) {
      const taken = error instanceof Failure && codeOf(error.cause) === 'EADDRINUSE';
      if (!taken || known === undefined) throw error;
      if (keep) {
        throw new Failure(`port ${known.port} of ${name} is in use`, {
          why: 'another program took it while Lazurite was down, and references to images hold it',
          help: `end the program that listens on port ${known.port}, then: lazurite up`,
          cause: error,
        });
      }
    }
    const port = await open(0);
    await this.#metadata.put(COLLECTION, name, { port });
    return port;
  }

  async forget(name: string): Promise<void> {
    await this.#metadata.delete(COLLECTION, name);
  }
}
