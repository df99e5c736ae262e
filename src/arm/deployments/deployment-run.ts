import { STATUS_CODES } from 'node:http';
import type { Clock } from '../../base/clock.js';
import type { Json, JsonObject } from '../../base/json.js';
import { evaluateOutputs, evaluateResource } from '../../template/deployment.js';
import type {
  DeploymentPlan,
  PlannedResource,
  TemplateRuntime,
} from '../../template/deployment-plan.js';
import { asArmError, type ArmError, type ArmErrorBody } from '../errors.js';
import type { RequestContext } from '../provider.js';
import type { ResourceId } from '../resource-id.js';
import {
  deploymentErrors,
  deploymentFailed,
  fromTemplateError,
  resourceDeploymentFailure,
} from './deployment-errors.js';
import {
  operationIdOf,
  type DeploymentOperation,
  type DeploymentStore,
} from './deployment-store.js';
import {
  createTemplateRuntime,
  readResource,
  requireId,
  startWrite,
  type DeploymentTarget,
} from './deployment-target.js';
import { isoDuration } from './duration.js';

export interface DeploymentRunOptions {
  deployment: ResourceId;
  plan: DeploymentPlan;
  target: DeploymentTarget;
  store: DeploymentStore;
  context: RequestContext;
  clock: Clock;
  /** Aborted when the deployment is canceled. */
  signal: AbortSignal;
}

export interface DeploymentResult {
  outputs: JsonObject;
  /** What was written, in the order it was done. */
  outputResources: JsonObject[];
}

type StepState = 'done' | 'failed' | 'skipped';

/**
 * Writes the resources of a plan, each as soon as what it depends on is done. What doesn't depend on a
 * failed resource still goes ahead; what was written stays.
 *
 * @throws ArmError DeploymentFailed with a detail for each failed resource; DeploymentCanceled
 */
export async function runDeployment(options: DeploymentRunOptions): Promise<DeploymentResult> {
  return new DeploymentRun(options).run();
}

class DeploymentRun {
  readonly #options: DeploymentRunOptions;
  readonly #runtime: TemplateRuntime;
  readonly #steps = new Map<string, Promise<StepState>>();
  readonly #planned: ReadonlyMap<string, PlannedResource>;
  readonly #failures: ArmErrorBody[] = [];
  readonly #written: JsonObject[] = [];
  readonly #canceled: Promise<never>;

  constructor(options: DeploymentRunOptions) {
    this.#options = options;
    this.#runtime = createTemplateRuntime(options.target, options.context);
    this.#planned = new Map(options.plan.resources.map((planned) => [planned.key, planned]));
    this.#canceled = rejectWhenAborted(options.signal, options.deployment);
  }

  async run(): Promise<DeploymentResult> {
    const { plan, deployment, signal } = this.#options;
    await Promise.all(plan.resources.map(({ key }) => this.#step(key)));
    if (signal.aborted) throw deploymentErrors.canceled(deployment.names[0] ?? '');
    if (this.#failures.length > 0) throw deploymentFailed(deployment.text, this.#failures);
    return { outputs: await this.#outputs(), outputResources: this.#written };
  }

  #step(key: string): Promise<StepState> {
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const planned = this.#planned.get(key);
    const step = planned === undefined ? Promise.resolve<StepState>('done') : this.#deploy(planned);
    this.#steps.set(key, step);
    return step;
  }

  async #deploy(planned: PlannedResource): Promise<StepState> {
    const before = await Promise.all(planned.dependsOn.map((key) => this.#step(key)));
    if (!planned.condition) return 'skipped';
    if (before.includes('failed') || this.#options.signal.aborted) return 'failed';
    const record = new OperationRecorder(this.#options, planned);
    try {
      await Promise.race([this.#write(planned, record), this.#canceled]);
      return 'done';
    } catch (error) {
      const failure = asArmError(fromTemplateError(error));
      const detail = record.accepted
        ? resourceDeploymentFailure(planned.id, failure)
        : failure.toBody();
      this.#failures.push(detail);
      await record.fail(failure);
      return 'failed';
    }
  }

  async #write(planned: PlannedResource, record: OperationRecorder): Promise<void> {
    const { plan, target, context } = this.#options;
    const id = requireId(planned.id);
    const own = { ...context, apiVersion: planned.apiVersion };
    if (planned.existing) {
      await readResource(target, id, own);
      await record.succeed('OK');
      return;
    }
    await record.start();
    const { body } = await evaluateResource(plan, planned.key, this.#runtime);
    const { created, pending } = await startWrite(target, id, body, own);
    if (pending !== undefined) {
      record.accepted = true;
      await pending;
    }
    this.#written.push({ id: planned.id, resourceType: planned.type });
    await record.succeed(created ? 'Created' : 'OK');
  }

  async #outputs(): Promise<JsonObject> {
    const { plan, deployment } = this.#options;
    try {
      return await evaluateOutputs(plan, this.#runtime);
    } catch (error) {
      const failure = asArmError(fromTemplateError(error));
      throw deploymentFailed(deployment.text, [failure.toBody()]);
    }
  }
}

/** Writes the operation of one resource as it goes on. */
class OperationRecorder {
  readonly #options: DeploymentRunOptions;
  readonly #planned: PlannedResource;
  readonly #operationId: string;
  readonly #started: number;
  /** Whether the provider took the write, so that a failure is that of the resource and not of the request. */
  accepted = false;

  constructor(options: DeploymentRunOptions, planned: PlannedResource) {
    this.#options = options;
    this.#planned = planned;
    this.#operationId = operationIdOf(options.deployment, planned.key);
    this.#started = options.clock.now().getTime();
  }

  start(): Promise<void> {
    return this.#save('Running', {});
  }

  succeed(statusCode: string): Promise<void> {
    return this.#save('Succeeded', { statusCode });
  }

  fail(error: ArmError): Promise<void> {
    const body: Json = this.accepted
      ? { status: 'Failed', error: error.toBody() }
      : { error: error.toBody() };
    const text = STATUS_CODES[error.status] ?? 'Conflict';
    const statusCode = this.accepted ? 'Conflict' : text.replaceAll(' ', '');
    return this.#save('Failed', { statusCode, statusMessage: body });
  }

  async #save(provisioningState: string, more: JsonObject): Promise<void> {
    const { deployment, store, clock, context } = this.#options;
    const now = clock.now();
    const operation: DeploymentOperation = {
      id: `${deployment.text}/operations/${this.#operationId}`,
      operationId: this.#operationId,
      properties: {
        provisioningOperation: this.#planned.existing ? 'Read' : 'Create',
        provisioningState,
        timestamp: now.toISOString(),
        duration: isoDuration(now.getTime() - this.#started),
        trackingId: context.correlationId,
        ...more,
        targetResource: {
          id: this.#planned.id,
          resourceType: this.#planned.type,
          resourceName: this.#planned.name,
        },
      },
    };
    await store.saveOperation(deployment, operation);
  }
}

function rejectWhenAborted(signal: AbortSignal, deployment: ResourceId): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const cancel = (): void => {
      reject(deploymentErrors.canceled(deployment.names[0] ?? ''));
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
  aborted.catch(() => undefined); // nobody may be waiting when it comes
  return aborted;
}
