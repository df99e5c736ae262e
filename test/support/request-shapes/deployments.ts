import { error, listOf, notImplemented, TEXT, type ShapeTable } from './request-shape.js';

const VERSIONS = ['2024-11-01', '2021-04-01'];
const WRITE = VERSIONS.slice(0, 1);
const DEPLOYMENTS = '{sub}/resourcegroups/rg-shapes/providers/Microsoft.Resources/deployments';
const IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** The text of a template file, where the client puts it: behind a key without quotes. */
const TEMPLATE = `{
  // a comment, as people write them
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string" } }, /* another */
  "resources": [{
    "type": "${IDENTITY}",
    "apiVersion": "2023-01-31",
    "name": "[parameters('name')]",
    "location": "koreacentral"
  }],\r
  "outputs": { "o": { "type": "string", "value": "[concat(
    parameters('name'), '!')]" } }
}
`;
const spliced = (template: string): string =>
  `{"properties": {"parameters": {"name": {"value": "deployed"}}, "mode": "Incremental", template:${template}}}`;
const DEPLOYED = {
  id: TEXT,
  name: 'main',
  type: TEXT,
  properties: {
    correlationId: TEXT,
    duration: TEXT,
    mode: 'Incremental',
    timestamp: TEXT,
    templateHash: TEXT,
    provisioningState: 'Succeeded',
    outputs: { o: { type: 'String', value: 'deployed!' } },
    outputResources: [{ id: TEXT }],
  },
};

const FAILED = {
  code: 'DeploymentFailed',
  message: TEXT,
  details: [{ code: TEXT, message: TEXT }],
};

export const deployments: ShapeTable = {
  plane: 'deployments',
  shapes: [
    {
      command: 'deployment group create: preflight; deployment group validate',
      method: 'POST',
      path: `${DEPLOYMENTS}/main/validate`,
      versions: VERSIONS,
      body: spliced(TEMPLATE),
      status: 200,
      answer: { properties: { provisioningState: 'Succeeded' } },
    },
    {
      command: 'deployment group create: preflight of a template that is wrong',
      method: 'POST',
      path: `${DEPLOYMENTS}/main/validate`,
      versions: VERSIONS,
      body: spliced(TEMPLATE.replace("parameters('name')]", "parameters('nobody')]")),
      status: 400,
      answer: error('InvalidTemplate'),
    },
    {
      command: 'deployment group what-if',
      method: 'POST',
      path: `${DEPLOYMENTS}/main/whatIf`,
      versions: VERSIONS,
      body: spliced(TEMPLATE),
      status: 200,
      answer: { status: 'Succeeded', properties: { changes: [{ changeType: 'Create' }] } },
    },
    {
      command: 'deployment group create',
      method: 'PUT',
      path: `${DEPLOYMENTS}/main`,
      versions: WRITE,
      body: spliced(TEMPLATE),
      status: 201,
      polls: 'azure-asyncoperation',
      answer: { name: 'main', properties: { provisioningState: TEXT, correlationId: TEXT } },
    },
    {
      command: 'deployment group show',
      method: 'GET',
      path: `${DEPLOYMENTS}/main`,
      versions: VERSIONS,
      status: 200,
      answer: DEPLOYED,
      keeps: { correlationId: 'properties.correlationId' },
    },
    {
      command: 'deployment group list',
      method: 'GET',
      path: `${DEPLOYMENTS}/`,
      versions: VERSIONS,
      status: 200,
      answer: { value: [DEPLOYED] },
    },
    {
      // Without the provider in its path.
      command: 'deployment operation group list',
      method: 'GET',
      path: '{sub}/resourcegroups/rg-shapes/deployments/main/operations',
      versions: VERSIONS,
      status: 200,
      answer: listOf({ operationId: TEXT }),
    },
    {
      command: 'deployment group export',
      method: 'POST',
      path: `${DEPLOYMENTS}/main/exportTemplate`,
      versions: VERSIONS,
      status: 200,
      answer: { template: { contentVersion: '1.0.0.0' } },
    },
    {
      command: 'deployment group create --verbose: its activity',
      method: 'GET',
      path: '{sub}/providers/Microsoft.Insights/eventtypes/management/values',
      versions: ['2015-04-01'],
      query: { $filter: "correlationId eq '{correlationId}'" },
      status: 200,
      answer: listOf({ correlationId: TEXT }),
    },
    {
      command: 'deployment group create --rollback-on-error',
      method: 'PUT',
      path: `${DEPLOYMENTS}/rolled`,
      versions: WRITE,
      body: `{"properties": {"mode": "Incremental", "onErrorDeployment": {"type": "LastSuccessful"}, template:${TEMPLATE}}}`,
      ...notImplemented('onErrorDeployment'),
    },
    {
      command: 'deployment group create, with a secret of a key vault',
      method: 'PUT',
      path: `${DEPLOYMENTS}/vault`,
      versions: WRITE,
      body: `{"properties": {"mode": "Incremental", "parameters": {"name": {"reference": {"keyVault": {"id": "{group}/providers/Microsoft.KeyVault/vaults/v"}, "secretName": "s"}}}, template:${TEMPLATE}}}`,
      ...notImplemented("deployment parameter 'name' as a key vault reference"),
    },
    {
      command: 'deployment group create, of something that is refused',
      method: 'PUT',
      path: `${DEPLOYMENTS}/broken`,
      versions: WRITE,
      body: spliced(TEMPLATE.replace("parameters('name')]", "'!']")),
      status: 201,
      polls: 'azure-asyncoperation',
      fails: { status: 'Failed', error: FAILED },
    },
    {
      command: 'deployment group show, of one that failed',
      method: 'GET',
      path: `${DEPLOYMENTS}/broken`,
      versions: VERSIONS,
      status: 200,
      answer: { properties: { provisioningState: 'Failed', error: FAILED } },
    },
    {
      command: 'deployment operation group list, of one that failed',
      method: 'GET',
      path: '{sub}/resourcegroups/rg-shapes/deployments/broken/operations',
      versions: VERSIONS,
      status: 200,
      answer: {
        value: [
          {
            properties: {
              ...{ provisioningOperation: TEXT, provisioningState: 'Failed', timestamp: TEXT },
              ...{ duration: TEXT, statusCode: TEXT, targetResource: { resourceType: IDENTITY } },
              statusMessage: { error: { code: TEXT, message: TEXT } },
            },
          },
        ],
      },
    },
    {
      command: 'deployment group list --filter',
      method: 'GET',
      path: `${DEPLOYMENTS}/`,
      versions: VERSIONS,
      query: { $filter: "provisioningState eq 'Failed'" },
      status: 200,
      answer: { value: [{ name: 'broken' }] },
    },
    {
      command: 'deployment group list --filter, by what cannot be filtered by',
      method: 'GET',
      path: `${DEPLOYMENTS}/`,
      versions: WRITE,
      query: { $filter: "mode eq 'Complete'" },
      status: 400,
      answer: error('InvalidFilterInQueryString'),
    },
    {
      command: 'deployment group cancel, of one that has ended',
      method: 'POST',
      path: `${DEPLOYMENTS}/broken/cancel`,
      versions: VERSIONS,
      status: 409,
      answer: error('DeploymentCannotBeCancelled'),
    },
    {
      command: 'deployment group create --template-uri, where nothing answers',
      method: 'PUT',
      path: `${DEPLOYMENTS}/linked`,
      versions: WRITE,
      body: {
        properties: {
          ...{ mode: 'Incremental', parameters: {} },
          templateLink: { uri: 'http://127.0.0.1:9/main.json', queryString: null },
        },
      },
      status: 400,
      answer: error('InvalidContentLink'),
    },
    {
      command: 'deployment sub create',
      method: 'PUT',
      path: '{sub}/providers/Microsoft.Resources/deployments/wide',
      versions: WRITE,
      body: `{"location": "koreacentral", "properties": {"mode": "Incremental", template:{
        "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": [] }}}`,
      status: 201,
      polls: 'azure-asyncoperation',
    },
    {
      command: 'deployment group delete',
      method: 'DELETE',
      path: `${DEPLOYMENTS}/main`,
      versions: WRITE,
      status: 202,
      polls: 'location',
    },
    {
      command: 'deployment group show, after',
      method: 'GET',
      path: `${DEPLOYMENTS}/main`,
      versions: VERSIONS,
      status: 404,
      answer: error('DeploymentNotFound'),
    },
  ],
};
