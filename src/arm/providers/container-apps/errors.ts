import { ArmError } from '../../errors.js';

function refusal(status: number, code: string, message: string): ArmError {
  return new ArmError({ status, code, message });
}

const NAME_RULE =
  "must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
  'and end with an alphanumeric character';

/** Cores that a replica may have in all; each goes with twice as many Gi of memory. */
const CPU_STEPS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.75, 4];

/** What container apps refuse, in Azure's codes and wording where those are known. */
export const appErrors = {
  invalidSchema: (path: string, expected: string) =>
    refusal(400, 'ContainerAppInvalidSchema', `The value of '${path}' must be ${expected}.`),
  invalidValue: (path: string, why: string) =>
    refusal(400, 'ContainerAppInvalidValue', `The value of '${path}' is invalid: ${why}.`),
  invalidName: (name: string) =>
    refusal(
      400,
      'ContainerAppInvalidName',
      `Invalid ContainerApp name '${name}'. A name ${NAME_RULE} and cannot have '--'. The length must be between 2 and 32 characters.`,
    ),
  invalidJobName: (name: string) =>
    refusal(
      400,
      'ContainerAppsJobInvalidName',
      `Invalid ContainerAppsJob name '${name}'. A name ${NAME_RULE} and cannot have '--'. The length must be between 2 and 32 characters.`,
    ),
  jobNotFound: (name: string) =>
    refusal(404, 'JobNotFound', `The job '${name}' was deleted meanwhile.`),
  executionNotFound: (name: string, job: string) =>
    refusal(404, 'JobExecutionNotFound', `The job '${job}' has no execution '${name}'.`),
  invalidRevisionName: (name: string) =>
    refusal(
      400,
      'ContainerAppInvalidRevisionName',
      `Revision name has an invalid value '${name}'. A revision name ${NAME_RULE}. The length of the revision name must not be more than a combined 54 characters with the container app name.`,
    ),
  revisionExists: (name: string) =>
    refusal(
      409,
      'ContainerAppRevisionAlreadyExists',
      `A revision named '${name}' already exists with another template. Choose another revision suffix.`,
    ),
  environmentRequired: () =>
    refusal(
      400,
      'ManagedEnvironmentIdRequired',
      "The property 'environmentId' is required: the id of the environment that the app lives in.",
    ),
  environmentNotFound: (id: string) =>
    refusal(404, 'ManagedEnvironmentNotFound', `The environment '${id}' does not exist.`),
  environmentImmutable: () =>
    refusal(
      400,
      'ContainerAppEnvironmentImmutable',
      'A container app cannot move to another environment; create it there anew.',
    ),
  workloadProfileNotFound: (profile: string, environment: string) =>
    refusal(
      400,
      'WorkloadProfileNotFound',
      `The workload profile '${profile}' was not found in the environment '${environment}'.`,
    ),
  containersRequired: () =>
    refusal(
      400,
      'ContainerAppContainersRequired',
      "The property 'template.containers' must have at least one container.",
    ),
  imageRequired: (container: string) =>
    refusal(
      400,
      'ContainerAppImageRequired',
      `Container with name '${container}' must have an 'Image' property specified.`,
    ),
  resourceTotal: (cpu: number, memory: number) =>
    refusal(
      400,
      'ContainerAppInvalidResourceTotal',
      `The total requested CPU and memory resources for this application (CPU: ${cpu}, memory: ${memory}) is invalid. ` +
        'Total CPU and memory for all containers defined in a Container App must add up to one of the following CPU - Memory combinations: ' +
        CPU_STEPS.map((step) => `[cpu: ${step}, memory: ${step * 2}Gi]`).join('; '),
    ),
  secretRefNotFound: (secretRef: string, user: string) =>
    refusal(
      400,
      'ContainerAppSecretRefNotFound',
      `SecretRef '${secretRef}' defined for ${user} not found.`,
    ),
  secretInvalid: (name: string) =>
    refusal(
      400,
      'ContainerAppSecretInvalid',
      `Invalid Request: Container app secret(s) with name(s) '${name}' are invalid: value or keyVaultUrl and identity should be provided.`,
    ),
  trafficSum: (sum: number) =>
    refusal(
      400,
      'ContainerAppInvalidIngressTraffic',
      `The traffic weights must add up to 100, but add up to ${sum}.`,
    ),
  trafficRevisionNotFound: (name: string) =>
    refusal(
      400,
      'ContainerAppInvalidIngressTraffic',
      `Traffic is given to revision '${name}', which does not exist or is not active.`,
    ),
  stickyInMultipleMode: () =>
    refusal(
      400,
      'ContainerAppInvalidIngressStickySessionRevisionMode',
      "Session affinity needs activeRevisionsMode 'Single'.",
    ),
  volumeNotFound: (volume: string, app: string) =>
    refusal(
      400,
      'ContainerAppInvalidVolumeMount',
      `Invalid Request: Volume '${volume}' to mount doesn't defined in the Container App '${app}'.`,
    ),
  invalidMountPath: (volume: string) =>
    refusal(
      400,
      'ContainerAppInvalidMountPath',
      `Invalid Request: Invalid mount path was given. mountPath is required when mounting volume '${volume}'. mountPath must not contain ':'.`,
    ),
  notImplemented: (what: string) =>
    refusal(501, 'NotImplemented', `'${what}' is not implemented by Lazurite.`),
} as const;

/** Whether a total of cores and memory is one that the consumption plan offers. */
export function isOfferedTotal(cpu: number, memoryGi: number): boolean {
  return CPU_STEPS.includes(cpu) && Math.abs(memoryGi - 2 * cpu) < 1e-9;
}
