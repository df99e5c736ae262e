import type { Json, JsonObject } from '../../base/json.js';
import type { TemplateRuntime } from '../../template/deployment-plan.js';
import { ArmError, armErrors } from '../errors.js';
import type { RequestContext } from '../provider.js';
import type { ResourceGroups } from '../resource-groups.js';
import { GROUP_TYPE, parseResourceId, type ResourceId } from '../resource-id.js';
import type { ResourceOperations } from '../resource-operations.js';

/** What a deployment writes to and reads from: resources, and groups, which are none to a provider. */
export interface DeploymentTarget {
  resources: ResourceOperations;
  groups: ResourceGroups;
}

/** A resource after its write was accepted. */
export interface StartedWrite {
  created: boolean;
  pending: Promise<void> | undefined;
}

/** @throws ArmError the provider's refusal */
export async function startWrite(
  target: DeploymentTarget,
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
): Promise<StartedWrite> {
  if (id.type === GROUP_TYPE) {
    const { created } = await target.groups.put(id.subscriptionId, id.names[0] ?? '', body);
    return { created, pending: undefined };
  }
  const { created, pending } = await target.resources.put(id, body, context);
  return { created, pending };
}

/** @throws ArmError ResourceNotFound, ResourceGroupNotFound */
export async function readResource(
  target: DeploymentTarget,
  id: ResourceId,
  context: RequestContext,
): Promise<JsonObject> {
  if (id.type === GROUP_TYPE) return target.groups.require(id.subscriptionId, id.names[0] ?? '');
  return target.resources.get(id, context);
}

/** The id a template made, or a refusal. */
export function requireId(text: string): ResourceId {
  const id = parseResourceId(text);
  if (id !== undefined) return id;
  throw new ArmError({
    status: 400,
    code: 'InvalidTemplate',
    message: `Deployment template validation failed: '${text}' is not the id of a resource.`,
  });
}

/** `reference()` and `list*()` of a template, answered by the resource manager itself. */
export function createTemplateRuntime(
  target: DeploymentTarget,
  context: RequestContext,
): TemplateRuntime {
  return {
    async reference(resourceId, apiVersion, full): Promise<Json> {
      const own = { ...context, apiVersion: apiVersion ?? context.apiVersion };
      const resource = await readResource(target, requireId(resourceId), own);
      return full ? resource : (resource['properties'] ?? {});
    },
    async list(functionName, resourceId, apiVersion, body): Promise<Json> {
      if (!/^list/i.test(functionName)) throw armErrors.notImplemented(`${functionName}()`);
      const own = { ...context, apiVersion };
      return target.resources.listFunction(requireId(resourceId), functionName, body, own);
    },
  };
}
