import { PROVIDER } from '../provider-shape.js';
import type { Shape } from '../sdk-shape.js';

const EXTENSION: Shape = {
  alias: 'any',
  name: 'any',
  version: 'any',
  configId: 'any',
  config: 'any',
};

const RESOURCE_REFERENCE: Shape = {
  id: 'any',
  extension: EXTENSION,
  resourceType: 'any',
  identifiers: 'any',
  apiVersion: 'any',
};

const ERROR_LEAF: Shape = {
  code: 'any',
  message: 'any',
  target: 'any',
  details: 'any',
  additionalInfo: ['any'],
};
const ERROR_INNER: Shape = { ...ERROR_LEAF, details: [{ ...ERROR_LEAF, details: [ERROR_LEAF] }] };
const ERROR: Shape = { ...ERROR_LEAF, details: [ERROR_INNER] };

const PROPERTIES: Shape = {
  provisioningState: 'any',
  correlationId: 'any',
  timestamp: 'time',
  duration: 'any',
  outputs: 'any',
  providers: [PROVIDER],
  dependencies: [
    {
      dependsOn: [{ id: 'any', resourceType: 'any', resourceName: 'any' }],
      id: 'any',
      resourceType: 'any',
      resourceName: 'any',
    },
  ],
  templateLink: {
    uri: 'any',
    id: 'any',
    relativePath: 'any',
    contentVersion: 'any',
    queryString: 'any',
  },
  parameters: 'any',
  parametersLink: { uri: 'any', contentVersion: 'any' },
  extensions: [EXTENSION],
  mode: 'any',
  debugSetting: { detailLevel: 'any' },
  onErrorDeployment: { provisioningState: 'any', type: 'any', deploymentName: 'any' },
  templateHash: 'any',
  outputResources: [RESOURCE_REFERENCE],
  validatedResources: [RESOURCE_REFERENCE],
  error: ERROR,
  diagnostics: [
    { level: 'any', code: 'any', message: 'any', target: 'any', additionalInfo: ['any'] },
  ],
  validationLevel: 'any',
};

export const DEPLOYMENT_SHAPE: Shape = {
  id: 'any',
  name: 'any',
  type: 'any',
  location: 'any',
  properties: PROPERTIES,
  tags: 'any',
};

export const VALIDATION_SHAPE: Shape = {
  error: ERROR,
  id: 'any',
  name: 'any',
  type: 'any',
  properties: PROPERTIES,
};

export const OPERATION_SHAPE: Shape = {
  id: 'any',
  operationId: 'any',
  properties: {
    provisioningOperation: 'any',
    provisioningState: 'any',
    timestamp: 'time',
    duration: 'any',
    serviceRequestId: 'any',
    statusCode: 'any',
    statusMessage: { status: 'any', error: ERROR },
    targetResource: {
      id: 'any',
      resourceName: 'any',
      resourceType: 'any',
      extension: EXTENSION,
      identifiers: 'any',
      apiVersion: 'any',
      symbolicName: 'any',
    },
    request: { content: 'any' },
    response: { content: 'any' },
  },
};

const PROPERTY_CHANGE: Shape = {
  path: 'any',
  propertyChangeType: 'any',
  before: 'any',
  after: 'any',
  children: 'any',
};

const WHAT_IF_CHANGE: Shape = {
  resourceId: 'any',
  deploymentId: 'any',
  symbolicName: 'any',
  identifiers: 'any',
  extension: EXTENSION,
  changeType: 'any',
  unsupportedReason: 'any',
  before: 'any',
  after: 'any',
  delta: [PROPERTY_CHANGE],
};

export const WHAT_IF_SHAPE: Shape = {
  status: 'any',
  error: ERROR,
  changes: [WHAT_IF_CHANGE],
  potentialChanges: [WHAT_IF_CHANGE],
  diagnostics: [
    { level: 'any', code: 'any', message: 'any', target: 'any', additionalInfo: ['any'] },
  ],
};
