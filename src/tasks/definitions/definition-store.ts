import type { MetadataStore } from '../../storage/metadata-store.js';
import type { TaskDefinition } from './task-definition.js';

const DEFINITIONS = 'tasks.definitions';

/** Tasks of all registries; kept in memory too, because every push asks for them. */
export class DefinitionStore {
  readonly #metadata: MetadataStore;
  readonly #byKey = new Map<string, TaskDefinition>();

  private constructor(metadata: MetadataStore) {
    this.#metadata = metadata;
  }

  static async open(metadata: MetadataStore): Promise<DefinitionStore> {
    const store = new DefinitionStore(metadata);
    for (const { key, value } of await metadata.list<TaskDefinition>(DEFINITIONS)) {
      store.#byKey.set(key, value);
    }
    return store;
  }

  get(registry: string, name: string): TaskDefinition | undefined {
    return this.#byKey.get(keyOf(registry, name));
  }

  list(): TaskDefinition[] {
    return [...this.#byKey.values()];
  }

  async put(task: TaskDefinition): Promise<void> {
    const key = keyOf(task.registry, task.name);
    await this.#metadata.put(DEFINITIONS, key, task);
    this.#byKey.set(key, task);
  }

  async remove(registry: string, name: string): Promise<void> {
    const key = keyOf(registry, name);
    this.#byKey.delete(key);
    await this.#metadata.delete(DEFINITIONS, key);
  }
}

function keyOf(registry: string, name: string): string {
  return `${registry.toLowerCase()}/${name.toLowerCase()}`;
}
