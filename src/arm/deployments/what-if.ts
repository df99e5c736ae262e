import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';
import { evaluateResource } from '../../template/deployment.js';
import type {
  DeploymentPlan,
  ParameterValues,
  PlannedResource,
  TemplateRuntime,
} from '../../template/deployment-plan.js';
import { ArmError } from '../errors.js';
import type { ProviderRegistry } from '../provider-registry.js';
import type { Preview, RequestContext } from '../provider.js';
import { GROUP_TYPE, groupIdOf, type ResourceId } from '../resource-id.js';
import { deploymentErrors, fromTemplateError } from './deployment-errors.js';
import {
  createTemplateRuntime,
  readResource,
  requireId,
  type DeploymentTarget,
} from './deployment-target.js';
import { propertyChanges } from './what-if-delta.js';

/** What a client wants to see of the changes. */
export type ResultFormat = 'FullResourcePayloads' | 'ResourceIdOnly';

/**
 * Reads `properties.whatIfSettings.resultFormat`.
 *
 * @throws ArmError InvalidRequestContent (400)
 * @see https://learn.microsoft.com/rest/api/resources/deployments/what-if#deploymentwhatifsettings
 */
export function readResultFormat(body: JsonObject): ResultFormat {
  const { properties = null } = body;
  const settings = isJsonObject(properties) ? (properties['whatIfSettings'] ?? null) : null;
  const format = isJsonObject(settings) ? (settings['resultFormat'] ?? null) : null;
  if (format === null || format === 'FullResourcePayloads') return 'FullResourcePayloads';
  if (format === 'ResourceIdOnly') return format;
  throw deploymentErrors.invalidRequest(
    "The 'resultFormat' of what-if is 'FullResourcePayloads' or 'ResourceIdOnly'.",
  );
}

/** Without payloads nothing says whether a resource would change: it would be deployed. */
export function withIdsOnly(change: JsonObject): JsonObject {
  const { resourceId = null, changeType = null } = change;
  const isDeployed = changeType === 'Modify' || changeType === 'NoChange';
  return {
    ...{ resourceId, changeType: isDeployed ? 'Deploy' : changeType },
    ...{ before: null, after: null, delta: null },
  };
}

const MASK = '*******';

export interface WhatIfOptions {
  deployment: ResourceId;
  plan: DeploymentPlan;
  parameters: ParameterValues;
  mode: 'Incremental' | 'Complete';
  target: DeploymentTarget;
  registry: ProviderRegistry;
  context: RequestContext;
  /** What a nested deployment would change. */
  nested(id: ResourceId, body: JsonObject, context: RequestContext): Promise<JsonObject[]>;
}

/** The changes a deployment would make, without making any: `[{ resourceId, changeType, before, after, delta }]`. */
export async function predictChanges(options: WhatIfOptions): Promise<JsonObject[]> {
  const secrets = new Secrets(options.plan, options.parameters);
  const { target, context, plan } = options;
  const runtime = secrets.watching(createTemplateRuntime(target, context));
  const written = plan.resources.filter(({ existing, condition }) => condition && !existing);
  const changes = await Promise.all(
    written.map((planned) => predictResource(options, planned, runtime)),
  );
  const others = await untouched(options, written);
  return [...changes.flat(), ...others].map((change) => secrets.mask(change));
}

async function predictResource(
  options: WhatIfOptions,
  planned: PlannedResource,
  runtime: TemplateRuntime,
): Promise<JsonObject[]> {
  const { plan, target, context } = options;
  const id = requireId(planned.id);
  const own = { ...context, apiVersion: planned.apiVersion };
  const body = await evaluate(plan, planned, runtime);
  if (planned.nested !== undefined) {
    return body === undefined
      ? [describe(planned, 'Unsupported', null, null)]
      : options.nested(id, body, own);
  }
  const before = await current(target, id, own);
  const { id: resourceId, name, type, apiVersion } = planned;
  const after: JsonObject = { apiVersion, id: resourceId, name, type, ...body };
  if (before === undefined) return [describe(planned, 'Create', null, after)];
  if (body === undefined) return [describe(planned, 'Deploy', before, after)];
  const delta = propertyChanges({ ...(await preview(target, id, body, own)), shown: before, body });
  if (delta.length === 0) return [describe(planned, 'NoChange', before, after)];
  return [{ ...describe(planned, 'Modify', before, after), delta }];
}

/**
 * The resource as it is stored and as it would be. Where its type can't tell, or refuses the body, what is shown
 * and what the template says.
 */
async function preview(
  { resources }: DeploymentTarget,
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
): Promise<Partial<Preview>> {
  if (id.type === GROUP_TYPE) return {};
  try {
    return (await resources.preview(id, body, context)) ?? {};
  } catch (error) {
    if (error instanceof ArmError) return {};
    throw error;
  }
}

/** The body, or undefined when it needs what the deployment has yet to make. */
async function evaluate(
  plan: DeploymentPlan,
  planned: PlannedResource,
  runtime: TemplateRuntime,
): Promise<JsonObject | undefined> {
  try {
    return (await evaluateResource(plan, planned.key, runtime)).body;
  } catch (error) {
    if (error instanceof ArmError && error.status === 404) return undefined;
    throw fromTemplateError(error);
  }
}

async function current(
  target: DeploymentTarget,
  id: ResourceId,
  context: RequestContext,
): Promise<JsonObject | undefined> {
  try {
    return await readResource(target, id, context);
  } catch (error) {
    if (error instanceof ArmError && error.status === 404) return undefined;
    throw error;
  }
}

/** What the template doesn't have: left alone, or deleted in complete mode. */
async function untouched(
  options: WhatIfOptions,
  written: readonly PlannedResource[],
): Promise<JsonObject[]> {
  const { deployment, registry, context, mode } = options;
  if (deployment.resourceGroup === undefined) return [];
  const group = groupIdOf(deployment.subscriptionId, deployment.resourceGroup);
  const names = new Set(written.map(({ id }) => id.toLowerCase()));
  const providers = registry.topLevel().filter(({ tracking }) => tracking !== 'none');
  const lists = await Promise.all(providers.map((provider) => provider.list(group, context)));
  return lists
    .flat()
    .filter(({ id }) => !names.has(id.toLowerCase()))
    .map((resource) =>
      mode === 'Complete'
        ? describe(resource, 'Delete', resource, null)
        : describe(resource, 'Ignore', resource, resource),
    );
}

function describe(
  resource: { id: string },
  changeType: string,
  before: JsonObject | null,
  after: JsonObject | null,
): JsonObject {
  return { resourceId: resource.id, changeType, before, after, delta: null };
}

/** Values that are not to be shown: secure parameters, and what `list*()` answered. */
class Secrets {
  readonly #values = new Set<string>();

  constructor(plan: DeploymentPlan, parameters: ParameterValues) {
    for (const [name, description] of Object.entries(plan.parameters)) {
      const type = isJsonObject(description) ? textOf(description['type']) : '';
      if (type.toLowerCase().startsWith('secure')) this.#add(parameters[name]?.value ?? null);
    }
  }

  watching(runtime: TemplateRuntime): TemplateRuntime {
    return {
      reference: runtime.reference.bind(runtime),
      list: async (...call) => {
        const answer = await runtime.list(...call);
        this.#add(answer);
        return answer;
      },
    };
  }

  mask(value: JsonObject): JsonObject {
    const entries = Object.entries(value).map(([name, member]): [string, Json] => [
      name,
      this.#maskValue(member),
    ]);
    return Object.fromEntries(entries);
  }

  #maskValue(value: Json): Json {
    if (typeof value === 'string') return this.#values.has(value) ? MASK : value;
    if (Array.isArray(value)) return value.map((item) => this.#maskValue(item));
    return isJsonObject(value) ? this.mask(value) : value;
  }

  #add(value: Json): void {
    if (typeof value === 'string' && value !== '') this.#values.add(value);
    else if (Array.isArray(value)) for (const item of value) this.#add(item);
    else if (isJsonObject(value)) for (const item of Object.values(value)) this.#add(item);
  }
}
