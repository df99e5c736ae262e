import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Digest } from '../oci/digest.js';
import { formatReference, type Reference, type RepositoryName } from '../oci/reference.js';
import { createRegistryHost } from '../registry/create-registry-host.js';
import { createHmacAuthority } from '../registry/hmac-authority.js';
import { KeyedMutex } from '../registry/keyed-mutex.js';
import type { LocalRepository } from '../registry/local-repository.js';
import type { HostedRegistry, RegistryHost } from '../registry/registry-host.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { openSqliteMetadataStore } from '../storage/sqlite-metadata-store.js';

/** An image of another registry that is kept here. */
export interface KeptImage {
  /** Canonical, e.g. `'mcr.microsoft.com/mcr/hello-world:latest'`. */
  reference: string;
  /** Put here by a person; pulled through when something asked for it; built in, for want of the original. */
  kind: 'added' | 'pulled' | 'stand-in';
  /** Where an added image came from, e.g. `'oci:/tmp/image'`. */
  from?: string;
  /** Of the index or image that the reference names. */
  digest: Digest;
  /** RFC 3339. */
  keptAt: string;
  /** When its registry was last asked for it, RFC 3339. */
  checkedAt: string;
}

const COLLECTION = 'mirror.images';

/** Images of other registries, in a registry of its own for each: byte for byte, durable, never half. */
export class KeptImages {
  readonly #host: RegistryHost;
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;
  readonly #mutex = new KeyedMutex();

  private constructor(host: RegistryHost, metadata: MetadataStore, clock: Clock) {
    this.#host = host;
    this.#metadata = metadata;
    this.#clock = clock;
  }

  /** @param directory e.g. `'/home/me/.lazurite/mirror'`; owned by one process */
  static async open(directory: string, clock: Clock, logger: Logger): Promise<KeptImages> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const metadata = await openSqliteMetadataStore({ path: join(directory, 'metadata.db') });
    // Nobody logs in here: the key only has to be there.
    const tokenAuthority = createHmacAuthority(randomBytes(32), clock);
    const host = await createRegistryHost({
      ...{ dataDirectory: directory, metadata, tokenAuthority, clock, logger },
    });
    return new KeptImages(host, metadata, clock);
  }

  /** The registry that stands for another one, for serving what is kept of it. */
  async registry(name: string): Promise<HostedRegistry> {
    // A port's colon may not stand in storage keys.
    const key = name.toLowerCase().replace(':', '_');
    return (
      this.#host.get(key) ??
      this.#host.configure({
        name: key,
        loginServer: name,
        admin: { enabled: false, username: '', passwords: ['', ''] },
        anonymousPull: true,
        anonymousAccess: true,
        negotiation: 'any',
        // What is pulled through comes piece by piece, as clients ask.
        sparseIndexes: true,
      })
    );
  }

  async repository(registry: string, name: RepositoryName): Promise<LocalRepository> {
    return (await this.registry(registry)).repository(name);
  }

  /** @param reference canonical */
  find(reference: string): Promise<KeptImage | undefined> {
    return this.#metadata.get<KeptImage>(COLLECTION, reference);
  }

  /** By reference. */
  async list(): Promise<KeptImage[]> {
    return (await this.#metadata.list<KeptImage>(COLLECTION)).map(({ value }) => value);
  }

  /**
   * One addition or removal at a time to a repository: what is brought in for one has no name until its end,
   * and another would take it for left over.
   */
  exclusively<T>({ registry, repository }: Reference, work: () => Promise<T>): Promise<T> {
    return this.#mutex.run(`${registry}/${repository}`, work);
  }

  /** Call once everything that the image needs is in its repository. */
  async record(
    reference: Reference,
    image: Pick<KeptImage, 'kind' | 'from' | 'digest'>,
  ): Promise<KeptImage> {
    const now = this.#clock.now().toISOString();
    const text = formatReference(reference);
    const known = await this.find(text);
    const unchanged = known?.digest === image.digest && known.kind === image.kind;
    const kept = { ...image, reference: text, checkedAt: now };
    const recorded = { ...kept, keptAt: unchanged ? known.keptAt : now };
    await this.#metadata.put(COLLECTION, text, recorded);
    return recorded;
  }

  /** @returns what was kept, or undefined when nothing was */
  async remove(reference: Reference): Promise<KeptImage | undefined> {
    const text = formatReference(reference);
    const known = await this.find(text);
    if (known === undefined) return undefined;
    await this.#metadata.delete(COLLECTION, text);
    if (reference.tag !== undefined && reference.digest === undefined) {
      const repository = await this.repository(reference.registry, reference.repository);
      await repository.deleteTag(reference.tag);
    }
    return known;
  }

  async close(): Promise<void> {
    await this.#host.close();
    await this.#metadata.close();
  }

  /** Lets go of what no kept image of the repository leads to any more. Not from within `exclusively`. */
  tidy(reference: Reference): Promise<void> {
    return this.exclusively(reference, () => this.#prune(reference));
  }

  async #prune({ registry, repository }: Reference): Promise<void> {
    const prefix = `${registry}/${repository}`;
    const entries = await this.#metadata.list<KeptImage>(COLLECTION, { prefix });
    const roots = entries
      .filter(({ key }) => /^[:@]/.test(key.slice(prefix.length)))
      .map(({ value }) => value.digest);
    await (await this.repository(registry, repository)).prune(roots);
  }
}
