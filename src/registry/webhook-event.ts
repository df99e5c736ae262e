import { randomUUID } from 'node:crypto';
import type { RegistrySettings, RegistryWebhook } from './registry-host.js';
import type { RegistryEvent } from './request-context.js';
import type { WebhookEvent } from './webhook-delivery.js';
import type { EventOrigin } from './webhooks.js';

/** Whether a webhook is to be told of an event. */
export function wants(webhook: RegistryWebhook, event: RegistryEvent): boolean {
  if (!webhook.enabled || !webhook.actions.includes(event.action)) return false;
  const scope = webhook.scope ?? '';
  if (scope === '') return true;
  const [repository = '', tag] = scope.split(':');
  const sameRepository = repository.endsWith('*')
    ? event.repository.startsWith(repository.slice(0, -1))
    : event.repository === repository;
  return sameRepository && (tag === undefined || tag === '*' || tag === event.tag);
}

/** @param timestamp RFC 3339 */
export function makeEvent(
  settings: RegistrySettings,
  event: RegistryEvent,
  origin: EventOrigin,
  timestamp: string,
): WebhookEvent {
  const { action, repository, digest, tag, mediaType, size } = event;
  return {
    id: randomUUID(),
    timestamp,
    action,
    target: {
      ...(mediaType !== undefined && { mediaType }),
      ...(size !== undefined && { size, length: size }),
      digest,
      repository,
      ...(tag !== undefined && { tag }),
    },
    request: {
      id: origin.correlationId,
      host: settings.loginServer,
      method: origin.method,
      useragent: origin.userAgent,
    },
  };
}
