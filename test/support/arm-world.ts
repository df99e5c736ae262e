import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeploymentProviders } from '../../src/arm/deployments/deployments-provider.js';
import type { ReadTemplateLink } from '../../src/arm/deployments/deployment-request.js';
import type { Json, JsonObject, ResourceProvider } from '../../src/arm/provider.js';
import { createExtensionIndexPlane } from '../../src/arm/extension-index/extension-index-plane.js';
import { listManagedIdentities } from '../../src/arm/providers/identities/user-assigned-identities.js';
import { createRegistriesProvider } from '../../src/arm/providers/registries/registries.js';
import { createWorkspacesProvider } from '../../src/arm/providers/workspaces/workspaces.js';
import { createResourceManager, type ResourceManager } from '../../src/arm/resource-manager.js';
import type { HttpPlane } from '../../src/http/plane.js';
import { openHomePrincipal, type HomePrincipal } from '../../src/identity/home-principal.js';
import { createGraphPlane } from '../../src/identity/graph-plane.js';
import { homeUser } from '../../src/identity/user-tokens.js';
import { createIdentityPlane } from '../../src/identity/identity-plane.js';
import { createTokenAuthority } from '../../src/identity/token-authority.js';
import type {
  HostedRegistry,
  RegistryHost,
  RegistrySettings,
} from '../../src/registry/registry-host.js';
import { createMemoryMetadataStore } from '../../src/storage/memory-metadata-store.js';
import type { MetadataStore } from '../../src/storage/metadata-store.js';

export const ARM_AUDIENCE = 'https://management.core.windows.net/';

/** The control plane on its own, with registries that only remember how they were configured. */
export interface ArmWorld {
  manager: ResourceManager;
  planes: HttpPlane[];
  principal: HomePrincipal;
  registries: Map<string, RegistrySettings>;
  metadata: MetadataStore;
  recover(): Promise<void>;
  dispose(): void;
}

export interface ArmWorldOptions {
  metadata?: MetadataStore;
  providers?: readonly ResourceProvider[];
  /** Follows links of templates; refused without. */
  readLink?: ReadTemplateLink;
}

export function makeArmWorld(options: ArmWorldOptions = {}): ArmWorld {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-arm-'));
  const metadata = options.metadata ?? createMemoryMetadataStore();
  const authority = createTokenAuthority({ directory });
  const principal = openHomePrincipal(directory);
  const registries = new Map<string, RegistrySettings>();
  const subscription = {
    subscriptionId: principal.subscriptionId,
    tenantId: principal.tenantId,
    displayName: 'Lazurite',
  };
  const registriesProvider = createRegistriesProvider({
    metadata,
    host: rememberingHost(registries),
    loginServers: {
      allocate: (name) => Promise.resolve(`${name}.azurecr.io`),
      release: () => Promise.resolve(),
    },
  });
  let recoverDeployments = (): Promise<void> => Promise.resolve();
  const manager = createResourceManager({
    providers: [
      createWorkspacesProvider({ metadata }),
      registriesProvider,
      ...registriesProvider.children,
      ...(options.providers ?? []),
    ],
    withResources: (access) => {
      const deployments = createDeploymentProviders({
        ...access,
        metadata,
        subscription,
        ...(options.readLink && { readLink: options.readLink }),
      });
      recoverDeployments = deployments.recover;
      return deployments.providers;
    },
    metadata,
    tokenAuthority: authority,
    audiences: [ARM_AUDIENCE],
    subscription,
  });
  const identity = createIdentityPlane({
    authority,
    tenantId: principal.tenantId,
    principals: (clientId) => (clientId === principal.clientId ? principal : undefined),
    user: homeUser(principal),
    armAudience: ARM_AUDIENCE,
  });
  const graph = createGraphPlane({
    tokenAuthority: authority,
    audiences: [ARM_AUDIENCE],
    principals: async () => [
      { ...principal, displayName: 'lazurite', kind: 'Application' },
      ...(await listManagedIdentities(metadata)).map((managed) => ({
        objectId: managed.principalId,
        clientId: managed.clientId,
        displayName: managed.name,
        kind: 'ManagedIdentity' as const,
      })),
    ],
  });
  return {
    manager,
    planes: [identity, graph, createExtensionIndexPlane(), manager],
    principal,
    registries,
    metadata,
    async recover() {
      await registriesProvider.restore();
      await recoverDeployments();
      await manager.recover();
    },
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export interface Answer {
  status: number;
  headers: Headers;
  body: JsonObject;
}

/** A world behind plain HTTP on a free port, and a client that is signed in. */
export interface ServedArm extends ArmWorld {
  origin: string;
  /** `/subscriptions/…` of the home. */
  subscription: string;
  token: string;
  /** @param path with or without a query; `api-version` is added */
  call(
    method: string,
    path: string,
    body?: Json | string,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Polls `Azure-AsyncOperation` or `Location` of an answer to its end. */
  settle(answer: Answer): Promise<Answer>;
  close(): Promise<void>;
}

export async function serveArm(options: ArmWorldOptions = {}): Promise<ServedArm> {
  const world = makeArmWorld(options);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    void (async () => {
      for (const plane of world.planes) if (await plane.handle(request, response, url)) return;
      response.writeHead(404).end();
    })();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = await signIn(origin, world.principal);

  const call: ServedArm['call'] = async (method, path, body, headers) => {
    const url = new URL(path, origin);
    if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', '2024-11-01');
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as JsonObject,
    };
  };
  const settle: ServedArm['settle'] = async (answer) => {
    const url = answer.headers.get('azure-asyncoperation') ?? answer.headers.get('location');
    if (url === null) return answer;
    await world.manager.idle();
    return call('GET', url);
  };
  return {
    ...world,
    origin,
    subscription: `/subscriptions/${world.principal.subscriptionId}`,
    token,
    call,
    settle,
    async close() {
      await world.manager.idle();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      world.dispose();
    },
  };
}

async function signIn(origin: string, principal: HomePrincipal): Promise<string> {
  const response = await fetch(`${origin}/adfs/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: principal.clientId,
      client_secret: principal.clientSecret,
      scope: `${ARM_AUDIENCE}/.default`,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

function rememberingHost(registries: Map<string, RegistrySettings>): RegistryHost {
  const hosted = (settings: RegistrySettings): HostedRegistry => ({
    settings,
    handle: () => Promise.reject(new Error('this registry serves nothing')),
    repository: () => {
      throw new Error('this registry holds nothing');
    },
    usage: () => Promise.resolve([]),
    holdings: () => Promise.resolve([]),
    noteImport: () => Promise.resolve(),
    pingWebhook: (name) =>
      Promise.resolve(
        settings.webhooks?.some((webhook) => webhook.name === name) ? 'ping-1' : undefined,
      ),
    webhookDeliveries: () => [
      {
        event: { id: 'ping-1', timestamp: '2026-06-23T12:00:00.000Z', action: 'ping' },
        uri: 'http://localhost/',
        headers: {},
        answer: { status: 200, reason: 'OK', headers: {}, content: '' },
      },
    ],
  });
  return {
    configure(settings) {
      registries.set(settings.name, settings);
      return Promise.resolve(hosted(settings));
    },
    get(name) {
      const settings = registries.get(name);
      return settings === undefined ? undefined : hosted(settings);
    },
    list: () => [...registries.values()].map(hosted),
    remove(name) {
      registries.delete(name);
      return Promise.resolve();
    },
    collectGarbage: () => Promise.reject(new Error('this registry holds nothing')),
    close: () => Promise.resolve(),
  };
}
