const TASK = Buffer.from('version: v1.1.0\nsteps: [{ cmd: "$Registry/none:v1" }]').toString(
  'base64',
);

/** Where the registry of `everyResource` is. */
export function registryOf(group: string): string {
  return `${group}/providers/Microsoft.ContainerRegistry/registries/acreverything`;
}

/**
 * One body for each type of resource that takes or makes a secret, by its path, in the order they need each other.
 *
 * @param group e.g. `'/subscriptions/…/resourceGroups/rg'`
 * @param secret makes up a secret for a place
 */
export function everyResource(
  group: string,
  secret: (place: string) => string,
): Record<string, object> {
  const resource = (type: string): string => `${group}/providers/${type}`;
  const registry = registryOf(group);
  const environment = resource('Microsoft.App/managedEnvironments/env');
  const values = [{ name: 'key', value: secret('task-value'), isSecret: true }];
  const credentials = {
    customRegistries: {
      'elsewhere.example': {
        userName: { type: 'Opaque', value: 'me' },
        password: { type: 'Opaque', value: secret('task-registry') },
      },
    },
  };
  return {
    [resource('Microsoft.OperationalInsights/workspaces/logs')]: { properties: {} },
    [registry]: { sku: { name: 'Standard' }, properties: { adminUserEnabled: true } },
    [`${registry}/tokens/reader`]: {
      properties: { scopeMapId: `${registry}/scopeMaps/_repositories_pull` },
    },
    [`${registry}/webhooks/webhook`]: {
      properties: {
        serviceUri: `http://127.0.0.1:9/${secret('webhook-address')}`,
        customHeaders: { Authorization: secret('webhook-header') },
        actions: ['push'],
      },
    },
    [`${registry}/tasks/nightly`]: {
      properties: {
        step: {
          type: 'EncodedTask',
          encodedTaskContent: TASK,
          contextPath: 'https://git.example/app.git',
          contextAccessToken: secret('task-context'),
          values,
        },
        credentials,
        trigger: {
          sourceTriggers: [
            {
              name: 'push',
              sourceTriggerEvents: ['commit'],
              sourceRepository: {
                sourceControlType: 'Github',
                repositoryUrl: 'https://git.example/app.git',
                sourceControlAuthProperties: { tokenType: 'PAT', token: secret('task-git') },
              },
            },
          ],
        },
      },
    },
    [`${registry}/taskRuns/once`]: {
      properties: {
        runRequest: {
          type: 'EncodedTaskRunRequest',
          encodedTaskContent: TASK,
          values,
          credentials,
        },
      },
    },
    [environment]: {
      properties: {
        appLogsConfiguration: {
          destination: 'log-analytics',
          logAnalyticsConfiguration: { customerId: 'c', sharedKey: secret('environment-key') },
        },
      },
    },
    [resource('Microsoft.App/containerApps/app')]: {
      properties: {
        environmentId: environment,
        configuration: {
          secrets: [{ name: 'key', value: secret('app') }],
          registries: [{ server: 'elsewhere.example', username: 'me', passwordSecretRef: 'key' }],
        },
        template: {
          containers: [
            {
              name: 'app',
              image: 'elsewhere.example/app:v1',
              env: [{ name: 'K', secretRef: 'key' }],
            },
          ],
        },
      },
    },
    [resource('Microsoft.App/jobs/job')]: {
      properties: {
        environmentId: environment,
        configuration: {
          triggerType: 'Manual',
          replicaTimeout: 60,
          manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 },
          secrets: [{ name: 'key', value: secret('job') }],
        },
        template: {
          containers: [
            {
              name: 'job',
              image: 'elsewhere.example/job:v1',
              env: [{ name: 'K', secretRef: 'key' }],
            },
          ],
        },
      },
    },
    [resource('Microsoft.Resources/deployments/secure')]: {
      properties: {
        mode: 'Incremental',
        parameters: {
          key: { value: secret('parameter') },
          all: { value: { a: secret('object') } },
        },
        template: {
          $schema:
            'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
          contentVersion: '1.0.0.0',
          parameters: { key: { type: 'securestring' }, all: { type: 'secureObject' } },
          resources: [],
          outputs: { key: { type: 'securestring', value: "[parameters('key')]" } },
        },
      },
    },
  };
}
