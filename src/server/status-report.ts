import type { AppDocument, RevisionDocument } from '../apps/documents.js';
import type { AppService } from '../apps/service.js';
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
    ...diagnosisOf(latest),
  };
}

function diagnosisOf(revision: RevisionDocument | undefined): Pick<AppStatus, 'diagnosis'> {
  const diagnosis = revision?.status.diagnosis;
  return diagnosis ? { diagnosis } : {};
}
