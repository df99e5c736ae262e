import { join } from 'node:path';
import { systemClock, type Clock } from '../base/clock.js';
import { Failure, messageOf } from '../base/failure.js';
import { silentLogger, type Logger } from '../base/logger.js';
import type { TokenAuthority } from '../identity/token-authority.js';
import type { BlobStore } from '../storage/blob-store.js';
import { openFileBlobStore } from '../storage/file-blob-store.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { openSqliteMetadataStore } from '../storage/sqlite-metadata-store.js';
import { FULL_ACCESS } from './access.js';
import type { PrincipalAccess } from './authenticator.js';
import { BlobLinks } from './blob-links.js';
import { COLLECTION, repositoryKey } from './documents.js';
import { ServedRegistry } from './hosted-registry.js';
import { RegistryMetrics } from './metrics.js';
import { collectGarbage } from './garbage-collector.js';
import type {
  GarbageReport,
  HostedRegistry,
  RegistryHost,
  RegistrySettings,
} from './registry-host.js';
import type { RegistryEvent } from './request-context.js';
import { RegistryStore } from './registry-store.js';
import { WebhookQueue } from './webhook-queue.js';
import { WebhookSender } from './webhook-sender.js';

export interface RegistryHostOptions {
  /** Folder of blobs and metadata, e.g. `'/home/me/.lazurite/registry'`. */
  dataDirectory: string;
  /** Kept by the caller; without it a database in `dataDirectory` is opened and closed with the host. */
  metadata?: MetadataStore;
  /** Signs registry tokens, and checks those of the resource manager. */
  tokenAuthority: TokenAuthority;
  /** What a principal of the tenant may do; everything when left out. */
  principalAccess?: PrincipalAccess;
  /** Audiences of resource manager tokens besides Azure's own. */
  armAudiences?: readonly string[];
  clock?: Clock;
  logger?: Logger;
  /** Told of each push and deletion that is done; it must not wait for anything. */
  onEvent?: (settings: RegistrySettings, event: RegistryEvent) => void;
}

/**
 * Opens the registries of a data folder, those configured before included.
 *
 * @throws Failure when another process owns the folder
 */
export async function createRegistryHost(options: RegistryHostOptions): Promise<RegistryHost> {
  const metadata =
    options.metadata ??
    (await openSqliteMetadataStore({ path: join(options.dataDirectory, 'metadata.db') }));
  const blobs = await openFileBlobStore(options.dataDirectory);
  const host = new FileRegistryHost(options, metadata, blobs);
  await host.load();
  return host;
}

/** Registry names stand in storage keys. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** Also how long after the start the first collection runs: clients of before it may be back by then. */
const COLLECT_EVERY_MS = 30 * 60_000;
/** A push may take long: its layers come long before the manifest that needs them. */
const GRACE_MS = 24 * 3600_000;

class FileRegistryHost implements RegistryHost {
  readonly #options: RegistryHostOptions;
  readonly #metadata: MetadataStore;
  readonly #blobs: BlobStore;
  readonly #links: BlobLinks;
  readonly #webhooks: WebhookSender;
  readonly #metrics = new RegistryMetrics();
  readonly #registries = new Map<string, ServedRegistry>();
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  /** One collection at a time. */
  #collecting: Promise<unknown> = Promise.resolve();

  constructor(options: RegistryHostOptions, metadata: MetadataStore, blobs: BlobStore) {
    this.#options = options;
    this.#metadata = metadata;
    this.#blobs = blobs;
    this.#links = new BlobLinks(metadata, blobs);
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#timer = setInterval(() => {
      this.collectGarbage().catch((error: unknown) => {
        this.#logger.error({ error: messageOf(error) }, 'garbage collection failed');
      });
    }, COLLECT_EVERY_MS);
    this.#timer.unref();
    this.#webhooks = new WebhookSender({
      clock: this.#clock,
      logger: this.#logger,
      queue: new WebhookQueue(metadata),
      settingsOf: (name) => this.#registries.get(name)?.settings,
    });
  }

  async load(): Promise<void> {
    for (const { value } of await this.#metadata.list<RegistrySettings>(COLLECTION.registries)) {
      this.#registries.set(keyOf(value.name), await this.#open(value));
    }
    this.#webhooks.resume();
  }

  async configure(settings: RegistrySettings): Promise<HostedRegistry> {
    requireName(settings.name);
    const key = keyOf(settings.name);
    const known = this.#registries.get(key);
    const registry = known ?? (await this.#open(settings));
    known?.configure(settings);
    this.#webhooks.configured(settings);
    await this.#metadata.put(COLLECTION.registries, key, settings);
    this.#registries.set(key, registry);
    return registry;
  }

  get(name: string): HostedRegistry | undefined {
    return this.#registries.get(keyOf(name));
  }

  list(): HostedRegistry[] {
    return [...this.#registries.values()];
  }

  async remove(name: string): Promise<void> {
    const key = keyOf(name);
    this.#registries.delete(key);
    this.#webhooks.configured({ name: key });
    await this.#metadata.delete(COLLECTION.registries, key);
    const prefix = repositoryKey(key, '');
    const { repositories, tags, manifests, contents, referrers, deleted, imports } = COLLECTION;
    for (const collection of [
      ...[repositories, tags, manifests, contents, referrers, deleted, imports],
    ]) {
      await this.#deleteAll(collection, prefix);
    }
    // Links of blobs go with the next garbage collection: no repository of that name is left.
  }

  collectGarbage(graceMs = GRACE_MS): Promise<GarbageReport> {
    const collect = (): Promise<GarbageReport> => this.#collect(graceMs);
    const mine = this.#collecting.then(collect, collect);
    this.#collecting = mine;
    return mine;
  }

  async #collect(graceMs: number): Promise<GarbageReport> {
    const report = await collectGarbage({
      registries: [...this.#registries.values()],
      links: this.#links,
      blobs: this.#blobs,
      clock: this.#clock,
      graceMs,
    });
    this.#logger.info({ ...report }, 'garbage collected');
    return report;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#collecting.catch(() => undefined);
    await this.#webhooks.close();
    await this.#blobs.close();
    if (this.#options.metadata === undefined) await this.#metadata.close();
  }

  async #open(settings: RegistrySettings): Promise<ServedRegistry> {
    const store = await RegistryStore.open({
      name: keyOf(settings.name),
      metadata: this.#metadata,
      links: this.#links,
      clock: this.#clock,
    });
    return new ServedRegistry({
      settings,
      store,
      blobs: this.#blobs,
      authentication: {
        authority: this.#options.tokenAuthority,
        clock: this.#clock,
        principalAccess: this.#options.principalAccess ?? (() => Promise.resolve(FULL_ACCESS)),
        armAudiences: this.#options.armAudiences ?? [],
      },
      metrics: this.#metrics,
      webhooks: this.#webhooks,
      onEvent: this.#options.onEvent,
      logger: this.#logger,
    });
  }

  async #deleteAll(collection: string, prefix: string): Promise<void> {
    for (;;) {
      const entries = await this.#metadata.list(collection, { prefix, limit: 1000 });
      if (entries.length === 0) return;
      await this.#metadata.write(
        entries.map(({ key }) => ({ kind: 'delete', collection, key }) as const),
      );
    }
  }
}

/** Azure's registry names differ in more than case. */
function keyOf(name: string): string {
  return name.toLowerCase();
}

function requireName(name: string): void {
  if (!NAME.test(name)) {
    throw new Failure(`"${name}" is no registry name`, {
      why: 'a name has up to 100 letters, digits, ".", "_" and "-"',
    });
  }
}
