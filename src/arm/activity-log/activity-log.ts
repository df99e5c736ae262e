import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import type { MetadataStore } from '../../storage/metadata-store.js';
import { asArmError } from '../errors.js';
import type { WriteObserver } from '../resource-operations.js';
import type { ActivityFilter } from './activity-filter.js';

const COLLECTION = 'arm.activityLog';
/** More than a person reads; the oldest go first. */
const KEPT_EVENTS = 5_000;
/** Old events are looked for once in so many new ones. */
const PRUNE_EVERY = 100;

/**
 * Who changed what and how it ended. Each change gives two events, when it is accepted and when it is
 * over, as Azure's activity log has them.
 */
export class ActivityLog {
  readonly #store: MetadataStore;
  readonly #clock: Clock;
  #sequence = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(store: MetadataStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Give it to the resource operations. */
  readonly observe: WriteObserver = (event) => {
    const operationId = randomUUID();
    const record = (status: string, more: JsonObject = {}): void => {
      this.#append(describe(event, operationId, status, more));
    };
    event.outcome.then(
      () => {
        record('Succeeded');
      },
      (error: unknown) => {
        const refusal = asArmError(error);
        const statusMessage = JSON.stringify({
          status: 'Failed',
          error: {
            code: 'ResourceOperationFailure',
            message: "The resource operation completed with terminal provisioning state 'Failed'.",
            details: [refusal.toBody()],
          },
        });
        record('Failed', { statusCode: String(refusal.status), statusMessage });
      },
    );
    record('Started');
  };

  /** The newest first. */
  async list(filter: ActivityFilter): Promise<JsonObject[]> {
    await this.#tail;
    const entries = await this.#store.list<JsonObject>(COLLECTION);
    return entries
      .map(({ value }) => value)
      .filter(filter)
      .toReversed();
  }

  #append(event: JsonObject): void {
    const now = this.#clock.now();
    this.#sequence += 1;
    const sequence = this.#sequence;
    const key = `${now.toISOString()}/${String(sequence).padStart(9, '0')}`;
    const dated = {
      ...event,
      eventTimestamp: now.toISOString(),
      submissionTimestamp: now.toISOString(),
    };
    this.#tail = this.#tail
      .then(async () => {
        await this.#store.put(COLLECTION, key, dated);
        if (sequence % PRUNE_EVERY === 0) await this.#prune();
      })
      .catch(() => undefined); // a change that is made must not fail for want of its log
  }

  async #prune(): Promise<void> {
    const entries = await this.#store.list(COLLECTION);
    for (const { key } of entries.slice(0, Math.max(0, entries.length - KEPT_EVENTS))) {
      await this.#store.delete(COLLECTION, key);
    }
  }
}

function describe(
  event: Parameters<WriteObserver>[0],
  operationId: string,
  status: string,
  properties: JsonObject,
): JsonObject {
  const { id, context, operation } = event;
  const verb = operation === 'action' ? `${event.action ?? ''}/action` : operation;
  const operationName = `${id.type}/${verb}`;
  const level = status === 'Failed' ? 'Error' : 'Informational';
  return {
    id: `${id.text}/events/${operationId}/ticks/${Date.now()}`,
    caller: context.caller,
    correlationId: context.correlationId,
    operationId,
    eventDataId: randomUUID(),
    category: named('Administrative'),
    eventName: named(status === 'Started' ? 'BeginRequest' : 'EndRequest'),
    level,
    operationName: named(operationName),
    resourceGroupName: id.resourceGroup ?? '',
    resourceId: id.text,
    resourceProviderName: named(id.type.split('/')[0] ?? ''),
    resourceType: named(id.type),
    status: named(status),
    subStatus: named(''),
    subscriptionId: id.subscriptionId,
    properties: { entity: id.text, message: operationName, ...properties },
  };
}

function named(value: string): JsonObject {
  return { value, localizedValue: value };
}
