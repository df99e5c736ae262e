import type { JsonObject } from '../base/json.js';
import type { Diagnosis } from './trouble.js';
import type { Template } from './template.js';

/**
 * Desired state and status as they are stored. A key is a resource id in lower case:
 * `'/subscriptions/…/resourcegroups/rg/providers/microsoft.app/containerapps/ca'`.
 */
export interface EnvironmentNetwork {
  /** Id of the virtual network in lower case; environments that name the same one reach each other's apps. */
  key: string;
  /** Whether apps answer that network alone, external ingress or not. */
  internal: boolean;
}

export interface EnvironmentDocument {
  key: string;
  subscriptionId: string;
  resourceGroup: string;
  name: string;
  /** As given, e.g. `'koreacentral'`. */
  location: string;
  /** `'icyrock-cbb5d98d.koreacentral.azurecontainerapps.io'` */
  defaultDomain: string;
  /** The virtual network that it is in, if it names one. */
  network?: EnvironmentNetwork;
  createdAt: string;
  /** What the resource manager keeps with it: tags, identity, who made it. */
  resource: JsonObject;
}

export interface AppDocument {
  key: string;
  subscriptionId: string;
  resourceGroup: string;
  name: string;
  environmentKey: string;
  configuration: Configuration;
  template: Template;
  /** Failed when the API refused an image after it took the write. */
  provisioningState: 'Succeeded' | 'Failed';
  /** How many revisions were ever made: the ordinal of the next one. */
  nextRevision: number;
  latestRevisionName?: string;
  latestReadyRevisionName?: string;
  createdAt: string;
  /** What the resource manager keeps with it: tags, identity, who made it. */
  resource: JsonObject;
}

/** What pulls images, has secrets and writes logs: an app or a job. */
export interface Workload {
  key: string;
  resourceGroup: string;
  name: string;
  environmentKey: string;
  configuration: Pick<Configuration, 'registries' | 'secrets'>;
  /** What the resource manager keeps with it: tags, identity, who made it. */
  resource: JsonObject;
}

export interface Configuration {
  activeRevisionsMode: 'Single' | 'Multiple';
  ingress?: IngressConfiguration;
  registries: RegistryCredentials[];
  secrets: Secret[];
  maxInactiveRevisions: number;
}

export interface IngressConfiguration {
  external: boolean;
  targetPort: number;
  exposedPort: number;
  /** `'Auto'`, `'Http'`, `'Http2'` or `'Tcp'`. */
  transport: string;
  allowInsecure: boolean;
  traffic: TrafficWeight[];
  stickySessions: boolean;
  ipSecurityRestrictions: IpRestriction[];
  corsPolicy?: CorsPolicy;
}

export interface IpRestriction {
  name: string;
  description?: string;
  /** e.g. `'10.0.0.0/8'` */
  ipAddressRange: string;
  action: 'Allow' | 'Deny';
}

export interface CorsPolicy {
  allowedOrigins: string[];
  allowedMethods?: string[];
  allowedHeaders?: string[];
  exposeHeaders?: string[];
  maxAge?: number;
  allowCredentials?: boolean;
}

export interface TrafficWeight {
  /** Unset when `latestRevision` is true. */
  revisionName?: string;
  latestRevision: boolean;
  /** Percent. */
  weight: number;
  label?: string;
}

/** Which credentials pull from a registry; either a user with a secret or an identity. */
export interface RegistryCredentials {
  /** e.g. `'localhost:5001'` */
  server: string;
  username: string;
  passwordSecretRef: string;
  /** `''`, `'system'`, or the id of a user-assigned identity. */
  identity: string;
}

export interface Secret {
  name: string;
  value: string;
}

export interface RevisionDocument {
  /** The app's key and `'/revisions/' + name`. */
  key: string;
  appKey: string;
  /** `'ca-labacr--0000001'` */
  name: string;
  /** Counts the app's revisions from 0. */
  ordinal: number;
  template: Template;
  active: boolean;
  createdAt: string;
  /** When the last replica that served went, e.g. for `lastActiveTime`. */
  lastActiveAt?: string;
  /** When all of its replicas first were ready. */
  readyAt?: string;
  /** Counts the restarts asked for; a new number replaces every replica. */
  restarts: number;
  status: RevisionStatus;
}

export type HealthState = 'Healthy' | 'Unhealthy' | 'None';
export type RunningState =
  | 'Running'
  | 'RunningAtMaxScale'
  | 'Activating'
  | 'Degraded'
  | 'Failed'
  | 'ScaledToZero'
  | 'Stopped'
  | 'Deprovisioning';

export interface RevisionStatus {
  provisioningState: 'Provisioned' | 'Provisioning' | 'Failed';
  healthState: HealthState;
  runningState: RunningState;
  runningStateDetails?: string;
  provisioningError?: string;
  replicas: number;
  diagnosis?: Diagnosis;
}

export const NEW_REVISION_STATUS: RevisionStatus = {
  provisioningState: 'Provisioned',
  healthState: 'None',
  runningState: 'Activating',
  replicas: 0,
};
