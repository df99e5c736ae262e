import type { RegistrySettings, RegistryWebhook } from './registry-host.js';
import type { RegistryEvent } from './request-context.js';
import type { WebhookDelivery } from './webhook-delivery.js';

/** Who caused an event, and how. */
export interface EventOrigin {
  actor: string;
  method: string;
  host: string;
  correlationId: string;
  userAgent: string;
  address: string;
}

/** Tells others of pushes and deletes. */
export interface Webhooks {
  /** The events are on disk once it resolves, and delivered by and by. */
  announce(
    settings: RegistrySettings,
    events: readonly RegistryEvent[],
    origin: EventOrigin,
  ): Promise<void>;
  /** Sends an event that says nothing else, to a disabled webhook too. @returns the event's id; undefined when too many wait */
  ping(settings: RegistrySettings, webhook: RegistryWebhook): Promise<string | undefined>;
  /** What was sent lately, the latest first; the webhook is given by name. */
  deliveries(settings: RegistrySettings, webhook: string): readonly WebhookDelivery[];
  /** Told when a registry has other webhooks than before, or is gone. */
  configured(settings: Pick<RegistrySettings, 'name' | 'webhooks'>): void;
  close(): Promise<void>;
}
