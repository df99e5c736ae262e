import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerAppsAPIClient } from '@azure/arm-appcontainers';
import { ContainerRegistryManagementClient } from '@azure/arm-containerregistry';
import { ResourceManagementClient } from '@azure/arm-resources';
import { ClientSecretCredential } from '@azure/identity';
import { lazurite, startServer } from '../support/lazurite-command.js';
import type { Connection } from '../support/stock-server.js';

/** A Lazurite of its own and the clients of Azure's SDKs, signed in to it. */
export interface SdkWorld {
  connection: Connection;
  credential: ClientSecretCredential;
  resources: ResourceManagementClient;
  registries: ContainerRegistryManagementClient;
  apps: ContainerAppsAPIClient;
  /** Signs in at this Lazurite's authority. */
  signIn(overrides?: { tenantId?: string; clientId?: string; secret?: string }): {
    credential: ClientSecretCredential;
  };
  home: string;
  /** Runs `lazurite az …`; @returns what it prints. */
  az(...args: string[]): Promise<string>;
  close(): Promise<void>;
}

export async function startSdkWorld(): Promise<SdkWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-sdk-'));
  const server = await startServer(join(directory, 'home'));
  const file = join(server.home, 'run', 'connection.json');
  const connection = JSON.parse(readFileSync(file, 'utf8')) as Connection;
  const { gateway: endpoint, subscriptionId } = connection;
  const transport = {
    tlsOptions: { ca: readFileSync(connection.ca) },
    retryOptions: { maxRetries: 0 },
  };
  const signIn: SdkWorld['signIn'] = (overrides = {}) => ({
    credential: new ClientSecretCredential(
      overrides.tenantId ?? connection.tenantId,
      overrides.clientId ?? connection.clientId,
      overrides.secret ?? connection.clientSecret,
      // an authority of one's own is not looked up at the public one
      { authorityHost: endpoint, disableInstanceDiscovery: true, ...transport },
    ),
  });
  const { credential } = signIn();
  const options = { endpoint, ...transport };
  return {
    connection,
    home: server.home,
    credential,
    resources: new ResourceManagementClient(credential, subscriptionId, options),
    registries: new ContainerRegistryManagementClient(credential, subscriptionId, options),
    apps: new ContainerAppsAPIClient(credential, subscriptionId, options),
    signIn,
    async az(...args) {
      const env = { LAZURITE_HOME: server.home };
      const { code, stdout, stderr } = await lazurite(['az', ...args], { env });
      if (code !== 0) throw new Error(`az ${args.join(' ')}\n${stdout}${stderr}`);
      return stdout.trim();
    },
    async close() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Everything on every page. */
export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of pages) found.push(item);
  return found;
}
