import type { JsonObject } from '../../../base/json.js';
import type { AppDocument } from '../../../apps/documents.js';
import type { ManagedContainer } from '../../../apps/replica/managed-container.js';
import type { Replica } from '../../../apps/replica/replica.js';
import type { AppService } from '../../../apps/service.js';
import type { RequestContext, Resource, ResourceProvider } from '../../provider.js';
import { parentOf } from '../../resource-id.js';
import { appIdText, dataPlanePath } from './render-app.js';

/** `Microsoft.App/containerApps/revisions/replicas`: read only. */
export function createReplicasProvider({ service }: { service: AppService }): ResourceProvider {
  const replicasOf = (
    revisionKey: string,
  ): { app: AppDocument; replicas: Replica[] } | undefined => {
    const app = service.app(revisionKey.slice(0, revisionKey.lastIndexOf('/revisions/')));
    return app && { app, replicas: service.replicas(revisionKey) };
  };
  return {
    type: 'Microsoft.App/containerApps/revisions/replicas',
    tracking: 'none',
    get: async (id, context) => {
      const found = replicasOf(parentOf(id)?.key ?? '');
      const name = id.names[2]?.toLowerCase();
      const replica = found?.replicas.find(({ spec }) => spec.name === name);
      return found && replica && renderReplica(found.app, replica, context);
    },
    list: async (scope, context) => {
      const found = replicasOf(scope.key);
      return found?.replicas.map((replica) => renderReplica(found.app, replica, context)) ?? [];
    },
  };
}

function renderReplica(app: AppDocument, replica: Replica, context: RequestContext): Resource {
  const { name, revisionName, createdAt } = replica.spec;
  const running = replica.containers.every(({ phase }) => phase.kind === 'running');
  const base = `${context.baseUrl}${dataPlanePath(app)}/revisions/${revisionName}/replicas/${name}`;
  const render = (container: ManagedContainer): JsonObject => renderContainer(container, base);
  return {
    id: `${appIdText(app).replace('/containerapps/', '/containerApps/')}/revisions/${revisionName}/replicas/${name}`,
    name,
    type: 'Microsoft.App/containerapps/revisions/replicas',
    properties: {
      createdTime: `${createdAt.toISOString().slice(0, 19)}Z`,
      runningState: running ? 'Running' : 'NotRunning',
      runningStateDetails: '',
      containers: replica.containers.map(render),
      initContainers: replica.init.map(render),
    },
  };
}

function renderContainer(container: ManagedContainer, base: string): JsonObject {
  const url = `${base}/containers/${container.name}`;
  const socketUrl = url.replace(/^http/, 'ws');
  const { phase } = container;
  return {
    name: container.name,
    ...(phase.kind === 'running' && { containerId: `lazurite://${phase.container.pid}` }),
    ready: container.ready,
    started: container.started,
    restartCount: container.restartCount,
    runningState: runningState(container),
    runningStateDetails: stateDetails(container),
    logStreamEndpoint: `${url}/logstream`,
    execEndpoint: `${socketUrl}/exec`,
    debugEndpoint: `${socketUrl}/debug`,
  };
}

function runningState({ phase }: ManagedContainer): string {
  if (phase.kind === 'running') return 'Running';
  return phase.kind === 'completed' ? 'Terminated' : 'Waiting';
}

function stateDetails({ phase }: ManagedContainer): string {
  switch (phase.kind) {
    case 'running':
      return `Container started at: ${americanTime(new Date(phase.startedAt))}.`;
    case 'completed':
      return 'Container completed.';
    default:
      return `Container is waiting with reason: ${phase.reason} on legion.`;
  }
}

/** `'6/22/2026 3:14:40 PM'` in UTC. */
function americanTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour = date.getUTCHours();
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  const time = `${hour % 12 === 0 ? 12 : hour % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${time} ${hour < 12 ? 'AM' : 'PM'}`;
}
