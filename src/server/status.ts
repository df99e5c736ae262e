import type { RuntimeInfo } from '../runtime/runtime.js';

/** `lazurite status --json`, and `GET /lazurite/status`. */
export interface LazuriteStatus {
  /** e.g. `'0.1.0'` */
  version: string;
  pid: number;
  /** Absolute path of the home folder. */
  home: string;
  /** e.g. `'https://localhost:7443'` */
  gateway: string;
  /** Where the web page is; null until there is one. */
  portal: string | null;
  /** `why` says why this driver. */
  runtime: RuntimeInfo & { why: string };
  imageAdmission: 'documented' | 'api' | 'revision';
  /** Whether registries and apps go by Azure's names, on 80 and 443. */
  azureNames: boolean;
  /** `'linux/amd64'`: what environments ask images for. */
  requiredPlatform: string;
  registries: RegistryStatus[];
  apps: AppStatus[];
}

export interface RegistryStatus {
  name: string;
  /** e.g. `'localhost:5001'`, or `'acrlabacr.azurecr.io'` with Azure's names */
  loginServer: string;
  /** e.g. `'http://localhost:5001'` */
  url: string;
}

export interface AppStatus {
  name: string;
  resourceGroup: string;
  /** null without ingress. */
  fqdn: string | null;
  /** `'http://localhost:41234'`, or `https://` and the FQDN with Azure's names; null without external ingress. */
  url: string | null;
  latestRevision: string | null;
  /** Of the latest revision: `'Healthy'`, `'Unhealthy'` or `'None'`. */
  healthState: string;
  runningState: string;
  /** Why the latest revision fails and what repairs it; only while it fails. */
  diagnosis?: { cause: string; evidence: string[]; fix: string };
}
