import { notImplemented, TEXT, type RequestShape, type ShapeTable } from './request-shape.js';
import { APP } from './container-apps.js';
import { IDENTITY } from './principals.js';

const VERSIONS = ['2025-01-01', '2024-03-01'];
const WRITE = VERSIONS.slice(0, 1);

/** What a client read, sent back whole: what cannot be written is left as it is. */
const whole: RequestShape[] = [
  {
    command: 'containerapp secret set; containerapp registry set',
    method: 'PUT',
    path: APP,
    versions: WRITE,
    over: 'app',
    body: {
      properties: {
        configuration: {
          secrets: [
            { name: 'registry-password', value: '{password}' },
            { name: 'key', value: 'of the window' },
          ],
        },
      },
    },
    status: 201,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp secret set: what it is now',
    method: 'POST',
    path: `${APP}/listSecrets`,
    versions: VERSIONS,
    status: 200,
    answer: { value: [{}, { name: 'key', value: 'of the window' }] },
  },
  {
    command: 'containerapp revision set-mode',
    method: 'PUT',
    path: APP,
    versions: WRITE,
    over: 'app',
    body: { properties: { configuration: { activeRevisionsMode: 'multiple' } } },
    status: 201,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp ingress disable',
    method: 'PUT',
    path: APP,
    versions: WRITE,
    over: 'app',
    body: { properties: { configuration: { activeRevisionsMode: 'multiple', ingress: null } } },
    status: 201,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp ingress enable',
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: {
      properties: {
        configuration: {
          ingress: {
            ...{ external: true, transport: 'auto', allowInsecure: false },
            ...{ exposedPort: null, targetPort: 8000 },
          },
        },
      },
    },
    status: 202,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp ingress show',
    method: 'GET',
    path: APP,
    versions: VERSIONS,
    status: 200,
    answer: {
      properties: {
        latestRevisionName: '{revision}',
        configuration: {
          activeRevisionsMode: 'Multiple',
          ingress: { fqdn: TEXT, targetPort: 8000 },
        },
      },
    },
  },
];

const identities = { [IDENTITY]: {} };

const patches: RequestShape[] = [
  {
    command: 'containerapp identity assign --system-assigned',
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: { identity: { type: 'SystemAssigned' } },
    status: 202,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp identity show',
    method: 'GET',
    path: APP,
    versions: VERSIONS,
    status: 200,
    answer: { identity: { type: 'SystemAssigned', principalId: TEXT, tenantId: '{tenantId}' } },
  },
  // The client writes both.
  ...['SystemAssigned, UserAssigned', 'SystemAssigned,UserAssigned'].map((type): RequestShape => ({
    command: `containerapp identity assign --user-assigned: ${type}`,
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: { identity: { type, userAssignedIdentities: identities } },
    status: 202,
    polls: 'azure-asyncoperation',
  })),
  {
    command: 'containerapp identity show, with a user-assigned one',
    method: 'GET',
    path: APP,
    versions: VERSIONS,
    status: 200,
    answer: {
      identity: {
        ...{ type: 'SystemAssigned,UserAssigned', principalId: TEXT },
        userAssignedIdentities: {
          [IDENTITY]: { principalId: '{principalId}', clientId: '{identityClient}' },
        },
      },
    },
  },
  {
    command: 'containerapp update --revision-suffix two --set-env-vars; containerapp revision copy',
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: {
      properties: {
        template: {
          revisionSuffix: 'two',
          containers: [
            {
              ...{ image: '{loginServer}/app:v1', name: 'ca' },
              env: [
                { name: 'MESSAGE', value: 'two' },
                { name: 'EMPTY', value: '' },
              ],
              resources: { cpu: 0.25, memory: '0.5Gi' },
            },
          ],
        },
      },
    },
    status: 202,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp update: what it is now',
    method: 'GET',
    path: APP,
    versions: VERSIONS,
    status: 200,
    answer: {
      properties: {
        latestRevisionName: 'ca--two',
        template: { containers: [{ env: [{ value: 'two' }, {}] }], scale: { minReplicas: 1 } },
      },
    },
  },
  {
    command: 'containerapp ingress traffic set; containerapp revision label add',
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: {
      properties: {
        configuration: {
          ingress: {
            traffic: [
              { revisionName: '{revision}', weight: 80, label: 'blue' },
              { latestRevision: true, weight: 20 },
            ],
          },
        },
      },
    },
    status: 202,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp ingress traffic show',
    method: 'GET',
    path: APP,
    versions: VERSIONS,
    status: 200,
    answer: {
      properties: {
        configuration: {
          ingress: {
            traffic: [
              { revisionName: '{revision}', weight: 80, label: 'blue' },
              { latestRevision: true, weight: 20 },
            ],
          },
        },
      },
    },
  },
];

const refused: RequestShape[] = [
  ...[
    { name: 'containerapp dapr enable', at: 'dapr', value: { enabled: true, appId: 'ca' } },
    { name: 'containerapp add-on', at: 'service', value: { type: 'redis' } },
  ].map(({ name, at, value }): RequestShape => ({
    command: name,
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: { properties: { configuration: { [at]: value } } },
    ...notImplemented(at),
  })),
  ...[
    { command: 'containerapp hostname add', customDomains: [{ name: 'a.example' }] },
    { command: 'containerapp update --yaml', additionalPortMappings: [{ targetPort: 81 }] },
    { command: 'containerapp ingress update --yaml', clientCertificateMode: 'require' },
  ].map(({ command, ...ingress }): RequestShape => ({
    ...{ command, method: 'PATCH', path: APP, versions: WRITE },
    body: { properties: { configuration: { ingress } } },
    ...notImplemented(`ingress.${Object.keys(ingress)[0] ?? ''}`),
  })),
  {
    command: 'containerapp create --bind',
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: { properties: { template: { serviceBinds: [{ serviceId: APP, name: 'b' }] } } },
    ...notImplemented('serviceBinds'),
  },
  {
    command: 'containerapp secret set --secrets k=keyvaultref:…',
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: {
      properties: {
        configuration: {
          secrets: [
            { name: 'k', keyVaultUrl: 'https://v.vault.azure.net/secrets/k', identity: 'system' },
          ],
        },
      },
    },
    ...notImplemented('keyVaultUrl'),
  },
  {
    command: 'containerapp update --scale-rule-type cpu-of-elsewhere',
    method: 'PATCH',
    path: APP,
    versions: WRITE,
    body: {
      properties: {
        template: {
          scale: {
            rules: [{ name: 'q', custom: { type: 'azure-servicebus', metadata: {}, auth: [] } }],
          },
        },
      },
    },
    ...notImplemented("the scaler 'azure-servicebus'"),
  },
];

export const containerAppChanges: ShapeTable = {
  plane: 'changes of container apps',
  shapes: [...whole, ...patches, ...refused],
};
