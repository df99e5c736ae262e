import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/base/logger.js';
import type { TokenAuthority, TokenClaims } from '../../src/identity/token-authority.js';
import type { EnvironmentDocument, IngressConfiguration } from '../../src/apps/documents.js';
import type { ImageAdmission } from '../../src/apps/image-admission.js';
import { createAppService } from '../../src/apps/service.js';
import type { AppInput } from '../../src/apps/app-writes.js';
import type { AppService } from '../../src/apps/service.js';
import type { AppContainer, Template } from '../../src/apps/template.js';
import { FakeClock } from './fake-clock.js';
import { FakeRuntime } from './fake-runtime.js';
import type { FakeProgram } from './fake-runtime.js';
import { createMemoryMetadataStore } from '../../src/storage/memory-metadata-store.js';
import type { MetadataStore } from '../../src/storage/metadata-store.js';
import { ScriptedRegistry } from './scripted-registry.js';

/** Tokens that are their claims. */
export const plainTokens: TokenAuthority = {
  issue: (claims, lifetimeSeconds) =>
    Buffer.from(JSON.stringify({ ...claims, lifetimeSeconds })).toString('base64url'),
  verify: (token, audience) => {
    try {
      const claims = JSON.parse(Buffer.from(token, 'base64url').toString()) as TokenClaims;
      return [audience].flat().includes(claims.aud) ? claims : undefined;
    } catch {
      return undefined;
    }
  },
};

export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg/providers/microsoft.app`;
export const APP_KEY = `${GROUP}/containerapps/ca`;
export const REGISTRY = 'acrlab.azurecr.io';

export const ENVIRONMENT: EnvironmentDocument = {
  key: `${GROUP}/managedenvironments/cae`,
  subscriptionId: SUBSCRIPTION,
  resourceGroup: 'rg',
  name: 'cae',
  location: 'koreacentral',
  defaultDomain: 'icyrock-cbb5d98d.koreacentral.azurecontainerapps.io',
  createdAt: '2026-06-20T13:34:59.200Z',
  resource: {},
};

export const PUBLIC_INGRESS: IngressConfiguration = {
  external: true,
  targetPort: 8000,
  exposedPort: 0,
  transport: 'Auto',
  allowInsecure: false,
  traffic: [{ latestRevision: true, weight: 100 }],
  stickySessions: false,
  ipSecurityRestrictions: [],
};

export function template(
  container: Partial<AppContainer> & { image: string },
  rest: Partial<Template> = {},
): Template {
  return {
    revisionSuffix: '',
    containers: [
      {
        name: 'app',
        env: [],
        resources: { cpu: 0.5, memory: '1Gi', ephemeralStorage: '2Gi' },
        probes: [],
        ...container,
      },
    ],
    initContainers: [],
    scale: { minReplicas: 1, maxReplicas: 1, cooldownPeriod: 300, pollingInterval: 30, rules: [] },
    ...rest,
  };
}

export function appInput(appTemplate: Template, rest: Partial<AppInput> = {}): AppInput {
  return {
    key: APP_KEY,
    subscriptionId: SUBSCRIPTION,
    resourceGroup: 'rg',
    name: 'ca',
    environmentKey: ENVIRONMENT.key,
    configuration: {
      activeRevisionsMode: 'Single',
      ingress: PUBLIC_INGRESS,
      registries: [],
      secrets: [],
      maxInactiveRevisions: 100,
    },
    template: appTemplate,
    resource: {},
    ...rest,
  };
}

export interface World {
  service: AppService;
  clock: FakeClock;
  runtime: FakeRuntime;
  registry: ScriptedRegistry;
  metadata: MetadataStore;
  directory: string;
  /** `Reason: Msg` of every row of the app. */
  rows: () => string[];
  /** States of a revision as `provisioning/health/running`. */
  states: (revision: string) => string;
  latest: () => string;
  /** Opens another service over the same store, as after a restart. */
  again: () => Promise<AppService>;
  close: () => Promise<void>;
}

export interface WorldOptions {
  programs?: Record<string, FakeProgram>;
  ownNetwork?: boolean;
  admission?: ImageAdmission;
}

/** A service over fakes with one environment. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const clock = new FakeClock();
  const runtime = new FakeRuntime(options.programs ?? {}, {
    ownNetwork: options.ownNetwork ?? true,
  });
  const registry = new ScriptedRegistry();
  const metadata = createMemoryMetadataStore();
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-apps-'));
  const open = (): AppService =>
    createAppService({
      metadata,
      runtime,
      registryClient: registry,
      clock,
      logger: silentLogger,
      dataDirectory: directory,
      tokens: plainTokens,
      imageAdmission: options.admission ?? 'documented',
    });
  let service = open();
  await service.start();
  await service.putEnvironment(ENVIRONMENT);
  const world: World = {
    service,
    clock,
    runtime,
    registry,
    metadata,
    directory,
    rows: () => {
      const app = service.app(APP_KEY);
      return app
        ? service
            .systemLog(app)
            .rows()
            .map(({ Reason, Msg }) => `${Reason}: ${Msg}`)
        : [];
    },
    states: (name) => {
      const status = service.revision(APP_KEY, name)?.status;
      return status
        ? `${status.provisioningState}/${status.healthState}/${status.runningState}`
        : 'none';
    },
    latest: () => service.app(APP_KEY)?.latestRevisionName ?? '',
    again: async () => {
      await service.close();
      service = open();
      world.service = service;
      await service.start();
      return service;
    },
    close: async () => {
      await service.close();
      await runtime.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return world;
}
