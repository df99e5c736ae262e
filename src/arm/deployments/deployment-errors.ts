import type { JsonObject } from '../../base/json.js';
import { TemplateError } from '../../template/template-error.js';
import { ArmError, type ArmErrorBody } from '../errors.js';

const USAGE = 'Please see https://aka.ms/arm-deploy for usage details.';

function refusal(status: number, code: string, message: string): ArmError {
  return new ArmError({ status, code, message });
}

/** Refusals and failures of deployments, in Azure's wording. */
export const deploymentErrors = {
  invalidName: (name: string) =>
    refusal(
      400,
      'InvalidDeploymentName',
      `The deployment name '${name}' is invalid. It has 1 to 64 letters, digits, '-', '_', '.', '(' or ')'.`,
    ),
  notFound: (name: string) =>
    refusal(404, 'DeploymentNotFound', `Deployment '${name}' could not be found.`),
  operationNotFound: (operationId: string, name: string) =>
    refusal(
      404,
      'DeploymentOperationNotFound',
      `Operation '${operationId}' of deployment '${name}' could not be found.`,
    ),
  active: (name: string, since: string) =>
    refusal(
      409,
      'DeploymentActive',
      `Unable to edit or replace deployment '${name}': previous deployment from '${since}' is still active. ${USAGE}`,
    ),
  quotaExceeded: (name: string, quota: number, count: number) =>
    refusal(
      409,
      'DeploymentQuotaExceeded',
      `Creating the deployment '${name}' would exceed the quota of '${quota}'. The current deployment count is ` +
        `'${count}', please delete some deployments before creating a new one. ${USAGE}`,
    ),
  notCancellable: (name: string, state: string) =>
    refusal(
      409,
      'DeploymentCannotBeCancelled',
      `The deployment '${name}' cannot be cancelled because it is in the state '${state}'.`,
    ),
  invalidRequest: (why: string) => refusal(400, 'InvalidRequestContent', `${why} ${USAGE}`),
  modeNotAllowed: () =>
    refusal(
      400,
      'InvalidDeploymentMode',
      "The deployment mode 'Complete' is not supported for deployments at subscription scope.",
    ),
  noProvider: (type: string, apiVersion: string) =>
    refusal(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for API version '${apiVersion}' for type '${type}'. ` +
        'Lazurite has the types that GET /providers lists.',
    ),
  canceled: (name: string) =>
    refusal(409, 'DeploymentCanceled', `The deployment '${name}' was canceled.`),
  interrupted: () =>
    refusal(
      500,
      'DeploymentInterrupted',
      'Lazurite stopped while the deployment was running. Deploy it again: what is done is kept.',
    ),
} as const;

/** What `properties.error` of a failed deployment holds, and its asynchronous operation answers. */
export function deploymentFailed(deploymentId: string, details: readonly ArmErrorBody[]): ArmError {
  return new ArmError({
    status: 409,
    code: 'DeploymentFailed',
    target: deploymentId,
    message:
      'At least one resource deployment operation failed. Please list deployment operations for details. ' +
      'Please see https://aka.ms/arm-deployment-operations for usage details.',
    details,
  });
}

/** A resource that was accepted and failed later. */
export function resourceDeploymentFailure(resourceId: string, cause: ArmError): ArmErrorBody {
  const state = cause.code === 'DeploymentCanceled' ? 'Canceled' : 'Failed';
  return {
    code: 'ResourceDeploymentFailure',
    target: resourceId,
    message:
      'The resource write operation failed to complete successfully, ' +
      `because it reached terminal provisioning state '${state}'.`,
    details: [cause.toBody()],
  };
}

/**
 * The refusal of a template. Of several problems the first is the answer and all are its details.
 *
 * @param problems at least one
 */
export function invalidTemplate(problems: readonly TemplateError[]): ArmError {
  const [first] = problems;
  return new ArmError({
    status: 400,
    code: first?.code ?? 'InvalidTemplate',
    message: validationMessage(first),
    ...(first?.target === undefined ? {} : { target: first.target }),
    details: problems.length > 1 ? problems.map(toBody) : [],
  });
}

/** A template's own failure as a refusal; everything else as it is. */
export function fromTemplateError(error: unknown): unknown {
  return error instanceof TemplateError ? invalidTemplate([error]) : error;
}

function validationMessage(problem: TemplateError | undefined): string {
  const text = problem?.message ?? 'The template is not valid.';
  if (problem?.code !== 'InvalidTemplate') return text;
  return text.startsWith('Deployment template') || text.startsWith('Unable to process')
    ? text
    : `Deployment template validation failed: '${text}'.`;
}

function toBody(problem: TemplateError): ArmErrorBody {
  const target: JsonObject = problem.target === undefined ? {} : { target: problem.target };
  return { code: problem.code, message: problem.message, ...target };
}
