import type { AppDocument, RevisionDocument } from '../apps/documents.js';
import { sharesOf } from '../apps/ingress/routing.js';
import type { AppService } from '../apps/service.js';
import { diagnoseTraffic } from '../apps/traffic-diagnosis.js';
import type { Diagnosis } from '../apps/trouble.js';
import type { RegistryHost } from '../registry/registry-host.js';
import type { AppListeners } from './app-listeners.js';
import type { AppStatus, RegistryStatus } from './status.js';

export function describeRegistries(host: RegistryHost, azureNames: boolean): RegistryStatus[] {
  return host.list().map(({ settings: { name, loginServer } }) => ({
    name,
    loginServer,
    url: `${azureNames ? 'https' : 'http'}://${loginServer}`,
  }));
}

export function describeApps(
  apps: AppService,
  listeners: AppListeners,
  azureNames: boolean,
): AppStatus[] {
  const urlOf = (app: AppDocument): string | null => {
    const url = listeners.url(app.key);
    return azureNames && url !== undefined ? `https://${apps.fqdn(app) ?? ''}` : (url ?? null);
  };
  return apps.apps().map((app) => describeApp(app, apps, urlOf(app)));
}

function describeApp(app: AppDocument, apps: AppService, url: string | null): AppStatus {
  const latest =
    app.latestRevisionName === undefined
      ? undefined
      : apps.revision(app.key, app.latestRevisionName);
  return {
    name: app.name,
    resourceGroup: app.resourceGroup,
    fqdn: apps.fqdn(app) ?? null,
    url,
    latestRevision: latest?.name ?? null,
    healthState: latest?.status.healthState ?? 'None',
    runningState: latest?.status.runningState ?? 'Stopped',
    ...diagnosisOf(app, latest, apps),
  };
}

function diagnosisOf(
  app: AppDocument,
  latest: RevisionDocument | undefined,
  apps: AppService,
): Pick<AppStatus, 'diagnosis'> {
  const diagnosis = latest?.status.diagnosis ?? trafficDiagnosis(app, apps);
  return diagnosis ? { diagnosis } : {};
}

/** Of an app whose latest revision is well: how its requests go. */
function trafficDiagnosis(app: AppDocument, apps: AppService): Diagnosis | undefined {
  const serving = sharesOf(app, apps.revisions(app.key)).map(({ revision, weight }) => ({
    name: revision.name,
    weight,
    minReplicas: revision.template.scale.minReplicas,
    ...apps.ingress.traffic.of(revision.key),
  }));
  return diagnoseTraffic(serving, { app: app.name, resourceGroup: app.resourceGroup });
}
