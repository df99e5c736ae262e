import type { Clock } from '../../../base/clock.js';
import { systemClock } from '../../../base/clock.js';
import { sharedWork } from '../../../base/shared-work.js';
import { textOf, type JsonObject } from '../../../base/json.js';
import type { LoginServers } from '../../../registry/login-servers.js';
import type { RegistryHost } from '../../../registry/registry-host.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { armErrors } from '../../errors.js';
import { KeyedLock } from '../../keyed-lock.js';
import { mergePatch } from '../../merge-patch.js';
import type {
  RequestContext,
  Resource,
  ResourceAction,
  ResourceProvider,
  WriteResult,
} from '../../provider.js';
import { makeResource, propertiesOf, ResourceDocuments } from '../../resource-documents.js';
import { nameOf, parentOf, parseResourceId, type ResourceId } from '../../resource-id.js';
import { startImport, type ImportOptions } from './import-image.js';
import { checkNameAvailability } from './name-availability.js';
import { RegistryCredentials, requireAdmin } from './registry-credentials.js';
import { REGISTRY_NAME, registryErrors } from './registry-errors.js';
import { RegistryTokens } from './registry-tokens.js';
import { makeSettings } from './registry-settings.js';
import { createScopeMapsProvider, createSystemScopeMaps, SCOPE_MAPS_TYPE } from './scope-maps.js';
import { RegistryWebhooks } from './webhooks.js';
import { settableProperties, skuOf } from './registry-properties.js';
import { describeUsages } from './registry-usages.js';

const TYPE = 'Microsoft.ContainerRegistry/registries';

export interface RegistriesOptions {
  metadata: MetadataStore;
  host: RegistryHost;
  loginServers: LoginServers;
  /** How images of other registries are copied; `importImage` is answered 501 without it. */
  importing?: ImportOptions;
  /** More POST actions, by lower-case name, e.g. those of runs. */
  actions?: Readonly<Record<string, ResourceAction>>;
  /** Told when a registry is gone, by its name in lower case. */
  onRemoved?: (name: string) => Promise<void>;
  clock?: Clock;
}

export interface RegistriesProvider extends ResourceProvider {
  /** Puts the registries of an earlier process back at work. Call once, before serving. */
  restore(): Promise<void>;
  /** Types nested in registries: tokens, scope maps, webhooks. Register them after this one. */
  readonly children: readonly ResourceProvider[];
}

/** Container registries: each write configures the registry that serves images. */
export function createRegistriesProvider(options: RegistriesOptions): RegistriesProvider {
  const service = new Registries(options);
  return {
    type: TYPE,
    apiVersions: ['2025-11-01', '2023-07-01', '2025-03-01-preview', '2022-02-01-preview'],
    get: (id) => service.documents.get(id),
    list: (scope) => service.documents.list(scope),
    put: (id, body, context) => service.put(id, body, context),
    preview: async (id, body, context) => {
      const before = await service.documents.get(id);
      return before && { before, after: service.make(id, body, before, context) };
    },
    patch: (id, body, context) => service.patch(id, body, context),
    delete: (id) => service.delete(id),
    restore: () => service.restore(),
    children: service.children,
    actions: {
      ...options.actions,
      ...(options.importing === undefined ? {} : { importimage: service.importAction }),
      listcredentials: async (id) => {
        const registry = await service.require(id);
        return { status: 200, body: await service.credentials.list(registry) };
      },
      regeneratecredential: async (id, body) => {
        const registry = await service.renew(id, body['name']);
        return { status: 200, body: await service.credentials.list(registry) };
      },
      generatecredentials: async (id, body) => {
        await service.require(id);
        return { status: 200, body: await service.tokens.generate(id, body) };
      },
    },
    queries: {
      listusages: async (id) => {
        const registry = await service.require(id);
        return { status: 200, body: await describeUsages(registry, options.host) };
      },
    },
    scopeActions: {
      checknameavailability: async (_scope, body) => ({
        status: 200,
        body: checkNameAvailability(body, await service.names()),
      }),
    },
  };
}

class Registries {
  readonly documents: ResourceDocuments;
  readonly credentials: RegistryCredentials;
  readonly tokens: RegistryTokens;
  readonly children: readonly ResourceProvider[];
  readonly #webhooks: RegistryWebhooks;
  readonly #options: RegistriesOptions;
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();
  readonly #imports = sharedWork<undefined>();

  constructor(options: RegistriesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.documents = new ResourceDocuments(options.metadata, TYPE);
    this.credentials = new RegistryCredentials(options.metadata);
    const child = {
      metadata: options.metadata,
      clock: this.#clock,
      changed: (id: ResourceId) => this.#reconfigure(id),
    };
    this.tokens = new RegistryTokens(child);
    this.#webhooks = new RegistryWebhooks({
      ...child,
      hosted: (name) => options.host.get(name),
    });
    const scopeMaps = createScopeMapsProvider(child);
    this.children = [scopeMaps, this.tokens.provider, this.#webhooks.provider];
  }

  put(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    return this.#exclusive(id, () => this.#write(id, body, context));
  }

  patch(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    return this.#exclusive(id, async () => {
      const existing = await this.require(id);
      return this.#write(id, mergePatch(existing, body), context);
    });
  }

  delete(id: ResourceId): Promise<void> {
    return this.#exclusive(id, async () => {
      const name = (await this.require(id)).name.toLowerCase();
      await this.#options.host.remove(name);
      await this.#options.loginServers.release(name);
      await this.#options.onRemoved?.(name);
      await this.documents.delete(id);
      await this.credentials.remove(id.key);
      await this.tokens.removeAll(id);
      await this.#webhooks.removeAll(id);
      await new ResourceDocuments(this.#options.metadata, SCOPE_MAPS_TYPE).deleteWithin(id);
    });
  }

  renew(id: ResourceId, passwordName: unknown): Promise<Resource> {
    return this.#exclusive(id, async () => {
      const registry = await this.require(id);
      requireAdmin(registry);
      await this.credentials.renew(registry, passwordName);
      await this.#configure(registry);
      return registry;
    });
  }

  async require(id: ResourceId): Promise<Resource> {
    const registry = await this.documents.get(id);
    if (registry === undefined) throw armErrors.resourceNotFound(id);
    return registry;
  }

  readonly importAction: ResourceAction = async (id, body) => {
    const { importing } = this.#options;
    if (importing === undefined) throw armErrors.notImplemented(`POST ${TYPE}/importImage`);
    const { name, properties } = await this.require(id);
    const options: ImportOptions = {
      ...importing,
      shared: this.#imports,
      imported: async (...what) => this.#options.host.get(name)?.noteImport(...what),
    };
    const { copying } = await startImport(options, textOf(properties['loginServer']), body, {
      byId: async (resourceId) => {
        const source = parseResourceId(resourceId);
        const found = source === undefined ? undefined : await this.documents.get(source);
        return found === undefined ? undefined : textOf(found.properties['loginServer']);
      },
      byHost: async (host) => {
        const names = (one: Resource): string[] => [
          textOf(one.properties['loginServer']),
          `${one.name.toLowerCase()}.azurecr.io`,
        ];
        const registries = await this.documents.list();
        const found = registries.find((one) => names(one).includes(host.toLowerCase()));
        return found === undefined ? undefined : textOf(found.properties['loginServer']);
      },
    });
    return { status: 202, pending: copying };
  };

  /** Names in use, in lower case. */
  async names(): Promise<string[]> {
    return (await this.documents.list()).map(({ name }) => name.toLowerCase());
  }

  async restore(): Promise<void> {
    for (const registry of await this.documents.list()) {
      const loginServer = await this.#options.loginServers.allocate(registry.name.toLowerCase());
      const current = { ...registry, properties: { ...registry.properties, loginServer } };
      if (loginServer !== registry.properties['loginServer']) await this.documents.put(current);
      await this.#configure(current);
    }
  }

  /** The resource that a body stands for, without its login server. @throws ArmError */
  make(
    id: ResourceId,
    body: JsonObject,
    existing: Resource | undefined,
    context: RequestContext,
  ): Resource {
    const name = nameOf(id);
    if (!REGISTRY_NAME.test(name)) throw registryErrors.invalidName(name);
    const sku = skuOf(body);
    const properties = {
      creationDate: existing?.properties['creationDate'] ?? this.#clock.now().toISOString(),
      provisioningState: 'Succeeded',
      ...settableProperties(propertiesOf(body)),
    };
    const common = { id, type: TYPE, body, existing, properties, context, clock: this.#clock };
    return { ...makeResource(common), sku };
  }

  async #write(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    const existing = await this.documents.get(id);
    const made = this.make(id, body, existing, context);
    const name = nameOf(id).toLowerCase();
    if (existing === undefined && (await this.names()).includes(name)) {
      throw registryErrors.alreadyInUse(nameOf(id));
    }
    const loginServer = await this.#options.loginServers.allocate(name);
    const resource = { ...made, properties: { loginServer, ...made.properties } };
    if (existing === undefined) {
      await createSystemScopeMaps(this.#options.metadata, id, this.#clock);
    }
    await this.#configure(resource);
    await this.documents.put(resource);
    return { created: existing === undefined, resource };
  }

  async #configure(registry: Resource): Promise<void> {
    const id = parseResourceId(registry.id);
    if (id === undefined) return;
    const settings = makeSettings(registry, {
      passwords: await this.credentials.passwords(registry),
      tokens: await this.tokens.configured(id),
      webhooks: await this.#webhooks.configured(id),
    });
    await this.#options.host.configure(settings);
  }

  /** After a change of something nested in the registry. */
  async #reconfigure(child: ResourceId): Promise<void> {
    const id = parentOf(child);
    if (id === undefined) return;
    await this.#exclusive(id, async () => {
      const registry = await this.documents.get(id);
      if (registry !== undefined) await this.#configure(registry);
    });
  }

  /** Names are unique across groups, so all writes of one name wait for each other. */
  #exclusive<T>(id: ResourceId, task: () => Promise<T>): Promise<T> {
    return this.#lock.run(nameOf(id).toLowerCase(), task);
  }
}
