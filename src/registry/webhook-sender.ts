import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { randomUUID } from 'node:crypto';
import type { RegistrySettings, RegistryWebhook } from './registry-host.js';
import type { RegistryEvent } from './request-context.js';
import type { WebhookDelivery, WebhookEvent } from './webhook-delivery.js';
import { WebhookLog } from './webhook-log.js';
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
/** How much of an answer is kept. */
const MAX_ANSWER_BYTES = 4_096;

/** Sends events to the webhooks of a registry, each on its own and without holding up the push. */
export function createWebhooks(options: WebhookOptions): Webhooks {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const log = new WebhookLog();
  const start = (
    settings: RegistrySettings,
    webhook: RegistryWebhook,
    event: WebhookEvent,
  ): boolean => {
    if (running.size >= MAX_WAITING) {
      options.logger.warn({ webhook: webhook.name }, 'webhook event dropped: too many are waiting');
      return false;
    }
    const headers = { ...webhook.customHeaders, 'content-type': 'application/json; charset=utf-8' };
    const delivery: WebhookDelivery = { event, uri: webhook.serviceUri, headers };
    log.add(settings.name, webhook.name, delivery);
    const work = deliver(webhook.name, delivery, closing.signal, options).finally(() => {
      running.delete(work);
    });
    running.add(work);
    return true;
  };
  return {
    announce(settings, event, origin) {
      for (const webhook of settings.webhooks ?? []) {
        if (!wants(webhook, event)) continue;
        start(settings, webhook, eventOf(settings, event, origin, options.clock));
      }
    },
    ping(settings, webhook) {
      const id = randomUUID();
      const timestamp = options.clock.now().toISOString();
      return start(settings, webhook, { id, timestamp, action: 'ping' }) ? id : undefined;
    },
    deliveries: (settings, webhook) => log.list(settings.name, webhook),
    configured: (settings) => {
      log.keep(settings);
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

function eventOf(
  settings: RegistrySettings,
  event: RegistryEvent,
  origin: EventOrigin,
  clock: Clock,
): WebhookEvent {
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
  webhook: string,
  delivery: WebhookDelivery,
  closing: AbortSignal,
  { clock, logger }: WebhookOptions,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const failure = await post(delivery, closing);
    if (failure === undefined) return;
    const wait = RETRY_DELAYS_MS[attempt];
    if (wait === undefined || closing.aborted) {
      logger.warn({ webhook, attempts: attempt + 1, failure }, 'webhook gave up');
      return;
    }
    await clock.sleep(wait, closing).catch(() => undefined); // closing ends the wait
  }
}

/** Keeps the answer in the delivery. @returns why it failed, or undefined */
async function post(delivery: WebhookDelivery, closing: AbortSignal): Promise<string | undefined> {
  const { event, uri, headers } = delivery;
  try {
    const response = await fetch(uri, {
      method: 'POST',
      headers,
      body: JSON.stringify(event),
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    delivery.answer = {
      status: response.status,
      reason: response.statusText,
      headers: Object.fromEntries(response.headers),
      content: await beginning(response),
    };
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return messageOf(error);
  }
}

async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let size = 0; reader !== undefined && size < MAX_ANSWER_BYTES;) {
    const part = await reader.read();
    const value: unknown = part.value;
    if (!(value instanceof Uint8Array)) break;
    chunks.push(value);
    size += value.length;
  }
  await reader?.cancel();
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}
