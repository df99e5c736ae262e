import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ImageAdmission } from '../apps/image-admission.js';
import { createExtensionIndexPlane } from '../arm/extension-index/extension-index-plane.js';
import { createLogQueryPlane } from '../arm/log-query-plane.js';
import type { Logger } from '../base/logger.js';
import { createFileLogger } from '../base/pino-logger.js';
import type { HttpPlane } from '../http/plane.js';
import { createGraphPlane } from '../identity/graph-plane.js';
import { openHomePrincipal, readPrincipalCertificate } from '../identity/home-principal.js';
import { createIdentityPlane } from '../identity/identity-plane.js';
import { createTokenAuthority } from '../identity/token-authority.js';
import type { IsolationLevel, RuntimeChoice } from '../runtime/runtime.js';
import {
  AzureNames,
  AZURE_NAMES_HELP,
  AZURE_PORTS,
  PUBLIC_REGISTRIES,
  requireAzureNames,
} from './azure-names/azure-names.js';
import { removeFootprint } from './azure-names/footprint.js';
import { CertificateAuthority } from './certificate-authority.js';
import { writeConnectionFiles } from './connection-files.js';
import { ARM_AUDIENCES, openControlPlane } from './control-plane.js';
import { openDataPlane, type DataPlane } from './data-plane.js';
import { homeUser } from '../identity/user-tokens.js';
import { listPrincipals } from './directory.js';
import { Gateway } from './gateway.js';
import { Home } from './home.js';
import { openHomeDatabase } from './home-database.js';
import { Listener, refuseTakenPort, type ListenerOptions } from './listener.js';
import { findLocalRegistry } from './registry-directory.js';
import { answering, createLocalApi } from './local-api.js';
import { mirrorEndpoints } from './mirror-endpoints.js';
import { Shutdown } from './shutdown.js';
import { describeApps, describeRegistries } from './status-report.js';
import type { LazuriteStatus } from './status.js';
import { packageVersion } from './version.js';

export interface LazuriteOptions {
  /** Absolute path; made when missing. */
  home: string;
  /** Of the gateway, on loopback; 0 takes a free one. */
  port: number;
  runtime: RuntimeChoice;
  isolation?: IsolationLevel | undefined;
  /** Addresses for replicas' way out, or `'none'`; a free range when not given. */
  replicaNetwork?: string | undefined;
  imageAdmission: ImageAdmission;
  /** Azure's names instead of ports: 80 and 443, the hosts file, docker's trust. */
  azureNames?: boolean | undefined;
  /** How long a new role assignment has no effect on registries; none when not given. */
  rolePropagationMs?: number;
}

const LOOPBACK = '127.0.0.1';
const SUBSCRIPTION_NAME = 'Lazurite';

/** Every plane over one home folder, behind one gateway. */
export interface Lazurite {
  status(): Promise<LazuriteStatus>;
  /** Ends every container and closes every port; desired state stays in the home. */
  stop(): Promise<void>;
}

/**
 * Claims the home, brings up what an earlier run left, and answers requests once it resolves.
 *
 * @throws Failure when the home or a port can't be had, or nothing here can run containers; nothing is
 *   left behind then.
 */
export async function startLazurite(options: LazuriteOptions): Promise<Lazurite> {
  const home = new Home(options.home);
  home.refuseSecondOwner();
  // Before anything is written.
  if (options.azureNames) await requireAzureNames();
  await refuseTakenPort(LOOPBACK, options.port);
  home.claim();
  const logger = createFileLogger(home.path('logs', 'lazurite.log'), 'info');
  const shutdown = new Shutdown(logger);
  shutdown.add('home', () => {
    home.release();
  });
  shutdown.add('names', () => {
    removeFootprint(home);
  });
  try {
    removeFootprint(home); // of an earlier run that ended badly
    return await open({ options, home, logger, shutdown });
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

interface Opening {
  options: LazuriteOptions;
  home: Home;
  logger: Logger;
  shutdown: Shutdown;
}

async function open(opening: Opening): Promise<Lazurite> {
  const { options, home, logger, shutdown } = opening;
  const authority = await CertificateAuthority.open(home.path('ca'));
  const metadata = await openHomeDatabase(home);
  shutdown.add('metadata', () => metadata.close());
  const principal = openHomePrincipal(home.path('identity'));
  const tokens = createTokenAuthority({ directory: home.path('identity') });
  const signer = {
    ...principal,
    certificate: () => readPrincipalCertificate(home.path('identity')),
  };
  const subscription = { ...principal, displayName: SUBSCRIPTION_NAME };

  const azureNames = options.azureNames
    ? new AzureNames(home, readFileSync(authority.certificateFile, 'utf8'), logger)
    : undefined;
  const data = await openDataPlane(
    {
      ...options,
      azureNames,
      home,
      metadata,
      tokens,
      authority,
      ownerId: principal.objectId,
      tenantId: principal.tenantId,
      logger,
    },
    shutdown,
  );
  const manager = await openControlPlane({ metadata, tokens, subscription, data, logger });
  shutdown.add('control plane', () => manager.idle());
  data.replicaGateway.offer([registryByHost(data), manager]);
  await data.apps.start();
  await data.appListeners.sync();
  azureNames?.follow(data.apps);

  const accessKey = randomBytes(32).toString('base64url');
  const status = async (): Promise<LazuriteStatus> => ({
    version: packageVersion(),
    pid: process.pid,
    home: home.directory,
    gateway,
    portal: null,
    runtime: { ...data.runtime.info, why: data.whyRuntime },
    imageAdmission: options.imageAdmission,
    requiredPlatform: data.apps.requiredPlatform,
    azureNames: azureNames !== undefined,
    registries: describeRegistries(data.registries, azureNames !== undefined),
    apps: describeApps(data.apps, data.appListeners, azureNames !== undefined),
  });
  const isApp = (name: string): boolean => data.apps.ingress.isAppHost(name);
  const gateway = await openGateway(opening, { authority, http2: isApp }, [
    registryByHost(data),
    data.mirror.serve(azureNames ? PUBLIC_REGISTRIES : []),
    data.apps.ingress,
    createLocalApi(
      accessKey,
      { '/lazurite/status': { GET: answering(status) }, ...mirrorEndpoints(data.mirror) },
      logger,
    ),
    createIdentityPlane({
      authority: tokens,
      tenantId: principal.tenantId,
      principals: (clientId) => (clientId === principal.clientId ? signer : undefined),
      user: homeUser(principal),
      armAudience: ARM_AUDIENCES[0],
      logger,
    }),
    createGraphPlane({
      tokenAuthority: tokens,
      audiences: ARM_AUDIENCES,
      principals: () =>
        listPrincipals(principal, metadata, [...data.apps.apps(), ...data.apps.jobs.jobs()]),
      logger,
    }),
    data.runs.blobPlane,
    data.tasks.commitPlane,
    createExtensionIndexPlane(),
    createLogQueryPlane(),
    data.apps.logPlane,
    data.apps.execPlane,
    manager,
  ]);
  writeConnectionFiles(home, authority, {
    gateway,
    ca: authority.bundleFile,
    armAudience: ARM_AUDIENCES[0],
    tokenEndpoint: `${gateway}/adfs/oauth2/token`,
    tenantId: principal.tenantId,
    subscriptionId: principal.subscriptionId,
    subscriptionName: SUBSCRIPTION_NAME,
    clientId: principal.clientId,
    clientSecret: principal.clientSecret,
    accessKey,
  });
  return { status, stop: () => shutdown.run() };
}

/** @returns its address, e.g. `'https://localhost:7443'` */
async function openGateway(
  { options, logger, shutdown }: Opening,
  tls: Pick<ListenerOptions, 'authority' | 'http2'>,
  planes: readonly HttpPlane[],
): Promise<string> {
  const { onRequest, onUpgrade } = new Gateway(planes, logger);
  const common = { host: LOOPBACK, ...tls, onRequest, onUpgrade };
  const listener = await Listener.open({ ...common, port: options.port });
  shutdown.add('gateway', () => listener.close());
  if (options.azureNames) {
    for (const port of AZURE_PORTS) {
      const named = await Listener.open({ ...common, port, help: AZURE_NAMES_HELP });
      shutdown.add(`port ${port}`, () => named.close());
    }
  }
  return `https://localhost:${listener.port}`;
}

/** Requests whose host names a registry, e.g. `NAME.azurecr.io` resolved to the gateway. */
function registryByHost({ registries }: DataPlane): HttpPlane {
  return {
    name: 'registry',
    async handle(request, response) {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      const name = host.includes('.') ? findLocalRegistry(registries, host) : undefined;
      const registry = name === undefined ? undefined : registries.get(name);
      if (!registry) return false;
      await registry.handle(request, response);
      return true;
    },
  };
}
