import { isJsonObject, type Json, type JsonObject } from '../../../base/json.js';
import { prepareDeployment } from '../../../template/deployment.js';
import type {
  DeploymentPlan,
  DeploymentScope,
  ParameterValues,
  PlannedResource,
  TemplateRuntime,
} from '../../../template/deployment-plan.js';
import {
  evaluateKnown,
  evaluateKnownOutputs,
  type KnownBody,
} from '../../../template/known-values.js';
import type { TemplateError } from '../../../template/template-error.js';
import { fillMissing, type Guess } from './missing-parameters.js';

/** One resource of a template, or of one nested in it. */
export interface WalkedResource {
  planned: PlannedResource;
  known: KnownBody;
  /** The template that declares it, and those around that, outermost first. */
  chain: readonly DeclaringTemplate[];
}

/** A template and the declaration of the nested deployment that it belongs to. */
export interface DeclaringTemplate {
  template: JsonObject;
  /** Of the deployment in the template around it; absent for the outermost. */
  deployment?: JsonObject;
}

/** Everything that one evaluation of a template came to. */
export interface WalkResult {
  resources: WalkedResource[];
  /** `sure` is false when values were made up, so that the error may be their fault. */
  errors: { error: TemplateError; sure: boolean }[];
  /** Parameters of the outermost template without a value. */
  missing: string[];
  /** Deployments whose template is somewhere else, by name. */
  linked: string[];
}

/** Modules in modules: no real template has so many levels. */
const MAX_NESTING = 16;

/** What stands in for a running system: it knows what follows from names alone. */
export interface World {
  scope: DeploymentScope;
  guess: Guess;
}

/** Evaluates a template as far as it goes before it is deployed, nested templates included. */
export async function walkTemplate(
  template: JsonObject,
  parameters: ParameterValues,
  world: World,
): Promise<WalkResult> {
  const result: WalkResult = { resources: [], errors: [], missing: [], linked: [] };
  const walk = new Walk([{ template }], parameters, world, result);
  result.missing = walk.missing;
  await walk.run();
  return result;
}

class Walk {
  readonly missing: string[];
  readonly #chain: readonly DeclaringTemplate[];
  readonly #world: World;
  readonly #result: WalkResult;
  readonly #plan: DeploymentPlan;
  /** By lower-case id of the nested deployment. */
  readonly #nested = new Map<string, Promise<JsonObject>>();
  readonly #runtime: TemplateRuntime;

  constructor(
    chain: readonly DeclaringTemplate[],
    parameters: ParameterValues,
    world: World,
    result: WalkResult,
  ) {
    this.#chain = chain;
    this.#world = world;
    this.#result = result;
    const template = chain.at(-1)?.template ?? {};
    const filled = fillMissing(template, parameters, world.guess);
    this.missing = filled.missing;
    this.#plan = prepareDeployment(template, filled.values, world.scope);
    this.#runtime = {
      reference: (id, _apiVersion, full) => this.#reference(id, full),
      list: (name) => Promise.reject(new Error(`${name}() is known only after the deployment`)),
    };
  }

  /** @returns the outputs that are known */
  async run(): Promise<JsonObject> {
    const sure = this.missing.length === 0;
    for (const error of this.#plan.validationErrors) this.#result.errors.push({ error, sure });
    if (this.#plan.validationErrors.length > 0) return {};
    for (const planned of this.#plan.resources) {
      if (!planned.condition || planned.existing) continue;
      if (planned.nested) await this.#deploy(planned);
      else this.#result.resources.push(await this.#resource(planned));
    }
    return evaluateKnownOutputs(this.#plan, this.#runtime);
  }

  async #resource(planned: PlannedResource): Promise<WalkedResource> {
    const known = await evaluateKnown(this.#plan, planned.key, this.#runtime);
    return { planned, known, chain: this.#chain };
  }

  async #reference(id: string, full: boolean): Promise<Json> {
    const registry = /\/providers\/Microsoft\.ContainerRegistry\/registries\/([^/]+)$/i.exec(
      id,
    )?.[1];
    const nested = this.#plan.resources.find(
      (planned) => planned.nested && planned.id.toLowerCase() === id.toLowerCase(),
    );
    const properties: JsonObject | undefined = registry
      ? { loginServer: `${registry.toLowerCase()}.azurecr.io` }
      : nested && { outputs: await this.#deploy(nested) };
    if (!properties) throw new Error(`${id} is known only after the deployment`);
    return full ? { id, properties } : properties;
  }

  #deploy(planned: PlannedResource): Promise<JsonObject> {
    const key = planned.id.toLowerCase();
    const known = this.#nested.get(key);
    if (known) return known;
    const outputs = this.#walkNested(planned);
    this.#nested.set(key, outputs);
    return outputs;
  }

  async #walkNested(planned: PlannedResource): Promise<JsonObject> {
    const { body, definition } = await evaluateKnown(this.#plan, planned.key, this.#runtime);
    const properties = isJsonObject(body['properties']) ? body['properties'] : {};
    const { template } = properties;
    if (!isJsonObject(template) || this.#chain.length > MAX_NESTING) {
      this.#result.linked.push(planned.name);
      return {};
    }
    const given = isJsonObject(properties['parameters']) ? properties['parameters'] : {};
    const scope = nestedScope(this.#world.scope, planned);
    const chain = [...this.#chain, { template, deployment: definition }];
    const world = { ...this.#world, scope };
    return new Walk(chain, knownParameters(given), world, this.#result).run();
  }
}

/** A value that is not known is not given, so that it is guessed like one that is missing. */
function knownParameters(given: JsonObject): ParameterValues {
  const known = Object.entries(given).flatMap(([name, entry]) =>
    isJsonObject(entry) && entry['value'] !== undefined && entry['value'] !== null
      ? [[name, { value: entry['value'] }] as const]
      : [],
  );
  return Object.fromEntries(known);
}

function nestedScope(scope: DeploymentScope, planned: PlannedResource): DeploymentScope {
  const { subscriptionId, resourceGroup } = planned.targetScope;
  const deployment = { ...scope.deployment, name: planned.name };
  const { resourceGroup: outer, ...rest } = scope;
  if (resourceGroup === undefined) {
    return { ...rest, kind: 'subscription', subscriptionId, deployment };
  }
  const location = outer?.location ?? scope.deployment.location ?? '';
  return {
    ...rest,
    kind: 'resourceGroup',
    subscriptionId,
    deployment,
    resourceGroup: { ...outer, name: resourceGroup, location },
  };
}
