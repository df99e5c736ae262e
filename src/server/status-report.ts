import type { AppDocument, RevisionDocument } from '../apps/documents.js';
import type { AppService } from '../apps/service.js';
import type { RegistryHost } from '../registry/registry-host.js';
import type { AppListeners } from './app-listeners.js';
import type { AppStatus, RegistryStatus } from './status.js';

export function describeRegistries(host: RegistryHost): RegistryStatus[] {
  return host.list().map(({ settings: { name, loginServer } }) => ({
    name,
    loginServer,
    url: `http://${loginServer}`,
  }));
}

export function describeApps(apps: AppService, listeners: AppListeners): AppStatus[] {
  return apps.apps().map((app) => describeApp(app, apps, listeners));
}

function describeApp(app: AppDocument, apps: AppService, listeners: AppListeners): AppStatus {
  const latest =
    app.latestRevisionName === undefined
      ? undefined
      : apps.revision(app.key, app.latestRevisionName);
  return {
    name: app.name,
    resourceGroup: app.resourceGroup,
    fqdn: apps.fqdn(app) ?? null,
    url: listeners.url(app.key) ?? null,
    latestRevision: latest?.name ?? null,
    healthState: latest?.status.healthState ?? 'None',
    runningState: latest?.status.runningState ?? 'Stopped',
    ...diagnosisOf(latest),
  };
}

function diagnosisOf(revision: RevisionDocument | undefined): Pick<AppStatus, 'diagnosis'> {
  const diagnosis = revision?.status.diagnosis;
  return diagnosis ? { diagnosis } : {};
}
