import type { Clock } from '../../base/clock.js';
import { systemClock } from '../../base/clock.js';
import { textOf } from '../../base/json.js';
import type { MetadataStore } from '../../storage/metadata-store.js';
import type { Resource, ResourceProvider } from '../provider.js';
import { invalidFilter } from '../resource-filter.js';
import type { ResourceAccess } from '../resource-manager.js';
import { nameOf, parentOf } from '../resource-id.js';
import type { SubscriptionInfo } from '../routes/subscriptions.js';
import { deploymentErrors } from './deployment-errors.js';
import type { ReadTemplateLink } from './deployment-request.js';
import { DEPLOYMENTS_TYPE, DeploymentStore, type DeploymentOperation } from './deployment-store.js';
import { Deployments } from './deployments.js';
import { readResultFormat, withIdsOnly } from './what-if.js';

export interface DeploymentsProviderOptions extends ResourceAccess {
  metadata: MetadataStore;
  subscription: SubscriptionInfo;
  /** How `templateLink` is followed; links are answered 501 without it. */
  readLink?: ReadTemplateLink;
  clock?: Clock;
}

export interface DeploymentProviders {
  providers: readonly ResourceProvider[];
  /** Marks the deployments that an earlier process left running as failed. Call once, before serving. */
  recover(): Promise<void>;
}

const API_VERSIONS = ['2025-04-01', '2024-11-01', '2021-04-01'];

/** `Microsoft.Resources/deployments` and their operations. */
export function createDeploymentProviders(
  options: DeploymentsProviderOptions,
): DeploymentProviders {
  const store = new DeploymentStore(options.metadata);
  const deployments = new Deployments({
    ...options,
    store,
    clock: options.clock ?? systemClock,
  });
  return {
    providers: [deploymentsProvider(deployments, store), operationsProvider(store)],
    recover: () => deployments.recover(),
  };
}

function deploymentsProvider(deployments: Deployments, store: DeploymentStore): ResourceProvider {
  return {
    type: DEPLOYMENTS_TYPE,
    apiVersions: API_VERSIONS,
    tracking: 'none',
    get: (id) => store.get(id),
    notFound: (id) => deploymentErrors.notFound(nameOf(id)),
    list: async (scope, context) => {
      const wanted = wantedState(context.query?.get('$filter') ?? '');
      const all = await store.list(scope);
      return wanted === undefined ? all : all.filter((one) => stateOf(one) === wanted);
    },
    put: (id, body, context) => deployments.put(id, body, context),
    deletesInBackground: true,
    delete: (id) => deployments.delete(id),
    actions: {
      validate: async (id, body, context) => ({
        status: 200,
        body: await deployments.validate(id, body, context),
      }),
      whatif: async (id, body, context) => {
        const format = readResultFormat(body);
        const found = await deployments.whatIf(id, body, context);
        const changes = format === 'ResourceIdOnly' ? found.map(withIdsOnly) : found;
        return { status: 200, body: { status: 'Succeeded', properties: { changes } } };
      },
      cancel: async (id) => {
        await deployments.cancel(id);
        return { status: 204 };
      },
      exporttemplate: async (id) => {
        const template = await store.getTemplate(id);
        if (template === undefined) throw deploymentErrors.notFound(nameOf(id));
        return { status: 200, body: { template } };
      },
    },
  };
}

/**
 * The one filter that lists of deployments have, as `az deployment group list --filter` sends it.
 *
 * @param filter e.g. `"provisioningState eq 'Failed'"`; `''` for none
 * @returns the state, in small letters
 * @throws ArmError InvalidFilterInQueryString
 */
function wantedState(filter: string): string | undefined {
  if (filter.trim() === '') return undefined;
  const state = /^\s*provisioningState\s+eq\s+'([^']*)'\s*$/i.exec(filter)?.[1];
  if (state === undefined) throw invalidFilter(filter);
  return state.toLowerCase();
}

function stateOf({ properties }: Resource): string {
  return textOf(properties['provisioningState']).toLowerCase();
}

function operationsProvider(store: DeploymentStore): ResourceProvider {
  return {
    type: `${DEPLOYMENTS_TYPE}/operations`,
    apiVersions: API_VERSIONS,
    tracking: 'none',
    notFound: (id) => deploymentErrors.operationNotFound(nameOf(id), id.names[0] ?? ''),
    async get(id) {
      const deployment = parentOf(id);
      if (deployment === undefined) return undefined;
      const operation = await store.getOperation(deployment, nameOf(id));
      return operation === undefined ? undefined : asResource(operation);
    },
    async list(deployment) {
      if ((await store.get(deployment)) === undefined) {
        throw deploymentErrors.notFound(nameOf(deployment));
      }
      return (await store.listOperations(deployment)).map(asResource);
    },
  };
}

function asResource(operation: DeploymentOperation): DeploymentOperation & {
  name: string;
  type: string;
} {
  return { ...operation, name: operation.operationId, type: `${DEPLOYMENTS_TYPE}/operations` };
}
