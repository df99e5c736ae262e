import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/json.js';
import type { MetadataStore } from '../../storage/metadata-store.js';
import type { Resource } from '../provider.js';
import { ResourceDocuments } from '../resource-documents.js';
import type { ResourceId } from '../resource-id.js';

export const DEPLOYMENTS_TYPE = 'Microsoft.Resources/deployments';
const OPERATIONS = 'arm.deploymentOperations';
const TEMPLATES = 'arm.deploymentTemplates';

/** One step of a deployment as `operations` lists it. */
export interface DeploymentOperation extends JsonObject {
  id: string;
  operationId: string;
  properties: JsonObject;
}

/** Deployments, their operations and their templates. */
export class DeploymentStore {
  readonly #metadata: MetadataStore;
  readonly #documents: ResourceDocuments;

  constructor(metadata: MetadataStore) {
    this.#metadata = metadata;
    this.#documents = new ResourceDocuments(metadata, DEPLOYMENTS_TYPE);
  }

  get(id: ResourceId): Promise<Resource | undefined> {
    return this.#documents.get(id);
  }

  /** Those of the scope itself: a subscription's are not those of its groups. */
  async list(scope?: ResourceId): Promise<Resource[]> {
    const all = await this.#documents.list(scope);
    if (scope === undefined) return all;
    const prefix = `${scope.key}/providers/${DEPLOYMENTS_TYPE.toLowerCase()}/`;
    return all.filter(({ id }) => id.toLowerCase().startsWith(prefix));
  }

  save(deployment: Resource): Promise<void> {
    return this.#documents.put(deployment);
  }

  async remove(id: ResourceId): Promise<void> {
    await this.forget(id);
    await this.#documents.delete(id);
  }

  /** Drops the operations and the template of the deployment's last run. */
  async forget(id: ResourceId): Promise<void> {
    for (const { key } of await this.#metadata.list(OPERATIONS, { prefix: `${id.key}/` })) {
      await this.#metadata.delete(OPERATIONS, key);
    }
    await this.#metadata.delete(TEMPLATES, id.key);
  }

  async saveOperation(deployment: ResourceId, operation: DeploymentOperation): Promise<void> {
    await this.#metadata.put(
      OPERATIONS,
      operationKey(deployment, operation.operationId),
      operation,
    );
  }

  getOperation(
    deployment: ResourceId,
    operationId: string,
  ): Promise<DeploymentOperation | undefined> {
    return this.#metadata.get<DeploymentOperation>(
      OPERATIONS,
      operationKey(deployment, operationId),
    );
  }

  /** The newest first, as Azure lists them. */
  async listOperations(deployment: ResourceId): Promise<DeploymentOperation[]> {
    const prefix = `${deployment.key}/`;
    const entries = await this.#metadata.list<DeploymentOperation>(OPERATIONS, { prefix });
    return entries
      .map(({ value }) => value)
      .sort((one, other) => timestampOf(other).localeCompare(timestampOf(one)));
  }

  saveTemplate(deployment: ResourceId, template: JsonObject): Promise<void> {
    return this.#metadata.put(TEMPLATES, deployment.key, template);
  }

  getTemplate(deployment: ResourceId): Promise<JsonObject | undefined> {
    return this.#metadata.get<JsonObject>(TEMPLATES, deployment.key);
  }
}

/** 16 hexadecimal digits, the same for the same step of the same deployment. */
export function operationIdOf(deployment: ResourceId, step: string): string {
  const hash = createHash('sha256').update(`${deployment.key}\n${step}`).digest('hex');
  return hash.slice(0, 16).toUpperCase();
}

function operationKey(deployment: ResourceId, operationId: string): string {
  return `${deployment.key}/${operationId.toLowerCase()}`;
}

function timestampOf({ properties }: DeploymentOperation): string {
  const { timestamp } = properties;
  return typeof timestamp === 'string' ? timestamp : '';
}
