import type { Json, JsonObject } from '../base/json.js';
import type { TemplateError } from './template-error.js';

/** Where a deployment runs, and everything an expression can ask about that without I/O. */
export interface DeploymentScope {
  kind: 'resourceGroup' | 'subscription';
  tenantId: string;
  subscriptionId: string;
  /** `subscription().displayName`. */
  subscriptionName?: string;
  /** Present when `kind` is `'resourceGroup'`; answers `resourceGroup()`. */
  resourceGroup?: {
    name: string;
    location: string;
    tags?: Record<string, string>;
    managedBy?: string;
  };
  /** `deployment()`: its name, and its location when the scope is a subscription. */
  deployment: { name: string; location?: string };
  /** `environment()`; Azure's public cloud when absent. */
  environment?: JsonObject;
  /** What `utcNow()` answers during the whole deployment. */
  now: Date;
  /** What `newGuid()` answers, called once for each use. */
  newGuid(): string;
  /** `deployer()`: `{ objectId, tenantId, userPrincipalName }`. */
  deployer?: JsonObject;
}

/** What evaluation asks of the running system. Both may take as long as they need. */
export interface TemplateRuntime {
  /**
   * `reference()`: the resource's `properties`, or the whole resource when `full`.
   * @param resourceId e.g. `'/subscriptions/…/providers/Microsoft.App/containerApps/ca'`
   * @param apiVersion the template's; undefined when the expression gives none and the resource is not in the template
   */
  reference(resourceId: string, apiVersion: string | undefined, full: boolean): Promise<Json>;
  /** `listKeys()` and every other `list*` function. @param functionName as written, e.g. `'listCredentials'` */
  list(
    functionName: string,
    resourceId: string,
    apiVersion: string,
    body: Json | undefined,
  ): Promise<Json>;
}

/** One parameter of a deployments request: `{ value }`. Key-vault references are resolved before they get here. */
export type ParameterValues = Record<string, { value?: Json }>;

/** One resource instance that a deployment has to bring about; a copy loop gives one for each index. */
export interface PlannedResource {
  /** Unique in the plan and stable: the resource id in lower case, or the symbolic key with its index. */
  readonly key: string;
  /** e.g. `'containerApp'` in a template of language version 2; absent in one that lists resources. */
  readonly symbolicName?: string;
  /** e.g. `'/subscriptions/…/resourceGroups/rg/providers/Microsoft.App/containerApps/ca'`. */
  readonly id: string;
  /** Full type, e.g. `'Microsoft.App/containerApps'`. */
  readonly type: string;
  /** Full name, one segment for each of the type, e.g. `'env/storage'`. */
  readonly name: string;
  readonly apiVersion: string;
  /** A declared `existing` resource: read, never written. */
  readonly existing: boolean;
  /** False when its condition is: skipped, and a dependency on it counts as met. */
  readonly condition: boolean;
  /** Keys of the resources (of this plan) that must be done first; explicit, parent, batch, and by `reference()`/`list*()`. */
  readonly dependsOn: readonly string[];
  /** The scope of a resource that is not deployed where the deployment is (`subscriptionId`, `resourceGroup`, `scope`). */
  readonly targetScope: { subscriptionId: string; resourceGroup?: string };
  /** Set on `Microsoft.Resources/deployments`: whose expressions fill the nested template. */
  readonly nested?: { expressionScope: 'inner' | 'outer' };
}

/** Everything about a deployment that can be known before it starts. */
export interface DeploymentPlan {
  /** In the template's order; run them as `dependsOn` allows. */
  readonly resources: readonly PlannedResource[];
  /** Every problem found, in the order found. When not empty the deployment must be refused. */
  readonly validationErrors: readonly TemplateError[];
  /** `properties.parameters` of the deployment as GET answers it: `{ name: { type: 'String', value } }`, no secure values. */
  readonly parameters: JsonObject;
  /** `properties.templateHash`. */
  readonly templateHash: string;
}

/** A resource ready to PUT. `body` has no `name`, `type`, `apiVersion`, `dependsOn`, `condition`, `copy`. */
export interface EvaluatedResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly apiVersion: string;
  /** e.g. `{ location, tags, sku, properties }`. For a nested deployment: `{ properties: { mode, parameters, template } }`. */
  readonly body: JsonObject;
}
