import { NO_WAIT, RESOURCE_GROUP, TAGS } from '../common-arguments.js';
import type { ArgumentSpec } from '../spec.js';
import { APP_NAME, CONTAINER_ARGUMENTS } from './containerapp-arguments.js';

/** Arguments of `az containerapp create`. */
export const CREATE_ARGUMENTS: readonly ArgumentSpec[] = [
  APP_NAME,
  RESOURCE_GROUP,
  {
    name: 'environment',
    options: ['--environment'],
    help: "Name or resource ID of the container app's environment.",
  },
  {
    name: 'workloadProfileName',
    options: ['--workload-profile-name', '-w'],
    help: 'Name of the workload profile to run the app on.',
  },
  NO_WAIT,
  TAGS,
  ...CONTAINER_ARGUMENTS,
  {
    name: 'envVars',
    options: ['--env-vars'],
    kind: 'list',
    group: 'Container',
    help: "A list of environment variable(s) for the container. Space-separated values in 'key=value' format. Prefix value with 'secretref:' to reference a secret.",
  },
  {
    name: 'revisionsMode',
    options: ['--revisions-mode'],
    choices: ['multiple', 'single'],
    default: 'single',
    group: 'Configuration',
    help: 'The active revisions mode for the container app.',
  },
  {
    name: 'secrets',
    options: ['--secrets', '-s'],
    kind: 'list',
    group: 'Configuration',
    help: "A list of secret(s) for the container app. Space-separated values in 'key=value' format.",
  },
  {
    name: 'registryServer',
    options: ['--registry-server'],
    group: 'Configuration',
    help: 'The container registry server hostname, e.g. myregistry.azurecr.io.',
  },
  {
    name: 'registryUsername',
    options: ['--registry-username'],
    group: 'Configuration',
    help: 'The username to log in to container registry.',
  },
  {
    name: 'registryPassword',
    options: ['--registry-password'],
    group: 'Configuration',
    help: "The password to log in to container registry. If stored as a secret, value must start with 'secretref:' followed by the secret name.",
  },
  {
    name: 'registryIdentity',
    options: ['--registry-identity'],
    group: 'Configuration',
    help: "A Managed Identity to authenticate with the registry server instead of username/password. Use a resource ID or 'system'.",
  },
  {
    name: 'ingress',
    options: ['--ingress'],
    choices: ['external', 'internal'],
    group: 'Ingress',
    help: 'The ingress type.',
  },
  {
    name: 'targetPort',
    options: ['--target-port'],
    kind: 'integer',
    group: 'Ingress',
    help: 'The application port used for ingress traffic.',
  },
  {
    name: 'transport',
    options: ['--transport'],
    choices: ['auto', 'http', 'http2', 'tcp'],
    default: 'auto',
    group: 'Ingress',
    help: 'The transport protocol used for ingress traffic.',
  },
  {
    name: 'exposedPort',
    options: ['--exposed-port'],
    kind: 'integer',
    group: 'Ingress',
    help: 'Additional exposed port. Only supported by tcp transport protocol.',
  },
  {
    name: 'allowInsecure',
    options: ['--allow-insecure'],
    kind: 'flag',
    group: 'Ingress',
    help: 'Allow insecure connections for ingress traffic.',
  },
  {
    name: 'systemAssigned',
    options: ['--system-assigned'],
    kind: 'flag',
    group: 'Identity',
    help: 'Boolean indicating whether to assign system-assigned identity.',
  },
  {
    name: 'userAssigned',
    options: ['--user-assigned'],
    kind: 'list',
    group: 'Identity',
    help: 'Space-separated user identities to be assigned.',
  },
];
