import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import type { Json } from '../base/json.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { asArmError, type ArmErrorBody } from './errors.js';

const COLLECTION = 'arm.operations';
/** Azure keeps operations for about a day; nobody polls longer. */
const KEPT_MS = 24 * 3_600_000;
/** More than anybody still polls; of those that have ended the oldest go first. */
const KEPT_ENDED = 1_000;
/** Old operations are looked for once in so many that end. */
const PRUNE_EVERY = 100;

export type OperationStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';

/** What is known of a long-running request; survives a restart. */
export interface OperationRecord {
  id: string;
  status: OperationStatus;
  /** ISO 8601. */
  startTime: string;
  endTime?: string;
  /** The resource that is written or deleted, when there is one. */
  resourceId?: string;
  error?: ArmErrorBody;
  /** HTTP status of the failure. */
  errorStatus?: number;
  /** What the polled `Location` answers in the end. */
  result?: Json;
}

/** How an operation whose process ended is settled: by the state its resource is in now. */
export type SettleOperation = (
  record: OperationRecord,
) => Promise<Pick<OperationRecord, 'status' | 'error'>>;

/** Requests that go on after their response; polled through `Azure-AsyncOperation` and `Location`. */
export class AsyncOperations {
  readonly #store: MetadataStore;
  readonly #clock: Clock;
  readonly #running = new Map<string, Promise<void>>();
  #ended = 0;

  constructor(store: MetadataStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Follows `pending` to its end. @returns the operation's id */
  async start(
    pending: Promise<Json | undefined>,
    options: { id?: string; resourceId?: string } = {},
  ): Promise<string> {
    pending.catch(() => undefined); // told through the record; must not end the process meanwhile
    const record: OperationRecord = {
      id: options.id ?? randomUUID(),
      status: 'InProgress',
      startTime: this.#clock.now().toISOString(),
      ...(options.resourceId === undefined ? {} : { resourceId: options.resourceId }),
    };
    await this.#save(record);
    const done = this.#follow(record, pending).finally(() => this.#running.delete(record.id));
    this.#running.set(record.id, done);
    return record.id;
  }

  get(id: string): Promise<OperationRecord | undefined> {
    return this.#store.get<OperationRecord>(COLLECTION, id.toLowerCase());
  }

  /** Settles what an earlier process left in progress, and forgets what is old. */
  async recover(settle: SettleOperation): Promise<void> {
    await this.#prune();
    for (const { value } of await this.#store.list<OperationRecord>(COLLECTION)) {
      if (value.status === 'InProgress' && !this.#running.has(value.id)) {
        await this.#finish({ ...value, ...(await settle(value)) });
      }
    }
  }

  /** Resolves when every operation running now has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #follow(record: OperationRecord, pending: Promise<Json | undefined>): Promise<void> {
    let result: Json | undefined;
    try {
      result = await pending;
    } catch (error) {
      const refusal = asArmError(error);
      await this.#finish({
        ...record,
        status: refusal.code === 'DeploymentCanceled' ? 'Canceled' : 'Failed',
        error: refusal.toBody(),
        errorStatus: refusal.status,
      });
      return;
    }
    await this.#finish({
      ...record,
      status: 'Succeeded',
      ...(result === undefined ? {} : { result }),
    });
  }

  async #finish(record: OperationRecord): Promise<void> {
    await this.#save({ ...record, endTime: this.#clock.now().toISOString() });
    this.#ended += 1;
    // What has ended must not fail for want of tidying; the next round tries again.
    if (this.#ended % PRUNE_EVERY === 0) await this.#prune().catch(() => undefined);
  }

  /** Forgets what is older than a day, and what ended before so many others; never what runs. */
  async #prune(): Promise<void> {
    const oldest = new Date(this.#clock.now().getTime() - KEPT_MS).toISOString();
    const records = await this.#store.list<OperationRecord>(COLLECTION);
    const idle = records
      .filter(({ value }) => !this.#running.has(value.id))
      .sort((a, b) => (lastChange(a.value) < lastChange(b.value) ? 1 : -1));
    let kept = 0;
    for (const { key, value } of idle) {
      const isEnded = value.status !== 'InProgress';
      if (value.startTime < oldest || (isEnded && ++kept > KEPT_ENDED)) {
        await this.#store.delete(COLLECTION, key);
      }
    }
  }

  async #save(record: OperationRecord): Promise<void> {
    await this.#store.put(COLLECTION, record.id.toLowerCase(), record);
  }
}

/** ISO 8601. */
function lastChange({ startTime, endTime }: OperationRecord): string {
  return endTime ?? startTime;
}
