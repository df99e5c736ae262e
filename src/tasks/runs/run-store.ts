import type { MetadataStore } from '../../storage/metadata-store.js';
import type { Run } from './run-record.js';

const RUNS = 'tasks.runs';
const COUNTERS = 'tasks.run-counters';
/** Ids of one registry start with this, as Azure's start with two letters of their own. */
const ID_PREFIX = 'ca';
const NUMBER_WIDTH = 10;

/** Runs by registry, in the order they were made. */
export class RunStore {
  readonly #metadata: MetadataStore;
  #numbering: Promise<unknown> = Promise.resolve();

  constructor(metadata: MetadataStore) {
    this.#metadata = metadata;
  }

  /** The next id of a registry; an id is never given twice. */
  nextId(registry: string): Promise<string> {
    const next = this.#numbering.then(async () => {
      const last = (await this.#metadata.get<{ last: number }>(COUNTERS, registry))?.last ?? 0;
      await this.#metadata.put(COUNTERS, registry, { last: last + 1 });
      return `${ID_PREFIX}${last + 1}`;
    });
    this.#numbering = next.catch(() => undefined);
    return next;
  }

  get(registry: string, runId: string): Promise<Run | undefined> {
    const key = keyOf(registry, runId);
    return key === undefined ? Promise.resolve(undefined) : this.#metadata.get<Run>(RUNS, key);
  }

  async put(run: Run): Promise<void> {
    const key = keyOf(run.registry, run.runId);
    if (key !== undefined) await this.#metadata.put(RUNS, key, run);
  }

  /** Oldest first. All registries without a name. */
  async list(registry?: string): Promise<Run[]> {
    const prefix = registry === undefined ? '' : `${registry}/`;
    const entries = await this.#metadata.list<Run>(RUNS, { prefix });
    return entries.map((entry) => entry.value);
  }

  async removeAll(registry: string): Promise<void> {
    const entries = await this.#metadata.list<Run>(RUNS, { prefix: `${registry}/` });
    await this.#metadata.write(
      entries.map(({ key }) => ({ kind: 'delete' as const, collection: RUNS, key })),
    );
  }
}

/** Numbers are padded, so that keys sort as numbers do. */
function keyOf(registry: string, runId: string): string | undefined {
  const number = new RegExp(`^${ID_PREFIX}([1-9][0-9]{0,9})$`, 'i').exec(runId)?.[1];
  return number === undefined ? undefined : `${registry}/${number.padStart(NUMBER_WIDTH, '0')}`;
}
