import type { Clock } from '../../base/clock.js';
import { textOf, type JsonObject } from '../../base/json.js';
import { prepareDeployment } from '../../template/deployment.js';
import type { DeploymentPlan, PlannedResource } from '../../template/deployment-plan.js';
import { armErrors, asArmError, type ArmError } from '../errors.js';
import { KeyedLock } from '../keyed-lock.js';
import type { RequestContext, Resource, WriteResult } from '../provider.js';
import { findRegion } from '../regions.js';
import type { ResourceAccess } from '../resource-manager.js';
import { GROUP_TYPE, groupIdOf, nameOf, type ResourceId } from '../resource-id.js';
import type { SubscriptionInfo } from '../routes/subscriptions.js';
import { deleteOthers } from './complete-mode.js';
import { deploymentErrors, deploymentFailed, invalidTemplate } from './deployment-errors.js';
import { DeploymentHistory } from './deployment-history.js';
import { describeDependencies, describeProviders } from './deployment-description.js';
import {
  readDeploymentRequest,
  type DeploymentRequest,
  type ReadTemplateLink,
} from './deployment-request.js';
import { runDeployment } from './deployment-run.js';
import { makeScope } from './deployment-scope.js';
import { DEPLOYMENTS_TYPE, type DeploymentStore } from './deployment-store.js';
import { isoDuration } from './duration.js';
import { predictChanges } from './what-if.js';

const NAME = /^[-\w.()]{1,64}$/;
const ACTIVE_STATES: readonly unknown[] = ['Accepted', 'Running'];

export interface DeploymentsOptions extends ResourceAccess {
  store: DeploymentStore;
  subscription: SubscriptionInfo;
  readLink?: ReadTemplateLink;
  clock: Clock;
}

/** A request that can be run. */
interface Prepared {
  request: DeploymentRequest;
  plan: DeploymentPlan;
}

interface ActiveRun {
  abort: AbortController;
  done: Promise<void>;
}

/** Takes deployments in, runs them in the background, and keeps their records. */
export class Deployments {
  readonly #options: DeploymentsOptions;
  readonly #active = new Map<string, ActiveRun>();
  readonly #history: DeploymentHistory;
  /** Of two requests for one deployment, the second finds the first running. */
  readonly #lock = new KeyedLock();

  constructor(options: DeploymentsOptions) {
    this.#options = options;
    this.#history = new DeploymentHistory(options.store);
  }

  /** @throws ArmError InvalidTemplate, NoRegisteredProviderFound, DeploymentActive, DeploymentQuotaExceeded… */
  async put(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    try {
      return await this.#lock.run(id.key, () => this.#start(id, body, context));
    } finally {
      await this.#trim(id, context);
    }
  }

  /** As the caller's own deletions: they heed locks, and the activity log tells of them. */
  async #trim(id: ResourceId, context: RequestContext): Promise<void> {
    await this.#history.trim(id, async (oldest) => {
      if (this.#active.has(oldest.key)) return;
      const deletion = await this.#options.resources.delete(oldest, context);
      if (deletion !== false) await deletion.done;
    });
  }

  async #start(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    const existing = await this.#options.store.get(id);
    if (existing !== undefined && this.#active.has(id.key)) {
      throw deploymentErrors.active(existing.name, textOf(existing.properties['timestamp']));
    }
    const prepared = await this.#prepare(id, body, context);
    await this.#history.admit(id);
    const started = this.#options.clock.now();
    const deployment = this.#describe(id, prepared, context, {
      provisioningState: 'Running',
      timestamp: started.toISOString(),
      duration: isoDuration(0),
    });
    await this.#options.store.forget(id);
    await this.#options.store.saveTemplate(id, prepared.request.template);
    await this.#options.store.save(deployment);
    const abort = new AbortController();
    const pending = this.#run(id, deployment, prepared, context, abort.signal);
    const done = pending.catch(() => undefined).finally(() => this.#active.delete(id.key));
    this.#active.set(id.key, { abort, done });
    return { created: existing === undefined, resource: deployment, pending };
  }

  /** What `validate` answers for a deployment that can be run. @throws ArmError what `put` would */
  async validate(id: ResourceId, body: JsonObject, context: RequestContext): Promise<Resource> {
    const prepared = await this.#prepare(id, body, context);
    await this.#trim(id, context);
    const validated = written(prepared.plan).map(({ id: resourceId }) => ({ id: resourceId }));
    return this.#describe(id, prepared, context, {
      provisioningState: 'Succeeded',
      timestamp: this.#options.clock.now().toISOString(),
      duration: isoDuration(0),
      validatedResources: validated,
    });
  }

  /** What the deployment would change; nested deployments are looked into. @throws ArmError what `put` would */
  async whatIf(id: ResourceId, body: JsonObject, context: RequestContext): Promise<JsonObject[]> {
    const { request, plan } = await this.#prepare(id, body, context);
    await this.#trim(id, context);
    const { resources, groups, registry } = this.#options;
    return predictChanges({
      deployment: id,
      plan,
      parameters: request.parameters,
      mode: request.mode,
      target: { resources, groups },
      registry,
      context,
      nested: async (nestedId, nestedBody, nestedContext) => {
        const changes = await this.whatIf(nestedId, nestedBody, nestedContext);
        return changes.filter(({ changeType }) => changeType !== 'Ignore');
      },
    });
  }

  /** Resolves when the run has noticed. @throws ArmError DeploymentCannotBeCancelled */
  async cancel(id: ResourceId): Promise<void> {
    const deployment = await this.#options.store.get(id);
    if (deployment === undefined) throw deploymentErrors.notFound(nameOf(id));
    const run = this.#active.get(id.key);
    if (run === undefined) {
      const state = textOf(deployment.properties['provisioningState']);
      throw deploymentErrors.notCancellable(deployment.name, state);
    }
    run.abort.abort();
    await run.done;
  }

  async delete(id: ResourceId): Promise<void> {
    const run = this.#active.get(id.key);
    run?.abort.abort();
    await run?.done;
    await this.#options.store.remove(id);
    this.#history.forget(id);
  }

  async recover(): Promise<void> {
    for (const deployment of await this.#options.store.list()) {
      const { provisioningState } = deployment.properties;
      if (!ACTIVE_STATES.includes(provisioningState)) continue;
      const error = deploymentFailed(deployment.id, [deploymentErrors.interrupted().toBody()]);
      await this.#finish(deployment, 'Failed', { error: error.toBody() });
    }
  }

  async #prepare(id: ResourceId, body: JsonObject, context: RequestContext): Promise<Prepared> {
    if (!NAME.test(nameOf(id))) throw deploymentErrors.invalidName(nameOf(id));
    const { groups, subscription, clock, readLink } = this.#options;
    const request = await readDeploymentRequest(body, readLink);
    const { resourceGroup } = id;
    if (resourceGroup === undefined) checkSubscriptionScope(request);
    const group =
      resourceGroup === undefined
        ? undefined
        : await groups.require(subscription.subscriptionId, resourceGroup);
    const { location } = request;
    const scope = makeScope({ deployment: id, group, location, subscription, context, clock });
    const plan = prepareDeployment(request.template, request.parameters, scope);
    if (plan.validationErrors.length > 0) throw invalidTemplate(plan.validationErrors);
    this.#checkTypes(plan);
    return { request, plan };
  }

  #checkTypes(plan: DeploymentPlan): void {
    for (const { type, apiVersion, condition } of plan.resources) {
      if (!condition || type.toLowerCase() === GROUP_TYPE.toLowerCase()) continue;
      if (this.#options.registry.find(type) === undefined) {
        throw deploymentErrors.noProvider(type, apiVersion);
      }
    }
  }

  #describe(
    id: ResourceId,
    { request, plan }: Prepared,
    context: RequestContext,
    state: JsonObject,
  ): Resource {
    const { mode, templateLink, location, tags } = request;
    return {
      id: id.text,
      name: nameOf(id),
      type: DEPLOYMENTS_TYPE,
      ...(id.resourceGroup === undefined && location !== undefined ? { location } : {}),
      ...(tags === undefined ? {} : { tags }),
      properties: {
        ...(templateLink === undefined ? {} : { templateLink }),
        templateHash: plan.templateHash,
        parameters: plan.parameters,
        mode,
        ...state,
        correlationId: context.correlationId,
        providers: describeProviders(plan, this.#options.registry),
        dependencies: describeDependencies(plan),
      },
    };
  }

  /** Runs to the end and records it. @throws ArmError DeploymentFailed, DeploymentCanceled */
  async #run(
    id: ResourceId,
    deployment: Resource,
    prepared: Prepared,
    context: RequestContext,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, clock, resources, groups } = this.#options;
    const target = { resources, groups };
    const { plan, request } = prepared;
    try {
      const run = { deployment: id, plan, target, store, context, clock, signal };
      const { outputs, outputResources } = await runDeployment(run);
      if (request.mode === 'Complete' && id.resourceGroup !== undefined) {
        const group = groupIdOf(id.subscriptionId, id.resourceGroup);
        await deleteOthers(group, written(plan), this.#options, context);
      }
      await this.#finish(deployment, 'Succeeded', { outputs, outputResources });
    } catch (error) {
      const failure = asArmError(error);
      await this.#finish(deployment, stateAfter(failure), { error: failure.toBody() });
      throw failure;
    }
  }

  async #finish(deployment: Resource, provisioningState: string, more: JsonObject): Promise<void> {
    const now = this.#options.clock.now();
    const started = Date.parse(textOf(deployment.properties['timestamp']));
    await this.#options.store.save({
      ...deployment,
      properties: {
        ...deployment.properties,
        provisioningState,
        timestamp: now.toISOString(),
        duration: isoDuration(now.getTime() - started),
        ...more,
      },
    });
  }
}

function written(plan: DeploymentPlan): PlannedResource[] {
  return plan.resources.filter(({ existing, condition }) => condition && !existing);
}

function stateAfter(failure: ArmError): string {
  return failure.code === 'DeploymentCanceled' ? 'Canceled' : 'Failed';
}

function checkSubscriptionScope({ location, mode }: DeploymentRequest): void {
  if (location === undefined || findRegion(location) === undefined) {
    throw armErrors.locationRequired();
  }
  if (mode === 'Complete') throw deploymentErrors.modeNotAllowed();
}
