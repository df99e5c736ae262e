/**
 * What a revision runs, in Azure's own words. Values are complete: defaults were filled in at the edge.
 *
 * @see https://learn.microsoft.com/azure/templates/microsoft.app/2025-01-01/containerapps
 */
export interface Template {
  /** `''` unless the user asked for one, e.g. `'badv2'`. */
  revisionSuffix: string;
  containers: AppContainer[];
  initContainers: AppContainer[];
  scale: Scale;
  /** Left out when there are none. */
  volumes?: Volume[];
  terminationGracePeriodSeconds?: number;
}

export interface AppContainer {
  /** e.g. `'app'` */
  name: string;
  /** As written, e.g. `'localhost:5001/labacr:v1'`. */
  image: string;
  /** Replaces the image's entry point. */
  command?: string[];
  /** Replaces the image's command. */
  args?: string[];
  env: EnvironmentVariable[];
  resources: ContainerResources;
  probes: Probe[];
  /** Left out when there are none. */
  volumeMounts?: VolumeMount[];
}

/** Folders that the containers of one replica share; they come and go with it. */
export interface Volume {
  /** e.g. `'scratch'` */
  name: string;
  /** `'EmptyDir'` begins empty; `'Secret'` has the app's secrets as files, and is read-only. */
  storageType: 'EmptyDir' | 'Secret';
  /** Of a secret volume: which secrets, and their files' paths inside; all by their names when left out. */
  secrets?: { secretRef: string; path: string }[];
}

export interface VolumeMount {
  volumeName: string;
  /** Absolute, e.g. `'/mnt/data'`. */
  mountPath: string;
  /** A path inside the volume, e.g. `'logs'`. */
  subPath?: string;
}

export interface EnvironmentVariable {
  name: string;
  value?: string;
  /** Name of a secret of the app; wins over `value`. */
  secretRef?: string;
}

export interface ContainerResources {
  /** Cores, e.g. `0.5`. */
  cpu: number;
  /** e.g. `'1Gi'` */
  memory: string;
  /** e.g. `'2Gi'`; follows from `cpu`. */
  ephemeralStorage: string;
}

export type ProbeType = 'Startup' | 'Liveness' | 'Readiness';

/** Exactly one of `httpGet` and `tcpSocket` is set. Durations are seconds. */
export interface Probe {
  type: ProbeType;
  httpGet?: ProbeHttpGet;
  tcpSocket?: { port: number; host?: string };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface ProbeHttpGet {
  path?: string;
  port: number;
  host?: string;
  scheme?: 'HTTP' | 'HTTPS';
  httpHeaders?: { name: string; value: string }[];
}

export interface Scale {
  minReplicas: number;
  maxReplicas: number;
  /** Seconds without work before the last replica goes. */
  cooldownPeriod: number;
  /** Seconds between two looks of the scaler. */
  pollingInterval: number;
  rules: ScaleRule[];
}

export interface ScaleRule {
  name: string;
  kind: 'http' | 'tcp' | 'custom';
  /** The scaler of a custom rule, e.g. `'cpu'`, `'memory'`, `'cron'`. */
  customType?: string;
  /** e.g. `{ concurrentRequests: '10' }` */
  metadata: Record<string, string>;
}

/** Azure's defaults where a template leaves them out. */
export const TEMPLATE_DEFAULTS = {
  cpu: 0.5,
  memory: '1Gi',
  minReplicas: 0,
  maxReplicas: 10,
  cooldownPeriod: 300,
  pollingInterval: 30,
  /** Requests in flight per replica that the implicit HTTP rule aims at. */
  concurrentRequests: 10,
} as const;

/**
 * What decides whether two templates are the same: everything but the suffix.
 *
 * @returns canonical JSON, comparable with `===`
 */
export function templateIdentity(template: Template): string {
  return canonicalJson({ ...template, revisionSuffix: '' });
}

/** JSON with sorted keys and without undefined. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
