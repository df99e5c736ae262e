import type { AppServer } from './app-server.js';

/** A template with apps `app0`, `app1`, …, each of one replica with a port of its own on this machine. */
export function manyApps(
  { registry, registryFlags }: Pick<AppServer, 'registry' | 'registryFlags'>,
  count: number,
): object {
  const [, , , username, , password] = registryFlags;
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.App/containerApps',
        apiVersion: '2025-01-01',
        name: "[format('app{0}', copyIndex())]",
        location: 'koreacentral',
        copy: { name: 'apps', count },
        properties: {
          environmentId: "[resourceId('Microsoft.App/managedEnvironments', 'cae')]",
          configuration: {
            ingress: { external: true, targetPort: 8000, allowInsecure: true },
            secrets: [{ name: 'password', value: password }],
            registries: [{ server: registry, username, passwordSecretRef: 'password' }],
          },
          template: {
            containers: [
              {
                name: 'app',
                image: `${registry}/shell:v1`,
                resources: { cpu: "[json('0.25')]", memory: '0.5Gi' },
              },
            ],
            scale: { minReplicas: 1, maxReplicas: 1 },
          },
        },
      },
    ],
  };
}
