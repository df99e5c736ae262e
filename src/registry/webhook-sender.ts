import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import type { RegistrySettings, RegistryWebhook } from './registry-host.js';
import type { RegistryEvent } from './request-context.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import { makeEvent, wants } from './webhook-event.js';
import { WebhookLane } from './webhook-lane.js';
import { WebhookLog } from './webhook-log.js';
import { postEvent } from './webhook-post.js';
import type { WaitingEvent, WebhookQueue } from './webhook-queue.js';
import type { EventOrigin, Webhooks } from './webhooks.js';

export interface WebhookOptions {
  clock: Clock;
  logger: Logger;
  queue: WebhookQueue;
  /** Undefined when there is no such registry, or no longer. The name is in lower case. */
  settingsOf: (registry: string) => RegistrySettings | undefined;
}

/** Waits before the second and later attempts; after the last one the event is given up. */
const RETRY_DELAYS_MS = [1_000, 5_000, 15_000, 60_000];
const LONGEST_DELAY_MS = Math.max(...RETRY_DELAYS_MS);
/** Of one webhook: a receiver that is down must fill neither memory nor disk. */
const MAX_WAITING = 10_000;

/**
 * Sends events to the webhooks of registries, each on its own and without holding up the push.
 * An event may come twice when the process ends between the answer and the note of it; its id is the same.
 */
export class WebhookSender implements Webhooks {
  readonly #options: WebhookOptions;
  readonly #log = new WebhookLog();
  readonly #lanes = new Map<string, WebhookLane>();
  readonly #running = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** Goes on with what an earlier process has left, once this turn has configured the registries. */
  resume(): void {
    this.#run(async () => {
      await nextTurn();
      if (this.#isClosing) return;
      for (const waiting of await this.#options.queue.list()) {
        this.#lane(waiting.registry, waiting.webhook).waiting++;
        const wait = Date.parse(waiting.due) - this.#options.clock.now().getTime();
        this.#start(waiting, Math.min(Math.max(wait, 0), LONGEST_DELAY_MS));
      }
    });
  }

  async announce(
    settings: RegistrySettings,
    events: readonly RegistryEvent[],
    origin: EventOrigin,
  ): Promise<void> {
    const { webhooks = [] } = settings;
    if (webhooks.length === 0) return;
    await this.#add(
      events.flatMap((event) =>
        webhooks
          .filter((webhook) => wants(webhook, event))
          .map((webhook) =>
            this.#waiting(settings, webhook, makeEvent(settings, event, origin, this.#now())),
          ),
      ),
    );
  }

  async ping(settings: RegistrySettings, webhook: RegistryWebhook): Promise<string | undefined> {
    const event = { id: randomUUID(), timestamp: this.#now(), action: 'ping' } as const;
    const added = await this.#add([this.#waiting(settings, webhook, event)]);
    return added > 0 ? event.id : undefined;
  }

  deliveries(settings: RegistrySettings, webhook: string): readonly WebhookDelivery[] {
    return this.#log.list(settings.name, webhook);
  }

  configured(settings: Pick<RegistrySettings, 'name' | 'webhooks'>): void {
    this.#log.keep(settings);
    const { name, webhooks = [] } = settings;
    const kept = new Set(webhooks.map((webhook) => keyOf(name, webhook.name)));
    for (const [key, lane] of this.#lanes) {
      if (!key.startsWith(keyOf(name, '')) || kept.has(key)) continue;
      this.#lanes.delete(key);
      lane.close();
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const lane of this.#lanes.values()) lane.stop();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #now(): string {
    return this.#options.clock.now().toISOString();
  }

  #waiting(
    { name }: RegistrySettings,
    webhook: RegistryWebhook,
    event: WaitingEvent['event'],
  ): WaitingEvent {
    const names = { registry: name.toLowerCase(), webhook: webhook.name.toLowerCase() };
    return { ...names, event, attempts: 0, due: event.timestamp };
  }

  /** @returns how many there was room for */
  async #add(events: readonly WaitingEvent[]): Promise<number> {
    const added = events.filter((event) => this.#admit(event));
    await this.#keep(this.#options.queue.put(added));
    for (const event of added) this.#start(event, 0);
    return added.length;
  }

  #admit({ registry, webhook }: WaitingEvent): boolean {
    const lane = this.#lane(registry, webhook);
    if (lane.waiting < MAX_WAITING) {
      lane.waiting++;
      return true;
    }
    this.#options.logger.warn({ registry, webhook }, 'webhook event dropped: too many are waiting');
    return false;
  }

  #lane(registry: string, webhook: string): WebhookLane {
    const key = keyOf(registry, webhook);
    const lane = this.#lanes.get(key) ?? new WebhookLane();
    this.#lanes.set(key, lane);
    return lane;
  }

  /** The event counts as waiting already. */
  #start(waiting: WaitingEvent, wait: number): void {
    if (this.#isClosing) return; // it is on disk
    const lane = this.#lane(waiting.registry, waiting.webhook);
    this.#run(async () => {
      const { clock } = this.#options;
      if (wait > 0) await clock.sleep(wait, lane.stopping).catch(() => undefined);
      const isOver = await this.#deliver(waiting, lane);
      lane.waiting--;
      if (isOver) await this.#keep(this.#options.queue.remove(waiting));
    });
  }

  /** @returns false when the server closes before the event is delivered or given up */
  async #deliver(waiting: WaitingEvent, lane: WebhookLane): Promise<boolean> {
    const { clock, logger } = this.#options;
    const { registry, webhook, event } = waiting;
    let delivery: WebhookDelivery | undefined;
    for (;;) {
      const target = this.#targetOf(waiting);
      if (target === undefined) return true; // the webhook is gone
      if (delivery === undefined)
        this.#log.add(registry, webhook, (delivery = { event, ...target }));
      else Object.assign(delivery, target);
      const sent = delivery;
      const failure = await lane.inTurn(() => postEvent(sent, lane.stopping));
      if (failure === undefined) return true;
      if (lane.stopping.aborted) return lane.isClosed;
      const delay = RETRY_DELAYS_MS[waiting.attempts++];
      if (delay === undefined) {
        logger.warn({ registry, webhook, attempts: waiting.attempts, failure }, 'webhook gave up');
        return true;
      }
      waiting.due = new Date(clock.now().getTime() + delay).toISOString();
      await this.#keep(this.#options.queue.put([waiting]));
      await clock.sleep(delay, lane.stopping).catch(() => undefined); // stopping ends the wait
    }
  }

  #targetOf({ registry, webhook }: WaitingEvent): Omit<WebhookDelivery, 'event'> | undefined {
    const webhooks = this.#options.settingsOf(registry)?.webhooks;
    const found = webhooks?.find(({ name }) => name.toLowerCase() === webhook);
    if (found === undefined) return undefined;
    const headers = { ...found.customHeaders, 'content-type': 'application/json; charset=utf-8' };
    return { uri: found.serviceUri, headers };
  }

  /** What cannot be noted on disk is sent all the same. */
  async #keep(noted: Promise<void>): Promise<void> {
    try {
      await noted;
    } catch (error) {
      const failure = messageOf(error);
      this.#options.logger.error({ failure }, 'webhook event cannot be noted on disk');
    }
  }

  #run(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        this.#options.logger.error({ failure: messageOf(error) }, 'webhook event failed');
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

function keyOf(registry: string, webhook: string): string {
  return `${registry}/${webhook}`.toLowerCase();
}
