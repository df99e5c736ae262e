import type { JsonObject } from '../../../base/json.js';
import { weightOf } from '../../../apps/app-controller.js';
import type { AppDocument, RevisionDocument } from '../../../apps/documents.js';
import type { AppService } from '../../../apps/service.js';
import { armErrors } from '../../errors.js';
import type { Resource, ResourceAction, ResourceProvider } from '../../provider.js';
import { parentOf } from '../../resource-id.js';
import type { ResourceId } from '../../resource-id.js';
import { appIdText } from './render-app.js';
import { renderRevisionTemplate } from './render-template.js';

/** `Microsoft.App/containerApps/revisions`: read, activate, deactivate, restart. */
export function createRevisionsProvider({ service }: { service: AppService }): ResourceProvider {
  const find = (id: ResourceId): { app: AppDocument; revision: RevisionDocument } | undefined => {
    const app = service.app(parentOf(id)?.key ?? '');
    const revision = app && service.revision(app.key, id.names[1] ?? '');
    return app && revision && { app, revision };
  };
  const act =
    (
      change: (appKey: string, name: string) => Promise<RevisionDocument | undefined>,
    ): ResourceAction =>
    async (id) => {
      const found = find(id);
      const changed = found && (await change(found.app.key, found.revision.name));
      if (!changed) throw armErrors.resourceNotFound(id);
      return { status: 200, body: renderRevision(found.app, changed, service) };
    };
  return {
    type: 'Microsoft.App/containerApps/revisions',
    tracking: 'none',
    get: async (id) => {
      const found = find(id);
      return found && renderRevision(found.app, found.revision, service);
    },
    list: async (scope) => {
      const app = service.app(scope.key);
      if (!app) return [];
      return service.revisions(app.key).map((revision) => renderRevision(app, revision, service));
    },
    actions: {
      activate: act((app, name) => service.revisionActions.activate(app, name)),
      deactivate: act((app, name) => service.revisionActions.deactivate(app, name)),
      restart: act((app, name) => service.revisionActions.restart(app, name)),
    },
  };
}

function renderRevision(
  app: AppDocument,
  revision: RevisionDocument,
  service: AppService,
): Resource {
  const { status } = revision;
  const fqdn = service.fqdn(app, revision.name);
  const properties: JsonObject = {
    createdTime: secondsTime(revision.createdAt),
    ...(revision.lastActiveAt !== undefined && {
      lastActiveTime: secondsTime(revision.lastActiveAt),
    }),
    ...(fqdn !== undefined && { fqdn }),
    template: renderRevisionTemplate(revision.template),
    active: revision.active,
    replicas: status.replicas,
    trafficWeight: revision.active ? weightOf(app, revision.name) : 0,
    labels: labelsOf(app, revision),
    healthState: status.healthState,
    provisioningState: status.provisioningState,
    runningState: status.runningState,
    ...(status.runningStateDetails && { runningStateDetails: status.runningStateDetails }),
    ...(status.provisioningError && { provisioningError: status.provisioningError }),
  };
  return {
    id: `${appIdText(app).replace('/containerapps/', '/containerApps/')}/revisions/${revision.name}`,
    name: revision.name,
    type: 'Microsoft.App/containerapps/revisions',
    properties,
  };
}

function labelsOf(app: AppDocument, revision: RevisionDocument): string[] {
  const traffic = app.configuration.ingress?.traffic ?? [];
  return traffic.flatMap(({ revisionName, label }) =>
    revisionName === revision.name && label !== undefined ? [label] : [],
  );
}

/** `'2026-06-29T08:50:14+00:00'` */
function secondsTime(iso: string): string {
  return `${iso.slice(0, 19)}+00:00`;
}
