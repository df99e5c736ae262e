import type { RegistrySettings } from './registry-host.js';
import type { RegistryEvent } from './request-context.js';

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
  announce(settings: RegistrySettings, event: RegistryEvent, origin: EventOrigin): void;
  close(): Promise<void>;
}
