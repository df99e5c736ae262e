import { createHash } from 'node:crypto';
import { isJsonObject } from '../../../base/json.js';
import type { Json, JsonObject } from '../../../base/json.js';
import type { AppDocument, Configuration, IngressConfiguration } from '../../../apps/documents.js';
import type { AppService } from '../../../apps/service.js';
import type { Resource } from '../../provider.js';
import { findRegion } from '../../regions.js';
import { renderTemplate } from './render-template.js';

export const APP_TYPE = 'Microsoft.App/containerApps';

export interface RenderOptions {
  service: AppService;
  /** As the client addressed the gateway. */
  baseUrl: string;
  /** Secrets with their values: what a merge patch is applied to, never what a client sees. */
  secretValues?: boolean;
}

/** `/subscriptions/…/resourceGroups/rg/containerApps/ca`: where the data plane answers about an app. */
export function dataPlanePath(app: AppDocument): string {
  return `/subscriptions/${app.subscriptionId}/resourceGroups/${app.resourceGroup}/containerApps/${app.name}`;
}

/** The app's id; the type in it is in lower case, as the service writes it. */
export function appIdText(app: AppDocument): string {
  return `/subscriptions/${app.subscriptionId}/resourceGroups/${app.resourceGroup}/providers/Microsoft.App/containerapps/${app.name}`;
}

/** An app as GET, PUT and PATCH answer it. */
export function renderApp(app: AppDocument, options: RenderOptions): Resource {
  const { location, tags, identity, systemData } = app.resource;
  return {
    id: appIdText(app),
    name: app.name,
    type: APP_TYPE,
    location: displayLocation(location),
    ...(isJsonObject(tags) && Object.keys(tags).length > 0 && { tags }),
    ...(systemData !== undefined && { systemData }),
    identity: identity ?? { type: 'None' },
    properties: renderProperties(app, options),
  };
}

/** A name of a region as it is shown, e.g. `'Korea Central'`. */
export function displayLocation(location: Json | undefined): string {
  const text = typeof location === 'string' ? location : '';
  return findRegion(text)?.displayName ?? text;
}

function renderProperties(
  app: AppDocument,
  { service, baseUrl, secretValues }: RenderOptions,
): JsonObject {
  const environment = service.environment(app.environmentKey);
  const environmentId = app.resource['environmentId'] ?? app.environmentKey;
  const provisioned = app.latestRevisionName !== undefined;
  const fqdn = provisioned ? service.fqdn(app) : undefined;
  const revisionFqdn = provisioned ? service.fqdn(app, app.latestRevisionName) : undefined;
  return {
    provisioningState: app.provisioningState,
    runningStatus: 'Running',
    managedEnvironmentId: environmentId,
    environmentId,
    workloadProfileName: app.resource['workloadProfileName'] ?? 'Consumption',
    patchingMode: 'Automatic',
    outboundIpAddresses: ['127.0.0.1'],
    latestRevisionName: app.latestRevisionName ?? null,
    latestReadyRevisionName: app.latestReadyRevisionName ?? null,
    latestRevisionFqdn: revisionFqdn ?? (provisioned ? '' : null),
    customDomainVerificationId: verificationId(environment?.subscriptionId ?? ''),
    configuration: renderConfiguration(app.configuration, fqdn, provisioned, secretValues),
    template: renderTemplate(app.template),
    ...(provisioned && { eventStreamEndpoint: `${baseUrl}${dataPlanePath(app)}/eventstream` }),
    delegatedIdentities: [],
  };
}

/** One for each subscription, 64 hex digits. */
export function verificationId(subscriptionId: string): string {
  return createHash('sha256').update(`lazurite:${subscriptionId}`).digest('hex').toUpperCase();
}

function renderConfiguration(
  configuration: Configuration,
  fqdn: string | undefined,
  provisioned: boolean,
  secretValues = false,
): JsonObject {
  const { activeRevisionsMode, ingress, registries, secrets } = configuration;
  return {
    secrets:
      secrets.length > 0
        ? secrets.map(({ name, value }): JsonObject => (secretValues ? { name, value } : { name }))
        : null,
    activeRevisionsMode,
    targetLabel: '',
    ingress: ingress ? renderIngress(ingress, fqdn, provisioned) : null,
    registries: registries.length > 0 ? registries.map((registry) => ({ ...registry })) : null,
    identitySettings: [],
    dapr: null,
    runtime: null,
    maxInactiveRevisions: configuration.maxInactiveRevisions,
    revisionTransitionThreshold: null,
    service: null,
  };
}

/** An app that never got a revision shows its ingress as it was asked for, without defaults. */
function renderIngress(
  ingress: IngressConfiguration,
  fqdn: string | undefined,
  provisioned: boolean,
): JsonObject {
  const { stickySessions, ipSecurityRestrictions, corsPolicy, traffic } = ingress;
  return {
    fqdn: fqdn ?? null,
    external: ingress.external,
    targetPort: ingress.targetPort,
    exposedPort: provisioned ? ingress.exposedPort : null,
    transport: provisioned ? ingress.transport : null,
    traffic: provisioned ? traffic.map((entry) => renderTraffic(entry)) : null,
    customDomains: null,
    allowInsecure: ingress.allowInsecure,
    ipSecurityRestrictions:
      ipSecurityRestrictions.length > 0 ? ipSecurityRestrictions.map((one) => ({ ...one })) : null,
    corsPolicy: corsPolicy ? { ...corsPolicy } : null,
    clientCertificateMode: null,
    stickySessions: stickySessions ? { affinity: 'sticky' } : null,
    additionalPortMappings: null,
    targetPortHttpScheme: null,
  };
}

function renderTraffic(entry: IngressConfiguration['traffic'][number]): JsonObject {
  const { revisionName, latestRevision, weight, label } = entry;
  return {
    ...(revisionName !== undefined && { revisionName }),
    weight,
    ...(latestRevision && { latestRevision }),
    ...(label !== undefined && { label }),
  };
}
