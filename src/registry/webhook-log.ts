import type { RegistrySettings } from './registry-host.js';
import type { WebhookDelivery } from './webhook-delivery.js';

/** Of one webhook; older ones are forgotten. */
const MOST_DELIVERIES = 100;

/** The latest deliveries of every webhook, in memory: they are gone with the process. */
export class WebhookLog {
  readonly #deliveries = new Map<string, WebhookDelivery[]>();

  add(registry: string, webhook: string, delivery: WebhookDelivery): void {
    const key = keyOf(registry, webhook);
    const deliveries = this.#deliveries.get(key) ?? [];
    deliveries.unshift(delivery);
    deliveries.splice(MOST_DELIVERIES);
    this.#deliveries.set(key, deliveries);
  }

  /** The latest first. */
  list(registry: string, webhook: string): readonly WebhookDelivery[] {
    return this.#deliveries.get(keyOf(registry, webhook)) ?? [];
  }

  /** Forgets what went to webhooks that a registry no longer has. */
  keep({ name, webhooks = [] }: Pick<RegistrySettings, 'name' | 'webhooks'>): void {
    const kept = new Set(webhooks.map((webhook) => keyOf(name, webhook.name)));
    for (const key of this.#deliveries.keys()) {
      if (key.startsWith(keyOf(name, '')) && !kept.has(key)) this.#deliveries.delete(key);
    }
  }
}

function keyOf(registry: string, webhook: string): string {
  return `${registry}/${webhook}`.toLowerCase();
}
