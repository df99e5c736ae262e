import type { MetadataStore, WriteOperation } from '../storage/metadata-store.js';
import { COLLECTION } from './documents.js';
import type { WebhookEvent } from './webhook-delivery.js';

/** An event that a webhook has yet to take. Where it goes is in the settings of the registry. */
export interface WaitingEvent {
  /** Names of the registry and its webhook, in lower case. */
  registry: string;
  webhook: string;
  event: WebhookEvent;
  /** How often it was sent in vain, by this process and those before it. */
  attempts: number;
  /** When to send it next, RFC 3339. */
  due: string;
}

/** Events on disk, from before the push is acknowledged until they are delivered or given up. */
export class WebhookQueue {
  readonly #metadata: MetadataStore;

  constructor(metadata: MetadataStore) {
    this.#metadata = metadata;
  }

  /** All or none. Durable once it resolves. An event that is there already is replaced. */
  put(events: readonly WaitingEvent[]): Promise<void> {
    const operations = events.map((value): WriteOperation => ({
      kind: 'put',
      ...placeOf(value),
      value,
    }));
    return this.#metadata.write(operations);
  }

  remove(event: WaitingEvent): Promise<void> {
    return this.#metadata.write([{ kind: 'delete', ...placeOf(event) }]);
  }

  /** The earliest first. */
  async list(): Promise<WaitingEvent[]> {
    const entries = await this.#metadata.list<WaitingEvent>(COLLECTION.webhookEvents);
    const events = entries.map(({ value }) => value);
    return events.sort((a, b) => a.event.timestamp.localeCompare(b.event.timestamp));
  }
}

function placeOf({ registry, webhook, event }: WaitingEvent): { collection: string; key: string } {
  return { collection: COLLECTION.webhookEvents, key: `${registry}/${webhook}/${event.id}` };
}
