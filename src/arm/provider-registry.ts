import type { ResourceProvider } from './provider.js';

/** The resource types there are, in the order they were added: what others build on comes first. */
export class ProviderRegistry {
  readonly #providers = new Map<string, ResourceProvider>();
  readonly #namespaces = new Map<string, string>();

  constructor(providers: readonly ResourceProvider[] = []) {
    for (const provider of providers) this.add(provider);
  }

  add(provider: ResourceProvider): void {
    const key = provider.type.toLowerCase();
    if (this.#providers.has(key)) throw new Error(`two providers of ${provider.type}`);
    this.#providers.set(key, provider);
    const namespace = namespaceOf(provider);
    this.#namespaces.set(namespace.toLowerCase(), namespace);
  }

  /** @param type in any letter case */
  find(type: string): ResourceProvider | undefined {
    return this.#providers.get(type.toLowerCase());
  }

  all(): readonly ResourceProvider[] {
    return [...this.#providers.values()];
  }

  /** Types that live directly in a group or subscription. */
  topLevel(): readonly ResourceProvider[] {
    return this.all().filter(({ type }) => type.split('/').length === 2);
  }

  namespaces(): readonly string[] {
    return [...this.#namespaces.values()];
  }

  /** The namespace in its own letter case, or undefined. */
  namespace(name: string): string | undefined {
    return this.#namespaces.get(name.toLowerCase());
  }

  inNamespace(namespace: string): readonly ResourceProvider[] {
    return this.all().filter((provider) => namespaceOf(provider) === namespace);
  }
}

function namespaceOf(provider: ResourceProvider): string {
  return provider.type.split('/')[0] ?? provider.type;
}
