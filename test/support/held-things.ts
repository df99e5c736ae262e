import type {
  JsonObject,
  Resource,
  ResourceProvider,
  WriteResult,
} from '../../src/arm/provider.js';
import { nameOf, type ResourceId } from '../../src/arm/resource-id.js';

/** `Contoso.Held/things`: writes that are accepted at once, and over when the test says so. */
export class HeldThings implements ResourceProvider {
  readonly type = 'Contoso.Held/things';
  readonly apiVersions = ['2024-01-01'];
  readonly stored = new Map<string, Resource>();
  /** Ends every write that goes on. */
  release: () => void = () => undefined;

  get(id: ResourceId): Promise<Resource | undefined> {
    return Promise.resolve(this.stored.get(id.key));
  }

  list(): Promise<Resource[]> {
    return Promise.resolve([...this.stored.values()]);
  }

  put(id: ResourceId, body: JsonObject): Promise<WriteResult> {
    const { location = 'eastus' } = body;
    const resource = { id: id.text, name: nameOf(id), type: this.type, location, properties: {} };
    this.stored.set(id.key, resource);
    const pending = new Promise<void>((resolve) => {
      this.release = resolve;
    });
    return Promise.resolve({ created: true, resource, pending });
  }

  delete(id: ResourceId): Promise<void> {
    this.stored.delete(id.key);
    return Promise.resolve();
  }
}
