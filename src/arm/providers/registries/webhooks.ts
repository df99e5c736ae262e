import type { Clock } from '../../../base/clock.js';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../../base/json.js';
import type { HostedRegistry, RegistryWebhook } from '../../../registry/registry-host.js';
import type { WebhookDelivery } from '../../../registry/webhook-delivery.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { createDocumentProvider } from '../../document-provider.js';
import { ArmError, armErrors } from '../../errors.js';
import type { ResourceProvider } from '../../provider.js';
import { makeResource, propertiesOf, ResourceDocuments } from '../../resource-documents.js';
import { nameOf, type ResourceId } from '../../resource-id.js';
import { registryErrors } from './registry-errors.js';

const TYPE = 'Microsoft.ContainerRegistry/registries/webhooks';
const CALLBACKS = 'arm.registryWebhookCallbacks';
const NAME = /^[A-Za-z0-9]{5,50}$/;
const ACTIONS = ['push', 'delete', 'quarantine', 'chart_push', 'chart_delete'];

/** Where a webhook goes; not shown by GET, since it may hold secrets. */
interface Callback extends JsonObject {
  serviceUri: string;
  customHeaders: { [name: string]: string };
}

/** Webhooks of registries. */
export class RegistryWebhooks {
  readonly provider: ResourceProvider;
  readonly #metadata: MetadataStore;
  readonly #documents: ResourceDocuments;

  constructor(options: {
    metadata: MetadataStore;
    clock: Clock;
    changed: (id: ResourceId) => Promise<void>;
    /** The registry that sends the events, by its name. */
    hosted: (name: string) => HostedRegistry | undefined;
  }) {
    const { metadata, clock, changed, hosted } = options;
    const registryOf = (id: ResourceId): HostedRegistry | undefined =>
      hosted(id.names[0]?.toLowerCase() ?? '');
    this.#metadata = metadata;
    this.#documents = new ResourceDocuments(metadata, TYPE);
    const provider = createDocumentProvider({
      type: TYPE,
      metadata,
      clock,
      tracking: 'none',
      properties: ({ id, given }) => this.#properties(id, given),
      changed: async (id, webhook) => {
        if (webhook === undefined) await metadata.delete(CALLBACKS, id.key);
        await changed(id);
      },
      actions: {
        getcallbackconfig: async (id) => {
          const callback = await metadata.get<Callback>(CALLBACKS, id.key);
          if (callback === undefined) throw armErrors.resourceNotFound(id);
          return { status: 200, body: callback };
        },
        ping: async (id) => {
          await this.#require(id);
          const event = await registryOf(id)?.pingWebhook(nameOf(id));
          if (event === undefined) throw tooManyWaiting();
          return { status: 200, body: { id: event } };
        },
        listevents: async (id) => {
          await this.#require(id);
          const deliveries = registryOf(id)?.webhookDeliveries(nameOf(id)) ?? [];
          return { status: 200, body: { value: deliveries.map(renderDelivery) } };
        },
      },
    });
    this.provider = {
      ...provider,
      preview: async (id, body, context) => {
        const existing = await provider.get(id, context);
        const known = await metadata.get<Callback>(CALLBACKS, id.key);
        if (existing === undefined) return undefined;
        const { properties, callback } = readWebhook(id, propertiesOf(body), known);
        const all = { ...properties, ...callback };
        return {
          before: { ...existing, properties: { ...existing.properties, ...known } },
          after: makeResource({ id, type: TYPE, body, existing, properties: all, context, clock }),
        };
      },
    };
  }

  /** The webhooks of a registry as it is told of them. */
  async configured(registry: ResourceId): Promise<RegistryWebhook[]> {
    const webhooks = await this.#documents.list(registry);
    const configured = await Promise.all(
      webhooks.map(async ({ id, name, properties }) => {
        const callback = await this.#metadata.get<Callback>(CALLBACKS, id.toLowerCase());
        if (callback === undefined) return [];
        const { actions, scope, status } = properties;
        const wanted = Array.isArray(actions) ? actions : [];
        return [
          {
            name,
            serviceUri: callback.serviceUri,
            customHeaders: callback.customHeaders,
            actions: (['push', 'delete'] as const).filter((action) => wanted.includes(action)),
            scope: textOf(scope),
            enabled: status === 'enabled',
          },
        ];
      }),
    );
    return configured.flat();
  }

  async removeAll(registry: ResourceId): Promise<void> {
    for (const { id } of await this.#documents.list(registry)) {
      await this.#metadata.delete(CALLBACKS, id.toLowerCase());
    }
    await this.#documents.deleteWithin(registry);
  }

  async #require(id: ResourceId): Promise<void> {
    if ((await this.#documents.get(id)) === undefined) throw armErrors.resourceNotFound(id);
  }

  async #properties(id: ResourceId, given: JsonObject): Promise<JsonObject> {
    const known = await this.#metadata.get<Callback>(CALLBACKS, id.key);
    const { properties, callback } = readWebhook(id, given, known);
    await this.#metadata.put(CALLBACKS, id.key, callback);
    return properties;
  }
}

/** @param known what an update leaves out stays as it was @throws ArmError InvalidParameter */
function readWebhook(
  id: ResourceId,
  given: JsonObject,
  known: Callback | undefined,
): { properties: JsonObject; callback: Callback } {
  if (!NAME.test(nameOf(id)))
    throw registryErrors.invalidProperty('name', '5 to 50 letters or digits');
  const serviceUri = textOf(given['serviceUri'] ?? known?.serviceUri);
  if (!/^https?:\/\/[^\s]+$/i.test(serviceUri)) {
    throw registryErrors.invalidProperty('serviceUri', 'an http or https address');
  }
  const actions = given['actions'] ?? [];
  if (!Array.isArray(actions) || !actions.every((action) => ACTIONS.includes(textOf(action)))) {
    throw registryErrors.invalidProperty('actions', `a list of ${ACTIONS.join(', ')}`);
  }
  const customHeaders = headersOf(given['customHeaders'] ?? known?.customHeaders);
  return {
    callback: { serviceUri, customHeaders },
    properties: {
      status: given['status'] === 'disabled' ? 'disabled' : 'enabled',
      scope: given['scope'] ?? '',
      actions,
      provisioningState: 'Succeeded',
    },
  };
}

function tooManyWaiting(): ArmError {
  return new ArmError({
    status: 429,
    code: 'TooManyRequests',
    message: 'Too many events are waiting to be sent to webhooks. Please try again later.',
  });
}

/** @see https://learn.microsoft.com/rest/api/containerregistry/webhooks/list-events */
function renderDelivery({ event, uri, headers, answer }: WebhookDelivery): JsonObject {
  return {
    id: event.id,
    eventRequestMessage: {
      content: {
        id: event.id,
        timestamp: event.timestamp,
        action: event.action,
        ...(event.target && { target: { ...event.target } }),
        ...(event.request && { request: { ...event.request } }),
      },
      headers: { ...headers },
      method: 'POST',
      requestUri: uri,
      version: '1.1',
    },
    ...(answer && {
      eventResponseMessage: {
        content: answer.content,
        headers: { ...answer.headers },
        reasonPhrase: answer.reason,
        statusCode: String(answer.status),
        version: '1.1',
      },
    }),
  };
}

function headersOf(given: Json | undefined): { [name: string]: string } {
  if (given == null) return {};
  if (!isJsonObject(given))
    throw registryErrors.invalidProperty('customHeaders', 'an object of texts');
  const entries = Object.entries(given).map(([name, value]): [string, string] => {
    if (typeof value === 'string') return [name, value];
    throw registryErrors.invalidProperty('customHeaders', 'an object of texts');
  });
  return Object.fromEntries(entries);
}
