import type { Json } from '../base/json.js';
import type { TemplateRuntime } from './deployment-plan.js';
import { NeedsRuntime, type RuntimeLookup } from './evaluation-context.js';
import { functionError } from './functions/definition.js';
import type { ResourceIndex } from './resource-index.js';
import type { ResourceInstance } from './resource-instance.js';

/**
 * Bridges synchronous evaluation and the asynchronous system: an unknown answer is noted as a wish and
 * evaluation gives up; `fetch()` grants all wishes in parallel, and evaluation starts again.
 */
export class RuntimeValues implements RuntimeLookup {
  readonly #runtime: TemplateRuntime;
  readonly #index: ResourceIndex;
  readonly #answers = new Map<string, Json>();
  readonly #wishes = new Map<string, () => Promise<Json>>();
  readonly #pending = new Map<string, Promise<void>>();

  constructor(runtime: TemplateRuntime, index: ResourceIndex) {
    this.#runtime = runtime;
    this.#index = index;
  }

  reference(resource: string, apiVersion: string | undefined, full: boolean): Json {
    const target = this.#find(resource);
    const id = target?.planned.id ?? resource;
    if (!id.startsWith('/'))
      throw functionError(
        'reference',
        `could not find template resource or resource copy with the name '${resource}'.`,
      );
    const version = apiVersion ?? target?.planned.apiVersion;
    return this.#answer(['reference', id.toLowerCase(), version, full], () =>
      this.#runtime.reference(id, version, full),
    );
  }

  references(symbolicName: string, full: boolean): Json {
    const instances = this.#index.bySymbol(symbolicName);
    const missing: NeedsRuntime[] = [];
    const values = instances.map(({ planned }) => {
      try {
        return this.reference(planned.id, planned.apiVersion, full);
      } catch (error) {
        if (!(error instanceof NeedsRuntime)) throw error;
        missing.push(error);
        return null;
      }
    });
    if (missing[0]) throw missing[0];
    return values;
  }

  list(
    functionName: string,
    resource: string,
    apiVersion: string | undefined,
    body: Json | undefined,
  ): Json {
    const target = this.#find(resource);
    const id = target?.planned.id ?? resource;
    const version = apiVersion ?? target?.planned.apiVersion;
    if (!id.startsWith('/') || version === undefined)
      throw functionError(
        functionName,
        `'${resource}' is not the id of a resource, or the api-version is missing.`,
      );
    return this.#answer([functionName.toLowerCase(), id.toLowerCase(), version, body], () =>
      this.#runtime.list(functionName, id, version, body),
    );
  }

  resourceInfo(symbolicName: string): Json {
    const target = this.#index.bySymbol(symbolicName)[0];
    if (!target)
      throw functionError(
        'resourceInfo',
        `there is no resource '${symbolicName}' in the template.`,
      );
    const { id, name, type, apiVersion } = target.planned;
    return { id, name, type, apiVersion };
  }

  /** Resolves when every wish noted so far is granted; rejects with what the system answers. */
  async fetch(): Promise<void> {
    for (const [key, get] of this.#wishes) {
      const pending = get().then((value) => {
        this.#answers.set(key, value);
      });
      this.#pending.set(key, pending);
    }
    this.#wishes.clear();
    await Promise.all(this.#pending.values());
  }

  #answer(parts: unknown[], get: () => Promise<Json>): Json {
    const key = JSON.stringify(parts);
    const known = this.#answers.get(key);
    if (known !== undefined || this.#answers.has(key)) return known ?? null;
    if (!this.#pending.has(key)) this.#wishes.set(key, get);
    throw new NeedsRuntime();
  }

  #find(resource: string): ResourceInstance | undefined {
    if (resource.startsWith('/')) return this.#index.byId(resource)[0];
    return this.#index.bySymbol(resource)[0] ?? this.#index.byName(resource)[0];
  }
}
