import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { randomUUID } from 'node:crypto';
import type { RegistrySettings, RegistryWebhook } from './registry-host.js';
import type { RegistryEvent } from './request-context.js';
import type { EventOrigin, Webhooks } from './webhooks.js';

export interface WebhookOptions {
  clock: Clock;
  logger: Logger;
}

const TIMEOUT_MS = 10_000;
/** Waits before the second and later attempts; after the last one the event is given up. */
const RETRY_DELAYS_MS = [1_000, 5_000, 15_000, 60_000];
/** A receiver that is down must not fill the memory. */
const MAX_WAITING = 1_000;

/** Sends events to the webhooks of a registry, each on its own and without holding up the push. */
export function createWebhooks(options: WebhookOptions): Webhooks {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const start = (webhook: RegistryWebhook, body: unknown): void => {
    if (running.size >= MAX_WAITING) {
      options.logger.warn({ webhook: webhook.name }, 'webhook event dropped: too many are waiting');
      return;
    }
    const work = deliver(webhook, JSON.stringify(body), closing.signal, options).finally(() => {
      running.delete(work);
    });
    running.add(work);
  };
  return {
    announce(settings, event, origin) {
      for (const webhook of settings.webhooks ?? []) {
        if (!wants(webhook, event)) continue;
        start(webhook, eventBody(settings, event, origin, options.clock));
      }
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

function wants(webhook: RegistryWebhook, event: RegistryEvent): boolean {
  if (!webhook.enabled || !webhook.actions.includes(event.action)) return false;
  const scope = webhook.scope ?? '';
  if (scope === '') return true;
  const [repository = '', tag] = scope.split(':');
  const sameRepository = repository.endsWith('*')
    ? event.repository.startsWith(repository.slice(0, -1))
    : event.repository === repository;
  return sameRepository && (tag === undefined || tag === '*' || tag === event.tag);
}

/** @see https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference */
function eventBody(
  settings: RegistrySettings,
  event: RegistryEvent,
  origin: EventOrigin,
  clock: Clock,
) {
  const { repository, digest, tag, mediaType, size } = event;
  return {
    id: randomUUID(),
    timestamp: clock.now().toISOString(),
    action: event.action,
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

async function deliver(
  webhook: RegistryWebhook,
  body: string,
  closing: AbortSignal,
  { clock, logger }: WebhookOptions,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const failure = await post(webhook, body, closing);
    if (failure === undefined) return;
    const wait = RETRY_DELAYS_MS[attempt];
    if (wait === undefined || closing.aborted) {
      logger.warn({ webhook: webhook.name, attempts: attempt + 1, failure }, 'webhook gave up');
      return;
    }
    await clock.sleep(wait, closing).catch(() => undefined); // closing ends the wait
  }
}

/** @returns why it failed, or undefined */
async function post(
  webhook: RegistryWebhook,
  body: string,
  closing: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await fetch(webhook.serviceUri, {
      method: 'POST',
      headers: { ...webhook.customHeaders, 'content-type': 'application/json; charset=utf-8' },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return messageOf(error);
  }
}
