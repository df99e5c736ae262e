import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../base/connection.js';

/**
 * Writes an `AZURE_CONFIG_DIR` with which the stock CLI is logged in already. The cloud keeps the name
 * AzureCloud, because some of its commands are keyed by that name.
 */
export function writeAzureProfile(directory: string, connection: Connection, bicep: string): void {
  mkdirSync(join(directory, 'bin'), { recursive: true, mode: 0o700 });
  const files: Record<string, string> = {
    config: ini({
      cloud: { name: 'AzureCloud' },
      core: { collect_telemetry: 'no', instance_discovery: 'false' },
      bicep: { use_binary_from_path: 'false', check_version: 'false' },
      extension: { use_dynamic_install: 'no' },
      'auto-upgrade': { enable: 'no' },
    }),
    'clouds.config': ini({ AzureCloud: cloudEndpoints(connection) }),
    'azureProfile.json': JSON.stringify({
      installationId: connection.clientId,
      subscriptions: [subscription(connection)],
    }),
    'service_principal_entries.json': JSON.stringify([
      {
        client_id: connection.clientId,
        tenant: connection.tenantId,
        client_secret: connection.clientSecret,
      },
    ]),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
  }
  const executable = join(directory, 'bin', 'bicep');
  writeFileSync(executable, bicep, { mode: 0o700 });
  chmodSync(executable, 0o700);
}

function cloudEndpoints({ gateway, armAudience }: Connection): Record<string, string> {
  return {
    endpoint_management: gateway,
    endpoint_resource_manager: gateway,
    endpoint_active_directory: `${gateway}/adfs`,
    endpoint_active_directory_resource_id: armAudience,
    endpoint_active_directory_graph_resource_id: `${gateway}/graph`,
    endpoint_microsoft_graph_resource_id: `${gateway}/graph`,
    endpoint_log_analytics_resource_id: gateway,
  };
}

function subscription(connection: Connection): unknown {
  return {
    id: connection.subscriptionId,
    name: connection.subscriptionName,
    state: 'Enabled',
    user: { name: connection.clientId, type: 'servicePrincipal' },
    isDefault: true,
    tenantId: connection.tenantId,
    homeTenantId: connection.tenantId,
    environmentName: 'AzureCloud',
    managedByTenants: [],
  };
}

function ini(sections: Record<string, Record<string, string>>): string {
  return Object.entries(sections)
    .map(([section, values]) => {
      const lines = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
      return `[${section}]\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

/** Environment variables that point stock clients at this Lazurite. */
export function clientEnvironment(
  home: string,
  connection: Connection,
  caCertificate: string,
): Record<string, string> {
  return {
    LAZURITE_HOME: home,
    AZURE_CONFIG_DIR: join(home, 'azure'),
    AZURE_CORE_COLLECT_TELEMETRY: 'no',
    AZURE_CORE_INSTANCE_DISCOVERY: 'false',
    AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
    AZURE_EXTENSION_INDEX_URL: `${connection.gateway}/extensions/index.json`,
    AZURE_BICEP_USE_BINARY_FROM_PATH: 'false',
    AZURE_BICEP_CHECK_VERSION: 'false',
    REQUESTS_CA_BUNDLE: connection.ca,
    CURL_CA_BUNDLE: connection.ca,
    SSL_CERT_FILE: connection.ca,
    WEBSOCKET_CLIENT_CA_BUNDLE: connection.ca,
    NODE_EXTRA_CA_CERTS: caCertificate,
  };
}
