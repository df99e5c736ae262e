import type { ResourceInstance } from './resource-instance.js';

/** Finds the instances of a plan by every name an expression or `dependsOn` can use. */
export class ResourceIndex {
  readonly #byName = new Map<string, ResourceInstance[]>();
  readonly #byId = new Map<string, ResourceInstance[]>();
  readonly #bySymbol = new Map<string, ResourceInstance[]>();
  readonly #byLoop = new Map<string, ResourceInstance[]>();

  constructor(instances: readonly ResourceInstance[]) {
    for (const instance of instances) {
      const { id, name, symbolicName } = instance.planned;
      add(this.#byId, canonicalId(id), instance);
      add(this.#byName, name, instance);
      if (symbolicName !== undefined) {
        add(this.#bySymbol, symbolicName, instance);
        if (instance.loop) add(this.#bySymbol, `${symbolicName}[${instance.loop.index}]`, instance);
      }
      if (instance.loop) add(this.#byLoop, instance.loop.name, instance);
    }
  }

  bySymbol(name: string): readonly ResourceInstance[] {
    return this.#bySymbol.get(name.toLowerCase()) ?? [];
  }

  byId(id: string): readonly ResourceInstance[] {
    return this.#byId.get(canonicalId(id).toLowerCase()) ?? [];
  }

  byName(name: string): readonly ResourceInstance[] {
    return this.#byName.get(name.toLowerCase()) ?? [];
  }

  /** What a `dependsOn` entry means: a symbolic name, an id, a loop, `Namespace/type/name`, or a bare name. */
  resolve(entry: string): readonly ResourceInstance[] {
    const ways = [
      () => this.bySymbol(entry),
      () => this.byId(entry),
      () => this.#byLoop.get(entry.toLowerCase()) ?? [],
      () => this.#bySuffix(entry),
      () => this.byName(entry),
    ];
    for (const way of ways) {
      const found = way();
      if (found.length > 0) return found;
    }
    return [];
  }

  #bySuffix(entry: string): readonly ResourceInstance[] {
    const suffix = `/providers/${entry.replace(/^\/?(providers\/)?/i, '')}`.toLowerCase();
    if (!entry.includes('/')) return [];
    const ids = [...this.#byId.keys()].filter((id) => id.endsWith(suffix));
    return ids.flatMap((id) => this.#byId.get(id) ?? []);
  }
}

/** Resource groups have two spellings: as a scope, and as `subscriptionResourceId()` writes them. */
function canonicalId(id: string): string {
  return id.replace(/\/providers\/Microsoft\.Resources\/resourceGroups\//i, '/resourceGroups/');
}

function add(map: Map<string, ResourceInstance[]>, name: string, instance: ResourceInstance): void {
  const key = name.toLowerCase();
  const list = map.get(key);
  if (list) list.push(instance);
  else map.set(key, [instance]);
}
